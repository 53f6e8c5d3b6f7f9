import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseCampaign } from '../../../src/settings/campaign.ts';
import { readImport } from '../../../src/settings/import/read.ts';
import { planOf } from '../../../src/settings/plan.ts';
import { logOf, uuid } from '../../sample-log.ts';
import { called, scratch } from '../../scratch.ts';

const LINE = '-'.repeat(65);
const head = (time: string, from = 'conftest.testcase_log') =>
  `[2018-07-02 ${time},123] 57   DEBUG MainThread ${from}:: `;

function run(node: string, [setup, steps, teardown, end]: readonly string[], result = 'Test Passed'): string {
  return [
    `${head(setup ?? '')}\n${LINE}\nSetup started for: ${node}`,
    `${head(steps ?? '')}\n${'+'.repeat(65)}\nTest steps started for: ${node}`,
    `${head(steps ?? '', 'ssh.send')}Send 'nova --os-username admin live-migration ${uuid(1)}'`,
    `${head(teardown ?? '')}\n${LINE}\nTeardown started for: ${node}`,
    `${head(end ?? '')}\n${LINE}\nTest Result for: ${node} - ${result}\n`,
  ].join('\n');
}

const FILE = 'testcases/functional/nova/test_live_migration.py';
const TIMES = ['14:00:00', '14:00:50', '14:05:00', '14:06:00'];
const suite = [
  run(`${FILE}::test_timeout[150]`, TIMES),
  run(
    `${FILE}::TestTunnel::()::test_tunnel`,
    ['14:10:00', '14:10:01', '14:12:00', '14:12:30'],
    'Test Failed at test call',
  ),
  `${head('14:20:00')}\n${LINE}\nSetup started for: ${FILE}::test_cut_off`,
].join('\n');

test('the tests of a suite log, each from its setup to its result', () => {
  const { suiteTests } = readImport(suite, 'TIS_AUTOMATION.log');
  const at = (time: string) => Date.parse(`2018-07-02T${time}.123Z`);
  expect(suiteTests).toMatchObject([
    { id: 'test_timeout[150]', from: at('14:00:00'), to: at('14:06:00'), proof: { ref: { line: 3 } } },
    { id: 'test_tunnel', from: at('14:10:00'), to: at('14:12:30') },
    { id: 'test_cut_off', from: at('14:20:00'), to: null },
  ]);
  const { offset } = suiteTests[1]?.proof.ref ?? { offset: 0 };
  expect(suite.slice(offset)).toMatch(/^Setup started for: .*test_tunnel/);
});

test('a second run of a test is another run', () => {
  const again = `${suite}\n${run(`${FILE}::test_timeout[150]`, ['15:00:00', '15:00:01', '15:02:00', '15:02:30'])}`;
  const runs = readImport(again, 'log').suiteTests.filter(({ id }) => id === 'test_timeout[150]');
  expect(runs.map(({ from }) => new Date(from).getUTCHours())).toEqual([14, 15]);
});

test.each<[string, string, string, number | null]>([
  ['the only run of it', 'test_timeout[150]', '', Date.parse('2018-07-02T14:00:00.123Z')],
  ['its own window', 'test_timeout[150]', ', window: 2018-07-02T16:00:00Z/PT1M', Date.parse('2018-07-02T16:00:00Z')],
  ['none, where no result stands', 'test_cut_off', '', null],
  ['none, where the suite does not know it', 'test_other', '', null],
])('a test of a campaign has as its window %s', (_what, id, more, from) => {
  const campaign = parseCampaign(
    `novatrail: 1\ntests:\n  - { id: "${id}", instance: ${uuid(1)}${more} }\n`,
    'campaign.yaml',
  );
  const { suiteTests } = readImport(suite, 'TIS_AUTOMATION.log');
  const [planned] = planOf(campaign, { transcripts: new Map(), actions: [], suiteTests });
  expect(planned?.window?.from ?? null).toBe(from);
});

test('two runs of a test are no window: which of them is meant is not known', () => {
  const campaign = parseCampaign(
    `novatrail: 1\ntests:\n  - { id: "test_tunnel", instance: ${uuid(1)} }\n`,
    'campaign.yaml',
  );
  const { suiteTests } = readImport(`${suite}\n${suite}`, 'TIS_AUTOMATION.log');
  const [planned] = planOf(campaign, { transcripts: new Map(), actions: [], suiteTests });
  expect(planned?.window).toBeNull();
});

test('init drafts the tests of a suite, and the campaign then proves them', async () => {
  const log = logOf([{ instance: uuid(1), request: 'req-1', from: 60, lasts: 30, steps: [[0, 50]] }]);
  const folder = scratch({ 'compute-0/nova-compute.log': log, 'suite/TIS_AUTOMATION.log': suite });
  expect(await called(folder, ['init', '.', '--quiet'])).toMatchObject({ code: 0, stderr: '' });
  const path = join(folder, 'campaign.yaml');
  const text = readFileSync(path, 'utf8');
  expect(text).toContain('- suite/TIS_AUTOMATION.log');
  expect(text).toContain(`{ id: "test_timeout[150]", instance: ${uuid(1)}`);
});

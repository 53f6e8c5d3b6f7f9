import { expect, test } from 'vitest';
import { campaignOf, certified } from './campaign-text.ts';
import { covered, running } from './log-text.ts';

const ID = 'test_Live_Migration_Timeout_set_in_the_flavor_extra_spec,_cli_validation';
const REFUSED =
  'ERROR (BadRequest): hw:wrs:live_migration_timeout must be 0 or in the range 120 to 800 (HTTP 400) (Request-ID: req-1)';
const PROMPT = '[wrsroot@controller-0 ~(keystone_admin)]$ ';
const set = (value: string | number, answer: string) =>
  `${PROMPT}nova flavor-key 7 set hw:wrs:live_migration_timeout=${value}\n${answer}`;
const taken = [0, 120, 150, 800].map((value) => set(value, '')).join('\n');
const refused = (...values: readonly (string | number)[]) => values.map((value) => set(value, REFUSED)).join('\n');
const openstack = (value: number, answer: string) =>
  `$ openstack flavor set --property hw:wrs:live_migration_timeout=${value} small\n${answer}`;

async function findings(transcript: string) {
  const campaign = campaignOf({ tests: [{ id: ID, transcript: 'cli.txt' }] });
  const { findings: all, tests } = await certified(covered(running(30)), campaign, { 'cli.txt': transcript });
  const [finding, ...more] = all.filter(({ rule }) => rule === 'timeout-range-error-text');
  expect(more).toEqual([]);
  return { ...finding, certificate: tests.find(({ id }) => id === ID)?.status };
}

test.each<[string, 'pass' | 'fail' | 'inconclusive', string]>([
  ['all of the plan, answered right', 'pass', `${taken}\n${refused(-1, 1, 119, 801)}\n${PROMPT}exit`],
  [
    'wrapped as the plan prints it',
    'pass',
    `${taken}\n${refused(-1, 1, 119, 801).replaceAll('range 120', 'range\n120')}`,
  ],
  ['a value out of range is taken', 'fail', `${taken}\n${refused(-1, 1, 119)}\n${set(801, '')}`],
  [
    'another text',
    'fail',
    `${taken}\n${refused(-1, 1, 119)}\n${set(801, REFUSED.replace('120 to 800', '120 to 900'))}`,
  ],
  ['a value in range is refused', 'fail', `${taken}\n${refused(-1, 1, 119, 801, 150)}`],
  ['what is no number has its own text', 'fail', `${taken}\n${refused(-1, 1, 119, 801, 'soon')}`],
  ['not all was tried', 'inconclusive', `${taken}\n${refused(-1, 1, 119)}`],
  ['another session', 'inconclusive', `${PROMPT}nova list\n`],
  [
    "openstack's client says less before it",
    'pass',
    `${taken}\n${[-1, 1, 119, 801].map((value) => openstack(value, REFUSED.replace('ERROR (BadRequest): ', ''))).join('\n')}`,
  ],
])('%s: %s', async (_what, status, transcript) => {
  expect(await findings(transcript)).toMatchObject({ status, severity: 'error', certificate: status });
});

test('the evidence is the command and its answer', async () => {
  const { message, evidence } = await findings(`${taken}\n${refused(-1, 1, 119)}\n${set(801, '')}`);
  expect(message).toMatch(/cli\.txt: 801 is not refused$/);
  expect(evidence?.map(({ line }) => line)).toEqual([15]);
});

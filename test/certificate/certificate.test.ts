import { XMLParser } from 'fast-xml-parser';
import { describe, expect, test } from 'vitest';
import { PLAN_TESTS } from '../../src/certificate/catalogue.ts';
import { SIBLING_TESTS } from '../../src/certificate/sibling-tests.ts';
import { STATEMENTS } from '../../src/certificate/statements.ts';
import { CATALOGUE } from '../../src/rules/index.ts';
import { campaignOf, certified } from '../rules/campaign-text.ts';
import { at, covered, running } from '../rules/log-text.ts';
import { called, ROOT } from '../scratch.ts';

const TIMEOUT = 'hw:wrs:live_migration_timeout';
const DEFAULT = 'test_LiveMigrationTimeout_Defaults_to_180_sec';
const ALONE = 'test_LiveMigrationTimeout_set_in_only_the_instance_metadata_and_confirm_timeout_value_respected';
const timesOut = (seconds: number) =>
  covered(`${running(seconds)}
    ${at(seconds + 0.6)} WARNING migration: Live migration not completed after ${seconds} sec
    ${at(seconds + 2)} ERROR driver: Migration operation has aborted`);
const TUNNEL_KEY = 'hw:wrs:live_migration_tunnel';
const TUNNEL =
  'test_LiveMigratonTunnelling_Cinder_boot,_ephem,swap_disk_-attempt_live_migration,tunnelling_enabled_instance_metadata';
const tunnelled = covered(`10:00:00 INFO driver(no instance): libvirt_tunnel enabled for this migration
    ${running(20)}
    ${at(21)} INFO driver: Migration operation has completed`);
const of = (id: string, instance: Record<string, unknown> = {}, more: Record<string, unknown> = {}) =>
  campaignOf(
    { defaults: { timeout: 180, downtime: 500, auto_converge: true }, tests: [{ id, instance: 'vm', ...more }] },
    instance,
  );

test('every rule and statement that the catalogue of tests names is one', () => {
  const rules = new Set(CATALOGUE.map(({ id }) => id));
  const statements = new Set(STATEMENTS.map(({ id }) => id));
  for (const { id, needs, guards, statements: proved } of [...PLAN_TESTS, ...SIBLING_TESTS]) {
    expect(
      [...needs.flat(), ...guards].filter((rule) => !rules.has(rule)),
      id,
    ).toEqual([]);
    expect(
      proved.filter((statement) => !statements.has(statement)),
      id,
    ).toEqual([]);
  }
});

test('the ids of the tests are one each, the plan’s seven first', () => {
  const ids = [...PLAN_TESTS, ...SIBLING_TESTS].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(PLAN_TESTS).toHaveLength(7);
});

test.each<[string, string, string, string, RegExp]>([
  ['as the plan has it', 'pass', timesOut(180), of(DEFAULT), /^it timed out after 180 s.*\[timeout-wrong-value\]$/],
  ['another timeout in force', 'fail', timesOut(170), of(DEFAULT), / \[timeout-wrong-value\]$/],
  [
    'not a run of the test: something sets it',
    'inconclusive',
    timesOut(150),
    of(DEFAULT, { flavor: { [TIMEOUT]: 150 } }),
    /^the test needs timeout 180 set by no flavor, image or instance, but here timeout is 150 \(flavor\)/,
  ],
  ['metadata alone', 'pass', timesOut(150), of(ALONE, { metadata: { [TIMEOUT]: 150 } }), /150 s/],
  [
    'metadata, but not alone',
    'inconclusive',
    timesOut(150),
    of(ALONE, { metadata: { [TIMEOUT]: 150 }, flavor: { [TIMEOUT]: 300 } }),
    /alone/,
  ],
  [
    'the flavor says the same as the metadata: nothing shows which of them counts',
    'inconclusive',
    tunnelled,
    of(TUNNEL, { metadata: { [TUNNEL_KEY]: 'True' }, flavor: { [TUNNEL_KEY]: 'true' } }),
    /^the flavor says true too: whether the instance metadata counts is not shown$/,
  ],
  [
    'the metadata alone',
    'pass',
    tunnelled,
    of(TUNNEL, { metadata: { [TUNNEL_KEY]: 'True' } }),
    / \[tunnel-contradicted\]$/,
  ],
  [
    'nova.conf says the same: it passes, and what that leaves open is said',
    'pass',
    tunnelled,
    of(TUNNEL, { metadata: { [TUNNEL_KEY]: 'True' } }).replace('"timeout":180', '"timeout":180,"tunnel":true'),
    /^left open: nova\.conf says true too: that it is the instance metadata that counts is not shown$/,
  ],
  [
    'a test of its own: as it expects',
    'pass',
    timesOut(150),
    of('own', {}, { expect: { timeout: 150, outcome: 'timed-out' } }),
    /150 s/,
  ],
  ['a test of its own: not as it expects', 'fail', timesOut(180), of('own', {}, { expect: { timeout: 150 } }), /180 s/],
  [
    'throttled, and no sample says so',
    'inconclusive',
    timesOut(180),
    of('own', {}, { expect: { outcome: 'timed-out', throttled: true } }),
    /no sample shows whether/,
  ],
  [
    'in no log',
    'not-run',
    timesOut(180),
    of('own', {}, { window: '2018-07-02T18:00:00Z/PT1M' }),
    /^no migration was found/,
  ],
])('%s: %s', async (_what, status, log, campaign, reason) => {
  const { tests } = await certified(log, campaign);
  const [row] = tests.filter(({ id }) => campaign.includes(`"${id}"`));
  expect(row).toMatchObject({ status, reasons: expect.arrayContaining([expect.stringMatching(reason)]) });
  expect(row?.missing === null).toBe(status === 'pass' || status === 'fail');
});

test('of several runs one failure fails the test; the plan’s other tests are not run', async () => {
  const second = timesOut(170)
    .replaceAll('2018-07-02 10', '2018-07-02 12')
    .replaceAll('2018-07-02 09', '2018-07-02 11');
  const campaign = campaignOf({
    defaults: { timeout: 180 },
    tests: ['10', '12'].map((hour) => ({ id: DEFAULT, instance: 'vm', window: `2018-07-02T${hour}:00:00Z/PT2M` })),
  });
  const { tests, uncovered } = await certified(`${timesOut(180)}${second}`, campaign);
  expect(tests.map(({ status }) => status)).toEqual([
    'not-run',
    'not-run',
    'not-run',
    'not-run',
    'manual',
    'fail',
    'not-run',
  ]);
  expect(tests[5]?.migrations).toHaveLength(2);
  expect(uncovered.filter(({ untested }) => untested).map(({ id }) => id)).toContain('R11');
  expect(uncovered.map(({ id }) => id)).not.toContain('R13');
});

describe('waivers', () => {
  test('of a rule that is none: shown where it stands', async () => {
    const campaign = 'novatrail: 1\nwaive:\n  - { rule: clock-skw, until: 2019-06-01, why: x }\n';
    const said = /campaign\.yaml:3:7: there is no rule clock-skw; did you mean clock-skew\?/;
    await expect(certified(timesOut(170), campaign)).rejects.toThrow(said);
  });

  test('of an instance that nothing declares: shown where it stands', async () => {
    const campaign = `novatrail: 1
instances: { vm-a: { id: 07b5842b-6324-4de0-973e-6d0ff18ef574 } }
waive:
  - { rule: clock-skew, instance: vm-b, until: 2019-06-01, why: x }
`;
    const said = /campaign\.yaml:4:25: there is no instance vm-b; did you mean vm-a\?/;
    await expect(certified(timesOut(170), campaign)).rejects.toThrow(said);
  });

  const waive = (until: string, more: object = {}) =>
    JSON.stringify({
      ...JSON.parse(of(DEFAULT)),
      waive: [
        { rule: 'timeout-wrong-value', until, why: 'known', ...more },
        { rule: 'timeout-early', until, why: 'known', ...more },
      ],
    });

  test.each<[string, string, boolean]>([
    ['up to its last day', waive('2018-07-02'), true],
    ['and no longer', waive('2018-07-01'), false],
    ['of the host', waive('2018-08-01', { host: 'compute-0' }), true],
    ['of another host', waive('2018-08-01', { host: 'compute-9' }), false],
    ['of the instance', waive('2018-08-01', { instance: 'vm' }), true],
    ['of another test', waive('2018-08-01', { test: 'other' }), false],
  ])('%s', async (_what, campaign, waived) => {
    const { migrations, tests } = await certified(timesOut(170), campaign);
    const verdict = migrations[0]?.verdicts.find(({ rule }) => rule === 'timeout-wrong-value');
    expect(verdict?.status).toBe('fail');
    expect(verdict?.waived ?? null).toBe(
      waived ? expect.anything() && `known (until ${JSON.parse(campaign).waive[0].until})` : null,
    );
    expect(tests.find(({ id }) => id === DEFAULT)?.status === 'fail').toBe(!waived);
  });
});

test('a reader of JUnit sees a test case a test, failed and skipped as certified', async () => {
  const { stdout } = await called(ROOT, ['audit', 'sample-logs/stx-campaign-2018', '--format', 'junit']);
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    isArray: (name) => ['testsuite', 'testcase'].includes(name),
  });
  const [suite] = parser.parse(stdout).testsuites.testsuite;
  const cases = suite.testcase as { name: string; failure?: { type: string }; skipped?: { message: string } }[];
  expect(cases).toHaveLength(15);
  expect(cases.filter(({ failure }) => failure).map(({ name }) => name)).toEqual([
    expect.stringContaining('takes_priority_to_disable'),
  ]);
  expect(cases.filter(({ skipped }) => skipped)).toHaveLength(3);
  expect(suite).toMatchObject({ tests: '15', failures: '1', skipped: '3' });
});

import { expect, test } from 'vitest';
import { partsOf } from '../page/parts.ts';
import { campaignOf } from '../rules/campaign-text.ts';
import { at, covered, running, VM } from '../rules/log-text.ts';
import { called, scratch } from '../scratch.ts';

const USER = 'c975637b06c046b3b17ec0b2db35f3e8';
const PRIVATE = [
  ...[VM, VM.slice(0, 8), USER, '2faa4b99766143de9c8527f163dc0a72', 'req-59082551', 'acme', 'alice', 'payroll'],
  ...[
    'secret-node-7',
    'secret-node-8',
    'instance-0000002a',
    '10.20.30.40',
    'fd00:12:34::7',
    '52:54:00:ab:cd:ef',
    '85fbc058',
  ],
];
const log =
  covered(`10:00:00 INFO manager: Took 1.20 seconds for pre_live_migration on destination host secret-node-8.corp.example.
  ${running(200)}
  ${at(206)} ERROR driver: Live Migration failure: internal error: instance-0000002a to 10.20.30.40, [fd00:12:34::7], 52:54:00:ab:cd:ef at qemu+tcp://secret-node-8/system
  ${at(207)} ERROR driver: Migration operation has aborted`).replace(
    `[req-59082551-1600-414a-89ae-e9cf6b978d7d ${USER}`,
    '[req-59082551-1600-414a-89ae-e9cf6b978d7d alice',
  );
const campaign = campaignOf({
  campaign: 'acme-lab',
  tests: [{ id: 'own', instance: 'payroll-db', expect: { outcome: 'completed' } }],
  instances: { 'payroll-db': { id: VM } },
  defaults: { timeout: 180 },
});

function folder(): string {
  return scratch({ 'acme/secret-node-7/nova-compute.log': log, 'acme/campaign.yaml': campaign });
}

test.each(['text', 'json', 'html', 'junit', 'markdown'])(
  'no original value is left in the report as %s',
  async (format) => {
    const told = await called(folder(), ['audit', 'acme', '--format', format]);
    expect(PRIVATE.filter((value) => told.stdout.includes(value)).length).toBeGreaterThan(3);
    const { stdout, code } = await called(folder(), ['audit', 'acme', '--format', format, '--anonymise']);
    expect(code).toBe(told.code);
    expect(PRIVATE.filter((value) => stdout.includes(value))).toEqual([]);
    expect(stdout.length).toBeGreaterThan(told.stdout.length / 2);
  },
);

test('the same original has the same pseudonym everywhere, and figures stay', async () => {
  const { stdout } = await called(folder(), ['audit', 'acme', '--format', 'json', '--anonymise']);
  const { migrations, tests, sources } = JSON.parse(stdout);
  const [migration] = migrations;
  expect(migration.id.slice(0, 8)).toBe(migration.instance.slice(0, 8));
  expect(tests[0]).toMatchObject({ id: 'own', status: 'fail', migrations: [migration.id] });
  expect(sources[0].host).toBe(migration.source_host);
  expect(migration.started_at).toBe('2018-07-02T10:00:00.000Z');
  const shown = JSON.stringify(migration.verdicts);
  expect(shown).toContain(`[instance: ${migration.instance}]`);
});

test('no original value is left in what lies packed in the page', async () => {
  const packed = async (...flags: string[]) => {
    const { stdout } = await called(folder(), ['audit', 'acme', '--format', 'html', ...flags]);
    const { front, rows, details } = partsOf(stdout);
    return { front, rows, details };
  };
  const left = (value: unknown) => PRIVATE.filter((each) => JSON.stringify(value).includes(each));
  const [told, hidden] = [await packed(), await packed('--anonymise')];
  for (const part of ['front', 'rows', 'details'] as const) {
    expect(left(told[part]).length, part).toBeGreaterThan(2);
    expect(left(hidden[part]), part).toEqual([]);
  }
  expect(hidden.details.map(({ id }) => id)).toEqual(hidden.rows.map(({ id }) => id));
  expect(hidden.details[0]?.readings).toEqual(told.details[0]?.readings);
});

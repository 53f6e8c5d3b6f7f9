import { expect, test } from 'vitest';
import { covered, declaring, findingsOf, nova, running } from './log-text.ts';

const TIMEOUT = 'hw:wrs:live_migration_timeout';
const AUTO_CONVERGE = 'hw:wrs:live_migration_auto_converge';
const fork = { a: covered(running(60)) };
const silent = { a: covered('10:00:05 WARNING migration: Live migration not completed after 180 sec') };
const find = (
  instance: Record<string, unknown>,
  profile: 'stx-2018' | 'upstream' | null = 'stx-2018',
  logs: Record<string, string> = fork,
) => findingsOf('setting-invalid', { logs, campaign: declaring(profile, instance) });

test.each<[string, Record<string, unknown>, string]>([
  [
    'a timeout in words',
    { flavor: { [TIMEOUT]: 'ten minutes' } },
    'hw:wrs:live_migration_timeout=ten minutes of the flavor is not a whole number',
  ],
  [
    'a fraction',
    { metadata: { 'hw:wrs:live_migration_max_downtime': '99.5' } },
    'of the metadata is not a whole number',
  ],
  ['an empty text', { image: { hw_wrs_live_migration_timeout: '' } }, 'of the image is not a whole number'],
  ['maybe', { flavor: { [AUTO_CONVERGE]: 'maybe' } }, 'is not a boolean'],
  ['enabled is no strict boolean', { flavor: { 'hw:wrs:live_migration_tunnel': 'enabled' } }, 'is not a boolean'],
  ['nor is 2', { flavor: { 'hw:wrs:live_migration_tunnel': 2 } }, 'is not a boolean'],
])('%s: nova passes over it', async (_what, instance, message) => {
  const found = await find(instance);
  expect(found).toMatchObject([{ status: 'fail', severity: 'error', message: expect.stringContaining(message) }]);
  expect(found[0]?.evidence).toMatchObject([{ path: 'campaign.yaml', line: 1 }]);
});

test.each([1, 't', 'true', 'True', 'on', 'y', 'YES', 0, 'f', 'False', 'off', 'n', 'no', ' on '])(
  '%s is a boolean: pass',
  async (value) => {
    expect(await find({ flavor: { [AUTO_CONVERGE]: value } })).toMatchObject([{ status: 'pass' }]);
  },
);

test.each<[string, Record<string, unknown>]>([
  ['out of range is no matter of reading', { flavor: { [TIMEOUT]: -1 } }],
  ['taken away', { flavor: { [TIMEOUT]: null } }],
  ['a key that nova does not read', { image: { hw_wrs_live_migration_tunnel: 'maybe' } }],
])('%s: pass', async (_what, instance) => {
  expect(await find(instance)).toMatchObject([{ status: 'pass' }]);
});

test('nova says so itself: each value once, however often it repeats it', async () => {
  const bare = (line: string) => line.replace(/: /, '(no instance): ');
  const log = nova(
    [
      bare(
        "10:00:01 INFO driver: Ignoring invalid flavor extra spec 'hw:wrs:live_migration_auto_converge', value must be boolean",
      ),
      ...['10:00:02', '10:00:03', '10:00:04'].map((time) =>
        bare(`${time} WARNING driver: hw:wrs:live_migration_timeout=soon is not a number`),
      ),
      bare('10:00:05 WARNING driver: live_migration_max_downtime=50 is less than minimum of 100, reverting to default'),
    ].join('\n'),
  );
  const found = await findingsOf('setting-invalid', { logs: { a: log } });
  expect(found.map(({ status, message, evidence }) => [status, message, evidence[0]?.line])).toEqual([
    ['fail', 'a: nova passed over a value of hw:wrs:live_migration_auto_converge that is not a boolean', 1],
    ['fail', 'a: nova passed over hw:wrs:live_migration_timeout=soon, which is not a number', 2],
  ]);
});

test('nobody tells which nova it is: inconclusive', async () => {
  expect(await find({ flavor: { [TIMEOUT]: 'soon' } }, null, silent)).toMatchObject([{ status: 'inconclusive' }]);
});

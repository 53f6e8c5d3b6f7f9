import { expect, test } from 'vitest';
import { covered, declaring, findingsOf, running } from './log-text.ts';

const fork = { a: covered(running(60)) };
const silent = { a: covered('10:00:05 WARNING migration: Live migration not completed after 180 sec') };
const find = (
  instance: Record<string, unknown>,
  profile: 'stx-2018' | 'upstream' | null = 'stx-2018',
  logs: Record<string, string> = fork,
) => findingsOf('setting-misplaced', { logs, campaign: declaring(profile, instance) });

test.each<[string, Record<string, unknown>, string]>([
  [
    'auto-converge on an image',
    { image: { hw_wrs_live_migration_auto_converge: 'true' } },
    'auto-converge is never taken from an image',
  ],
  [
    'the tunnel on an image',
    { image: { hw_wrs_live_migration_tunnel: 'true' } },
    'set hw:wrs:live_migration_tunnel in flavor or metadata',
  ],
  [
    "a flavor's key on an image",
    { image: { 'hw:wrs:live_migration_timeout': 150 } },
    'there the key is hw_wrs_live_migration_timeout, and honoured the timeout would be 150 s',
  ],
  [
    "an image's key as metadata, as the test plan has it",
    { metadata: { hw_wrs_live_migration_max_downtime: 300 } },
    'there the key is hw:wrs:live_migration_max_downtime, and honoured the downtime limit would be 300 ms',
  ],
  [
    "an image's key in a flavor",
    { flavor: { hw_wrs_live_migration_timeout: 150 } },
    'there the key is hw:wrs:live_migration_timeout',
  ],
])('%s: nova ignores it', async (_what, instance, message) => {
  const found = await find(instance);
  expect(found).toMatchObject([{ status: 'fail', severity: 'warning', message: expect.stringContaining(message) }]);
  expect(found[0]?.evidence).toMatchObject([{ path: 'campaign.yaml', line: 1 }]);
});

test.each<[string, Record<string, unknown>]>([
  [
    'every key where it belongs',
    {
      flavor: { 'hw:wrs:live_migration_timeout': 150, 'hw:wrs:live_migration_tunnel': 'on' },
      image: { hw_wrs_live_migration_timeout: 150 },
      metadata: { 'hw:wrs:live_migration_auto_converge': 'off' },
    },
  ],
  ['a misspelt key is of another rule', { flavor: { 'hw:live_migration_timeout': 150 } }],
  ['a misspelt key on an image, where the right one counts', { image: { hw_live_migration_timeout: 150 } }],
])('%s: pass', async (_what, instance) => {
  expect(await find(instance)).toMatchObject([{ status: 'pass' }]);
});

test("the test plan's volume metadata lists auto-converge, which has no effect there: a note", async () => {
  const found = await find({ image: { hw_wrs_live_migration_permit_auto_converge: 'true' } });
  expect(found).toMatchObject([{ status: 'fail', severity: 'note' }]);
});

test('with upstream nova, every key of an instance', async () => {
  const keys = { flavor: { 'hw:wrs:live_migration_timeout': 150 }, metadata: { 'hw:live_migration_timeout': 150 } };
  const found = await find(keys, 'upstream');
  expect(found).toMatchObject([{ status: 'fail', message: expect.stringContaining('upstream takes nova.conf only') }]);
});

test('nobody tells which nova it is: inconclusive', async () => {
  const found = await find({ flavor: { 'hw:wrs:live_migration_timeout': 150 } }, null, silent);
  expect(found).toMatchObject([{ status: 'inconclusive' }]);
});

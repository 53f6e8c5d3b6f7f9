import { expect, test } from 'vitest';
import { covered, declaring, findingsOf, forkProgress, progress, running } from './log-text.ts';

const fork = { a: covered(running(60, forkProgress)) };
const silent = { a: covered('10:00:05 WARNING migration: Live migration not completed after 180 sec') };
const find = (
  instance: Record<string, unknown>,
  profile: 'stx-2018' | 'upstream' | null = 'stx-2018',
  logs: Record<string, string> = fork,
) => findingsOf('setting-unknown', { logs, campaign: declaring(profile, instance) });

test.each<[string, Record<string, unknown>, string]>([
  [
    'the test plan spells auto-converge as nova.conf does',
    { flavor: { 'hw:wrs:live_migration_permit_auto_converge': 'false' } },
    'the key is hw:wrs:live_migration_auto_converge, and honoured auto-converge would be off instead of on',
  ],
  [
    "an image's key as metadata, misspelt as well",
    { metadata: { hw_wrs_live_migration_permit_auto_converge: 'true' } },
    'the key is hw:wrs:live_migration_auto_converge, and honoured auto-converge would be on all the same',
  ],
  [
    'the old name of the timeout',
    { flavor: { 'hw:live_migration_timeout': 150 } },
    'the key is hw:wrs:live_migration_timeout, and honoured the timeout would be 150 s instead of 180 s',
  ],
  [
    'the old name of the timeout on an image',
    { image: { hw_live_migration_timeout: 150 } },
    'the key is hw_wrs_live_migration_timeout, and honoured the timeout would be 150 s instead of 180 s',
  ],
  [
    'the lowest would still win',
    { flavor: { 'hw:live_migration_timeout': 300 }, metadata: { 'hw:wrs:live_migration_timeout': 200 } },
    'honoured the timeout would be 200 s all the same',
  ],
  [
    'the sibling plan leaves out a letter',
    { flavor: { 'hw:wrs:live_migration_autocoverge': 'off' } },
    'the key is hw:wrs:live_migration_auto_converge',
  ],
  [
    'the sibling plan leaves out max',
    { metadata: { 'hw:wrs:live_migration_downtime': 300 } },
    'the key is hw:wrs:live_migration_max_downtime, and honoured the downtime limit would be 300 ms instead of 500 ms',
  ],
  [
    "the fork's own message names the tunnel so",
    { flavor: { 'hw:wrs:live_migration_libvirt_tunnel': 'on' } },
    'the key is hw:wrs:live_migration_tunnel, and honoured the tunnel would be on instead of off',
  ],
  [
    'a slip in the middle',
    { flavor: { 'hw:wrs:live_migraton_timeout': 150 } },
    'the key is hw:wrs:live_migration_timeout',
  ],
  ['a slip in case', { flavor: { 'hw:wrs:live_Migration_timeout': 150 } }, 'the key is hw:wrs:live_migration_timeout'],
  [
    'of a kind that no image sets',
    { image: { hw_wrs_live_migration_permit_auto_converge: 'true' } },
    'its nearest key is hw:wrs:live_migration_auto_converge, which counts in flavor and metadata only',
  ],
  ['far from every key', { flavor: { 'acme:livemigration_window': 'night' } }, 'no key of nova is near'],
  ['nothing behind the words', { flavor: { 'acme:live_migration': 'never' } }, 'no key of nova is near'],
])('%s: nova ignores it', async (_what, instance, message) => {
  const found = await find(instance);
  expect(found).toMatchObject([{ status: 'fail', severity: 'warning', message: expect.stringContaining(message) }]);
  expect(found[0]?.evidence).toMatchObject([{ path: 'campaign.yaml', line: 1 }]);
});

test.each<[string, Record<string, unknown>]>([
  ['a known key', { flavor: { 'hw:wrs:live_migration_timeout': 150 } }],
  ['a known key in a wrong place is of another rule', { image: { 'hw:wrs:live_migration_timeout': 150 } }],
  ['one that is taken away', { flavor: { 'hw:live_migration_timeout': null } }],
])('%s: pass', async (_what, instance) => {
  expect(await find(instance)).toMatchObject([{ status: 'pass' }]);
});

test('keys about other things are not looked at', async () => {
  expect(await find({ flavor: { 'hw:cpu_policy': 'dedicated' } })).toEqual([]);
});

test('upstream nova knows no such key', async () => {
  const found = await find({ flavor: { 'hw:live_migration_timeout': 150 } }, 'upstream', {
    a: covered(running(60, progress)),
  });
  expect(found).toMatchObject([{ status: 'fail', message: expect.stringContaining('nova.conf alone decides') }]);
});

test('nobody tells which nova it is: inconclusive', async () => {
  const found = await find({ flavor: { 'hw:live_migration_timeout': 150 } }, null, silent);
  expect(found).toMatchObject([{ status: 'inconclusive', message: expect.stringContaining('declare the profile') }]);
});

test('a dated key is judged from when it holds', async () => {
  const dated = [{ value: 150, from: '2018-07-02T10:00:00Z' }];
  const found = await find({ flavor: { 'hw:live_migration_timeout': dated, 'hw:wrs:live_migration_tunnel': 'on' } });
  expect(found).toMatchObject([{ status: 'fail', message: expect.stringContaining('150 s instead of 180 s') }]);
});

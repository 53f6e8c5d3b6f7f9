import { expect, test } from 'vitest';
import { covered, declaring, findingsOf, running } from './log-text.ts';

const TIMEOUT = 'hw:wrs:live_migration_timeout';
const fork = { a: covered(running(60)) };
const silent = { a: covered('10:00:05 WARNING migration: Live migration not completed after 180 sec') };
const find = (
  instance: Record<string, unknown>,
  profile: 'stx-2018' | 'upstream' | null = 'stx-2018',
  logs: Record<string, string> = fork,
) => findingsOf('timeout-setting-out-of-range', { logs, campaign: declaring(profile, instance) });

test.each<[string, 'pass' | 'fail', 'error' | 'warning', Record<string, unknown>]>([
  ['the least', 'pass', 'error', { flavor: { [TIMEOUT]: 120 } }],
  ['the most', 'pass', 'error', { metadata: { [TIMEOUT]: 800 } }],
  ['off', 'pass', 'error', { flavor: { [TIMEOUT]: 0 } }],
  ['less', 'fail', 'error', { flavor: { [TIMEOUT]: 119 } }],
  ['one second', 'fail', 'error', { flavor: { [TIMEOUT]: 1 } }],
  ['more', 'fail', 'error', { metadata: { [TIMEOUT]: 801 } }],
  ['below zero', 'fail', 'error', { flavor: { [TIMEOUT]: -1 } }],
  ['images are not checked', 'fail', 'warning', { image: { hw_wrs_live_migration_timeout: 60 } }],
  ['an abort at once', 'fail', 'warning', { image: { hw_wrs_live_migration_timeout: -1 } }],
  ['of an image, in range', 'pass', 'error', { image: { hw_wrs_live_migration_timeout: 240 } }],
  ['what is no number is of another rule', 'pass', 'error', { flavor: { [TIMEOUT]: 'soon' } }],
  ['a key that nova does not read', 'pass', 'error', { image: { [TIMEOUT]: 60 } }],
  ['taken away', 'pass', 'error', { flavor: { [TIMEOUT]: null } }],
  ['a downtime', 'pass', 'error', { flavor: { 'hw:wrs:live_migration_max_downtime': 60 } }],
])('%s: %s', async (_what, status, severity, instance) => {
  expect(await find(instance)).toMatchObject([{ status, severity }]);
});

test('each value of a dated key, with its line', async () => {
  const dated = [
    { value: 60 },
    { value: 150, from: '2018-07-02T10:00:00Z' },
    { value: 900, from: '2018-07-02T11:00:00Z' },
  ];
  const found = await find({ flavor: { [TIMEOUT]: dated } });
  expect(found.map(({ message }) => message)).toEqual([
    'vm: hw:wrs:live_migration_timeout=60 of the flavor is neither 0 nor from 120 to 800 s',
    'vm: hw:wrs:live_migration_timeout=900 of the flavor is neither 0 nor from 120 to 800 s',
  ]);
  expect(found[0]?.evidence).toMatchObject([{ path: 'campaign.yaml' }]);
});

test('upstream nova does not read it: pass', async () => {
  expect(await find({ flavor: { [TIMEOUT]: 60 } }, 'upstream')).toMatchObject([{ status: 'pass' }]);
});

test('nobody tells which nova it is: inconclusive', async () => {
  expect(await find({ flavor: { [TIMEOUT]: 60 } }, null, silent)).toMatchObject([{ status: 'inconclusive' }]);
});

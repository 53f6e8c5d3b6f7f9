import { expect, test } from 'vitest';
import { covered, declaring, findingsOf, running } from './log-text.ts';

const TIMEOUT = 'hw:wrs:live_migration_timeout';
const DOWNTIME = 'hw:wrs:live_migration_max_downtime';
const AUTO_CONVERGE = 'hw:wrs:live_migration_auto_converge';
const TUNNEL = 'hw:wrs:live_migration_tunnel';
const fork = { a: covered(running(60)) };
const silent = { a: covered('10:00:05 WARNING migration: Live migration not completed after 180 sec') };
const find = (
  instance: Record<string, unknown>,
  profile: 'stx-2018' | 'upstream' | null = 'stx-2018',
  logs: Record<string, string> = fork,
) => findingsOf('setting-conflict', { logs, campaign: declaring(profile, instance) });

test.each<[string, Record<string, unknown>, string]>([
  [
    'timeouts',
    { flavor: { [TIMEOUT]: 300 }, metadata: { [TIMEOUT]: 150 } },
    'the timeout is 150 s from metadata, of flavor 300, metadata 150: the lowest value wins',
  ],
  [
    'a timeout of 0 and another',
    { flavor: { [TIMEOUT]: 0 }, image: { hw_wrs_live_migration_timeout: 200 } },
    'the timeout is 200 s from image, of flavor 0, image 200: the lowest non-zero value wins; 0 is overridden',
  ],
  [
    'downtimes',
    { flavor: { [DOWNTIME]: 300 }, metadata: { [DOWNTIME]: 150 } },
    'the downtime limit is 300 ms from flavor, of flavor 300, metadata 150: flavor wins over instance, instance over image',
  ],
  [
    'a downtime that nova does not take',
    { flavor: { [DOWNTIME]: 50 }, metadata: { [DOWNTIME]: 150 } },
    'the downtime limit is 500 ms from default',
  ],
  [
    'auto-converge',
    { flavor: { [AUTO_CONVERGE]: 'on' }, metadata: { [AUTO_CONVERGE]: 'off' } },
    'auto-converge is off from metadata, of metadata off, flavor on: instance metadata wins over the flavor',
  ],
  [
    'a value that nova cannot read does not win',
    { flavor: { [TUNNEL]: 'on' }, metadata: { [TUNNEL]: 'maybe' } },
    'the tunnel is on from flavor, of metadata maybe, flavor on: maybe (instance) is not a boolean',
  ],
])('%s: says who wins, and why', async (_what, instance, message) => {
  const found = await find(instance);
  expect(found).toMatchObject([{ status: 'fail', severity: 'note', message: expect.stringContaining(message) }]);
  expect(found[0]?.evidence).toMatchObject([{ path: 'campaign.yaml' }]);
});

test.each<[string, Record<string, unknown>]>([
  ['one source', { flavor: { [TIMEOUT]: 300 } }],
  ['the same in other words', { flavor: { [TUNNEL]: 'on' }, metadata: { [TUNNEL]: 'True' } }],
  [
    'an image has no say on auto-converge',
    { flavor: { [AUTO_CONVERGE]: 'on' }, image: { hw_wrs_live_migration_auto_converge: 'off' } },
  ],
  ['different settings', { flavor: { [TIMEOUT]: 300 }, metadata: { [DOWNTIME]: 150 } }],
])('%s: pass', async (_what, instance) => {
  expect(await find(instance)).toMatchObject([{ status: 'pass' }]);
});

test('dated values: the conflicts of each time, each with its lines', async () => {
  const campaign = `novatrail: 1
profile: stx-2018
instances:
  vm:
    id: 07b5842b-6324-4de0-973e-6d0ff18ef574
    flavor:
      ${TIMEOUT}:
        - { value: 300 }
        - { value: 150, from: 2018-07-02T12:00:00Z }
        - { value: 200, from: 2018-07-02T13:00:00Z }
    metadata:
      ${TIMEOUT}: 200
`;
  const found = await findingsOf('setting-conflict', { logs: fork, campaign });
  expect(found.map(({ message }) => /is (\d+) s/.exec(message)?.[1])).toEqual(['200', '150']);
  expect(found.map(({ evidence }) => evidence.map(({ line }) => line))).toEqual([
    [8, 12],
    [9, 12],
  ]);
});

test('upstream nova reads none of them, so that they cannot conflict: pass', async () => {
  expect(await find({ flavor: { [TIMEOUT]: 300 }, metadata: { [TIMEOUT]: 150 } }, 'upstream')).toMatchObject([
    { status: 'pass' },
  ]);
});

test('nobody tells which nova it is: inconclusive', async () => {
  const found = await find({ flavor: { [TIMEOUT]: 300 }, metadata: { [TIMEOUT]: 150 } }, null, silent);
  expect(found).toMatchObject([{ status: 'inconclusive' }]);
});

import { expect, test } from 'vitest';
import { at, covered, declaring, type Given, nova, OTHER_VM, running, verdictOn, withoutTimes } from './log-text.ts';

const fork = declaring('stx-2018', {});
const other = (seconds: number) =>
  nova(`${at(seconds)} INFO manager: Instance spawned successfully.`, { instance: OTHER_VM, request: '-' });
const open = nova(running(60));
const ready = '10:00:00 INFO manager: Took 0.90 seconds for pre_live_migration on destination host compute-2.';
const ended = (line: string) => covered(`${running(60)}\n${line}`);

test.each<[string, 'pass' | 'fail' | 'inconclusive', Given]>([
  [
    'completed',
    'pass',
    { logs: { a: ended('10:01:05 INFO driver: Migration operation has completed') }, campaign: fork },
  ],
  ['aborted', 'pass', { logs: { a: ended('10:01:05 ERROR driver: Migration operation has aborted') }, campaign: fork }],
  [
    'cancelled',
    'pass',
    { logs: { a: ended('10:01:05 WARNING driver: Migration operation was cancelled') }, campaign: fork },
  ],
  [
    'nova restarted, and says what it found',
    'pass',
    {
      logs: {
        a: ended('10:02:05 INFO manager: Instance found in migrating state during startup. Resetting task_state'),
      },
      campaign: fork,
    },
  ],
  ['silence in a log that goes on', 'fail', { logs: { a: covered(running(60)) }, campaign: fork }],
  ['the log ends', 'inconclusive', { logs: { a: open }, campaign: fork }],
  ['the lines have no time', 'inconclusive', { logs: { a: withoutTimes(open) }, campaign: fork }],
  [
    'the log goes on, but its timeout and two minutes are not over',
    'inconclusive',
    { logs: { a: open + other(299) }, campaign: fork },
  ],
  ['the log goes on just longer', 'fail', { logs: { a: open + other(301) }, campaign: fork }],
  ['no timeout is declared: two minutes of silence', 'fail', { logs: { a: open + other(190) } }],
  ['no timeout is declared: less than two minutes', 'inconclusive', { logs: { a: open + other(170) } }],
  [
    'a log without INFO records would not hold a success',
    'inconclusive',
    {
      logs: {
        a: covered('10:00:30 WARNING migration: Live migration not completed after 180 sec').replaceAll(
          ' INFO ',
          ' WARNING ',
        ),
      },
      campaign: fork,
    },
  ],
  [
    'the destination is ready: the wait for network-vif-plugged has no end that nova fixes',
    'inconclusive',
    { logs: { a: nova(ready) + other(3600) }, campaign: declaring('upstream', { memory_mib: 2048 }, { timeout: 60 }) },
  ],
  ['the same where nothing is declared', 'inconclusive', { logs: { a: nova(ready) + other(3600) } }],
  [
    'the destination was ready, and the monitor had begun',
    'fail',
    {
      logs: {
        a: nova(`${ready}\n10:00:01 DEBUG driver: Starting monitoring of live migration`) + other(3600),
      },
      campaign: declaring('upstream', { memory_mib: 2048 }, { timeout: 60 }),
    },
  ],
  [
    'the destination was ready, and a downtime step was taken',
    'fail',
    {
      logs: {
        a:
          nova(`${ready}\n10:00:01 INFO migration: Increasing downtime to 50 ms after 0 sec elapsed time`) +
          other(3600),
      },
      campaign: declaring('upstream', { memory_mib: 2048 }, { timeout: 60 }),
    },
  ],
  [
    "a rotated file of the source is missing, and the destination's lines stand in the gap",
    'inconclusive',
    {
      logs: {
        'a/nova-compute.log.2': open,
        'a/nova-compute.log': other(300) + other(900),
        b: nova(`${at(100)} INFO manager: Post operation of migration started`),
      },
      campaign: fork,
    },
  ],
  [
    "another host's log does not tell for the source",
    'inconclusive',
    { logs: { a: open, b: other(600) }, campaign: fork },
  ],
])('%s: %s', async (_what, status, given) => {
  expect(await verdictOn('migration-unfinished', given)).toMatchObject({ status });
});

test('a migration that is open where the log ends is a warning, with its last line', async () => {
  const verdict = await verdictOn('migration-unfinished', { logs: { a: open }, campaign: fork });
  expect(verdict).toMatchObject({ severity: 'warning', message: 'open where the log ends' });
  expect(verdict.evidence.map(({ line }) => line)).toEqual([4]);
});

test('a nova-compute that was started anew is named as the cause, with its line', async () => {
  const start = '2018-07-02 10:01:22.000 31876 INFO nova.service [-] Starting compute node (version 16.0.4)\n';
  const verdict = await verdictOn('migration-unfinished', { logs: { a: open + start + other(600) }, campaign: fork });
  expect(verdict).toMatchObject({ status: 'fail', message: expect.stringContaining('started anew 22 s after') });
  expect(verdict.evidence.at(-1)?.text).toContain('Starting compute node');
});

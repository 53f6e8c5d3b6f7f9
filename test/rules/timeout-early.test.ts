import { expect, test } from 'vitest';
import { at, covered, declaring, forkProgress, type Given, progress, stepLines, verdictOn } from './log-text.ts';

const fires = (after: number, printed: number, start = '10:00:00 INFO driver: Starting monitoring of live migration') =>
  covered(`${start}
    ${at(after - 20)} INFO driver: ${forkProgress(after - 20)}
    ${at(after)} WARNING migration: Live migration not completed after ${printed} sec
    ${at(after + 1)} ERROR driver: Migration operation has aborted`);
/** Upstream at INFO: nova began at some time before the first step. */
const upstream = (after: number, ready = '') =>
  covered(`${ready}
    ${stepLines([0, 50])}
    10:01:00 INFO driver: ${progress(60)}
    ${at(after + 0.5)} WARNING migration: Live migration not completed after 300 sec
    ${at(after + 1)} ERROR driver: Migration operation has aborted`);
const READY = '10:00:00 INFO manager: Took 3.00 seconds for pre_live_migration on destination host compute-1.';
const fork = (instance: Record<string, unknown> | null = {}) => declaring('stx-2018', instance);
const sized = (more: Record<string, unknown> = {}) =>
  declaring('upstream', { memory_mib: 2048, ...more }, { timeout: 150 });
const setBack = covered(`10:00:00 INFO driver: Starting monitoring of live migration
  10:02:00 INFO driver: ${forkProgress(120)}
  10:01:00 INFO driver: ${forkProgress(150)}
  10:01:30 WARNING migration: Live migration not completed after 180 sec
  10:01:31 ERROR driver: Migration operation has aborted`);

test.each<[string, 'pass' | 'fail' | 'inconclusive' | 'not-applicable', Given]>([
  ['as the timeout is over', 'pass', { logs: { a: fires(180.3, 180) }, campaign: fork() }],
  ['a second before is rounding', 'pass', { logs: { a: fires(179, 180) }, campaign: fork() }],
  ['more is not', 'fail', { logs: { a: fires(178.9, 180) }, campaign: fork() }],
  ['another timeout is early too', 'fail', { logs: { a: fires(140.2, 140) }, campaign: fork() }],
  ['without one declared, what nova prints counts', 'pass', { logs: { a: fires(140.2, 140) } }],
  ['and even then it must have passed', 'fail', { logs: { a: fires(120, 140) } }],
  [
    'the fork counts the seconds in its progress lines',
    'fail',
    { logs: { a: fires(178, 180, `10:00:10 INFO driver: ${forkProgress(10)}`) }, campaign: fork() },
  ],
  ['upstream at INFO, as it is over', 'pass', { logs: { a: upstream(300) }, campaign: sized() }],
  [
    '10 s before: nova may have begun before the first step',
    'inconclusive',
    { logs: { a: upstream(290) }, campaign: sized() },
  ],
  ['20 s before: not that long', 'fail', { logs: { a: upstream(280) }, campaign: sized() }],
  ['nor before the destination was ready', 'fail', { logs: { a: upstream(290, READY) }, campaign: sized() }],
  [
    'a disk that nova does not see makes it less',
    'pass',
    { logs: { a: upstream(300) }, campaign: sized({ block_migration: true, disks_gib: [20] }) },
  ],
  ['the clock was set back', 'inconclusive', { logs: { a: setBack }, campaign: fork() }],
  [
    'nothing shows when nova began',
    'inconclusive',
    {
      logs: { a: covered('10:03:00 WARNING migration: Live migration not completed after 180 sec') },
      campaign: fork(),
    },
  ],
  [
    'no timeout',
    'not-applicable',
    { logs: { a: covered('10:00:00 INFO driver: Starting monitoring of live migration') }, campaign: fork() },
  ],
  [
    'the timeout is off',
    'not-applicable',
    { logs: { a: fires(150, 180) }, campaign: fork({ flavor: { 'hw:wrs:live_migration_timeout': 0 } }) },
  ],
])('%s: %s', async (_what, status, given) => {
  expect(await verdictOn('timeout-early', given)).toMatchObject({ status });
});

test('the verdict shows when nova began and when it gave up', async () => {
  const { message, evidence } = await verdictOn('timeout-early', { logs: { a: fires(140.2, 140) }, campaign: fork() });
  expect(message).toBe('the timeout fired after 140.2 s; 180 s should be in force');
  expect(evidence.map(({ text }) => text.slice(11, 23))).toEqual(['10:00:00.000', '10:02:20.200']);
});

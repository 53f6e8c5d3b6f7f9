import { expect, test } from 'vitest';
import {
  at,
  covered,
  declaring,
  forkProgress,
  type Given,
  nova,
  progress,
  verdictOn,
  withoutTimes,
} from './log-text.ts';

const LINE = 'WARNING migration: Live migration not completed after 180 sec';
const body = (end: string, message = forkProgress) => `10:00:00 INFO driver: Starting monitoring of live migration
  10:02:30 INFO driver: ${message(150)}
  10:03:00 ${LINE}
  10:03:00.500 ${LINE}
  ${end}`;
const log = (end: string) => covered(body(end));
const ended = (after: number, what = 'ERROR driver: Migration operation has aborted') => `${at(180 + after)} ${what}`;
const goesOn = `10:04:30 INFO driver: ${forkProgress(270)}`;
const POSTCOPY = '10:02:40 INFO migration: Switching to post-copy migration mode';
const setBack = covered(`10:00:00 INFO driver: Starting monitoring of live migration
  10:02:30 INFO driver: ${forkProgress(150)}
  10:02:00 INFO driver: ${forkProgress(180)}
  10:02:01 ${LINE}
  10:03:30 ERROR driver: Migration operation has aborted`);
const fork = declaring('stx-2018', {});
const upstream = (defaults = {}) => declaring('upstream', { memory_mib: 2048 }, { timeout: 90, ...defaults });
const upstreamLog = (end: string) =>
  covered(body(end, progress).replace('INFO driver: Starting', 'DEBUG driver: Starting'));

test.each<[string, 'pass' | 'fail' | 'inconclusive' | 'not-applicable', Given]>([
  ['aborted at once', 'pass', { logs: { a: log(ended(2)) }, campaign: fork }],
  [
    'cancelled after a minute',
    'pass',
    { logs: { a: log(ended(60, 'WARNING driver: Migration operation was cancelled')) }, campaign: fork },
  ],
  [
    'even a success is an end',
    'pass',
    { logs: { a: log(ended(5, 'INFO driver: Migration operation has completed')) }, campaign: fork },
  ],
  ['over only after a minute', 'fail', { logs: { a: log(ended(61)) }, campaign: fork }],
  ['never over', 'fail', { logs: { a: log(goesOn) }, campaign: fork }],
  [
    'it seems to be over in time, but the clock was set back in between',
    'inconclusive',
    {
      logs: {
        a: log(`10:02:20 INFO driver: ${forkProgress(240)}\n10:03:30 ERROR driver: Migration operation has aborted`),
      },
      campaign: fork,
    },
  ],
  ['the lines have no time', 'inconclusive', { logs: { a: withoutTimes(nova(body(ended(61)))) }, campaign: fork }],
  ['the log ends before', 'inconclusive', { logs: { a: nova(body('')) }, campaign: fork }],
  [
    'at WARNING a success would not be seen',
    'inconclusive',
    {
      logs: {
        a: nova(`10:00:00 WARNING driver: Unexpected migration job type: 1
          10:03:00 ${LINE}
          10:03:00.500 ${LINE}
          10:05:00 WARNING manager: Something else`),
      },
      campaign: fork,
    },
  ],
  ['post-copy cannot be aborted', 'inconclusive', { logs: { a: log(`${POSTCOPY}\n${goesOn}`) }, campaign: fork }],
  ['the clock was set back', 'inconclusive', { logs: { a: setBack }, campaign: fork }],
  ['upstream may complete it by force', 'inconclusive', { logs: { a: upstreamLog(ended(61)) }, campaign: upstream() }],
  [
    'upstream, declared to abort',
    'fail',
    { logs: { a: upstreamLog(ended(61)) }, campaign: upstream({ timeout_action: 'abort' }) },
  ],
  [
    'upstream, declared to complete it',
    'not-applicable',
    { logs: { a: upstreamLog(ended(61)) }, campaign: upstream({ timeout_action: 'force_complete' }) },
  ],
  [
    'no timeout',
    'not-applicable',
    { logs: { a: covered(`10:00:00 INFO driver: ${forkProgress(0)}`) }, campaign: fork },
  ],
])('%s: %s', async (_what, status, given) => {
  expect(await verdictOn('timeout-abort-ineffective', given)).toMatchObject({ status });
});

test('the line that nova repeats is counted and shown once', async () => {
  const { message, evidence } = await verdictOn('timeout-abort-ineffective', {
    logs: { a: log(ended(61)) },
    campaign: fork,
  });
  expect(message).toBe('a minute after the timeout it was not over (it ended 61 s after it); nova said it 2 times');
  expect(evidence.map(({ text }) => text.slice(11, 23))).toEqual(['10:03:00.000', '10:04:01.000']);
});

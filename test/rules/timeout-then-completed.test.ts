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

const log = (end: string, message = forkProgress) =>
  covered(`10:00:00 INFO driver: ${message(0)}
    10:02:30 INFO driver: ${message(150)}
    10:03:00 WARNING migration: Live migration not completed after 180 sec
    ${end}`);
const completed = (after: number) => `${at(180 + after)} INFO driver: Migration operation has completed`;
const ABORTED = '10:03:01 ERROR driver: Migration operation has aborted';
const fork = declaring('stx-2018', {});
const upstream = (action: string | null) =>
  declaring('upstream', { memory_mib: 2048 }, { timeout: 90, ...(action === null ? {} : { timeout_action: action }) });

test.each<[string, Partial<{ status: string; severity: string }>, Given]>([
  ['aborted', { status: 'pass' }, { logs: { a: log(ABORTED) }, campaign: fork }],
  ['completed 5 s later', { status: 'fail', severity: 'warning' }, { logs: { a: log(completed(5)) }, campaign: fork }],
  ['completed a second later', { status: 'fail' }, { logs: { a: log(completed(1)) }, campaign: fork }],
  [
    'in post-copy, which cannot be aborted',
    { status: 'inconclusive' },
    {
      logs: { a: log(`${at(180.5)} INFO migration: Switching to post-copy migration mode\n${completed(5)}`) },
      campaign: fork,
    },
  ],
  ['a race', { status: 'pass', severity: 'note' }, { logs: { a: log(completed(0.9)) }, campaign: fork }],
  [
    'forced, as declared',
    { status: 'pass', severity: 'warning' },
    { logs: { a: log(completed(5), progress) }, campaign: upstream('force_complete') },
  ],
  [
    'upstream, declared to abort',
    { status: 'fail' },
    { logs: { a: log(completed(5), progress) }, campaign: upstream('abort') },
  ],
  [
    'upstream, not declared',
    { status: 'inconclusive' },
    { logs: { a: log(completed(5), progress) }, campaign: upstream(null) },
  ],
  [
    'open where the log ends',
    { status: 'inconclusive' },
    {
      logs: {
        a: nova(
          '10:00:00 INFO driver: Starting monitoring of live migration\n10:03:00 WARNING migration: Live migration not completed after 180 sec',
        ),
      },
      campaign: fork,
    },
  ],
  [
    'the line that the job is over is missing',
    { status: 'inconclusive' },
    { logs: { a: log('10:03:05 INFO manager: Migrating instance to b finished successfully.') }, campaign: fork },
  ],
  [
    'the line that the job is over is missing, but all was over at once',
    { status: 'pass', severity: 'note' },
    { logs: { a: log('10:03:00.900 INFO manager: Migrating instance to b finished successfully.') }, campaign: fork },
  ],
  [
    'the clock was set back: it may have run on for longer',
    { status: 'inconclusive' },
    {
      logs: {
        a: log(`09:59:40 INFO driver: ${forkProgress(190)}
          09:59:45 INFO driver: Migration operation has completed`),
      },
      campaign: fork,
    },
  ],
  [
    'the lines have no time: it may be a race',
    { status: 'inconclusive' },
    { logs: { a: withoutTimes(log(completed(5))) }, campaign: fork },
  ],
  [
    'forced, as declared, and the lines have no time',
    { status: 'pass' },
    { logs: { a: withoutTimes(log(completed(5), progress)) }, campaign: upstream('force_complete') },
  ],
  [
    'no timeout',
    { status: 'not-applicable' },
    { logs: { a: covered(`10:00:00 INFO driver: ${forkProgress(0)}`) }, campaign: fork },
  ],
])('%s', async (_what, verdict, given) => {
  expect(await verdictOn('timeout-then-completed', given)).toMatchObject(verdict);
});

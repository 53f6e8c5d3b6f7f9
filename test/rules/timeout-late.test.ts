import { expect, test } from 'vitest';
import { at, covered, declaring, forkProgress, type Given, nova, progress, stepLines, verdictOn } from './log-text.ts';

const fires = (after: number) =>
  covered(`10:00:00 INFO driver: Starting monitoring of live migration
    10:02:30 INFO driver: ${forkProgress(150)}
    ${at(after)} WARNING migration: Live migration not completed after 180 sec
    ${at(after + 1)} ERROR driver: Migration operation has aborted`);
const upstream = (after: number, ready = '') =>
  covered(`${ready}
    ${stepLines([0, 50])}
    10:01:00 INFO driver: ${progress(60)}
    ${at(after + 0.5)} WARNING migration: Live migration not completed after 300 sec
    ${at(after + 1)} ERROR driver: Migration operation has aborted`);
const READY = '10:00:00 INFO manager: Took 3.00 seconds for pre_live_migration on destination host compute-1.';
const fork = (instance: Record<string, unknown> | null = {}) => declaring('stx-2018', instance);
const sized = declaring('upstream', { memory_mib: 2048 }, { timeout: 150 });
const setBack = covered(`10:00:00 INFO driver: Starting monitoring of live migration
  10:02:00 INFO driver: ${forkProgress(120)}
  10:01:00 INFO driver: ${forkProgress(150)}
  10:05:00 WARNING migration: Live migration not completed after 180 sec
  10:05:01 ERROR driver: Migration operation has aborted`);
const postCopy = fires(190).replace(
  /(?=2018-07-02 10:03:10)/,
  nova('10:02:40 INFO migration: Switching to post-copy migration mode'),
);

test.each<[string, 'pass' | 'fail' | 'inconclusive' | 'not-applicable', Given]>([
  ['as it is over', 'pass', { logs: { a: fires(180.4) }, campaign: fork() }],
  ['ten polls late', 'pass', { logs: { a: fires(185) }, campaign: fork() }],
  ['more', 'fail', { logs: { a: fires(185.1) }, campaign: fork() }],
  ['late by an assumed timeout', 'inconclusive', { logs: { a: fires(190) } }],
  ['in time by what it prints', 'pass', { logs: { a: fires(181) } }],
  ['post-copy lets it run on', 'inconclusive', { logs: { a: postCopy }, campaign: fork() }],
  ['the clock was set back', 'inconclusive', { logs: { a: setBack }, campaign: fork() }],
  [
    'upstream at INFO: nova may have begun 15 s before',
    'inconclusive',
    { logs: { a: upstream(300) }, campaign: sized },
  ],
  ['not before the destination was ready', 'pass', { logs: { a: upstream(300, READY) }, campaign: sized }],
  ['late even from the first step on', 'fail', { logs: { a: upstream(306) }, campaign: sized }],
  [
    'no timeout',
    'not-applicable',
    { logs: { a: covered('10:00:00 INFO driver: Starting monitoring of live migration') }, campaign: fork() },
  ],
  [
    'the timeout is off',
    'not-applicable',
    { logs: { a: fires(250) }, campaign: fork({ flavor: { 'hw:wrs:live_migration_timeout': 0 } }) },
  ],
])('%s: %s', async (_what, status, given) => {
  expect(await verdictOn('timeout-late', given)).toMatchObject({ status });
});

test.each([
  ['half a minute is a warning', 210, 'warning'],
  ['more is an error', 210.5, 'error'],
])('%s', async (_what, after, severity) => {
  const verdict = await verdictOn('timeout-late', { logs: { a: fires(after) }, campaign: fork() });
  expect(verdict).toMatchObject({ status: 'fail', severity });
});

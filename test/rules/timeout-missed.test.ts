import { expect, test } from 'vitest';
import {
  at,
  covered,
  declaring,
  forkProgress,
  type Given,
  nova,
  OTHER_VM,
  progress,
  running,
  verdictOn,
} from './log-text.ts';

const TIMEOUT = 'hw:wrs:live_migration_timeout';
const fork = (instance: Record<string, unknown> = {}, defaults = {}) => declaring('stx-2018', instance, defaults);
const completes = (seconds: number, message = forkProgress) =>
  covered(`${running(seconds - 1, message)}\n${at(seconds)} INFO driver: Migration operation has completed`);
const fires = (seconds: number, end: number) =>
  covered(`${running(seconds)}
    ${at(seconds + 0.6)} WARNING migration: Live migration not completed after ${seconds} sec
    ${at(end)} ERROR driver: Migration operation has aborted`);
/** Nova itself hung between 60 s and this second. */
const stalls = (seconds: number) =>
  covered(`${running(60)}
    ${at(seconds)} INFO driver: ${forkProgress(seconds)}
    ${at(seconds + 1)} INFO driver: Migration operation has completed`);
const postCopy = completes(240).replace(
  /(?=2018-07-02 10:04:00)/,
  nova('10:02:00 INFO migration: Switching to post-copy migration mode'),
);
const withoutStart = covered(`${at(200)} ERROR driver: Migration operation has aborted`);
const open = covered(running(90)).split('\n').slice(0, -2).join('\n');
/** The log goes on at this second with a line about nothing of this. */
const other = (seconds: number) =>
  nova(`${at(seconds)} INFO manager: Instance spawned successfully.`, { instance: OTHER_VM, request: '-' });
const startedAnew = (seconds: number) =>
  nova(`${at(seconds)} INFO nova.service(no instance): Starting compute node (version 16.0.4)`, { request: '-' });
const clockSetBack = covered(`${running(60)}
  09:59:40 INFO driver: ${forkProgress(90)}
  10:03:20 INFO driver: ${forkProgress(300)}
  10:03:21 INFO driver: Migration operation has completed`);

const copied = declaring('upstream', { memory_mib: 4096, block_migration: true, disks_gib: [1] }, { timeout: 180 });

test.each<[string, 'pass' | 'fail' | 'inconclusive' | 'not-applicable', Given]>([
  ['over in time', 'pass', { logs: { a: completes(100) }, campaign: fork() }],
  ['nova noticed', 'pass', { logs: { a: fires(180, 182) }, campaign: fork() }],
  ['nova noticed, and libvirt took a minute to end it', 'pass', { logs: { a: fires(180, 240) }, campaign: fork() }],
  ['ran on past it', 'fail', { logs: { a: completes(240) }, campaign: fork() }],
  ['noticed long after', 'fail', { logs: { a: fires(240, 241) }, campaign: fork() }],
  ['ten polls late is no miss', 'pass', { logs: { a: completes(184) }, campaign: fork() }],
  ['more than ten polls late is', 'fail', { logs: { a: completes(186) }, campaign: fork() }],
  ['half a minute more where nova itself stalled', 'pass', { logs: { a: stalls(205) }, campaign: fork() }],
  ['but no more than that', 'fail', { logs: { a: stalls(215) }, campaign: fork() }],
  [
    'ran past the lowest of two',
    'fail',
    { logs: { a: completes(240) }, campaign: fork({ flavor: { [TIMEOUT]: 300 }, metadata: { [TIMEOUT]: 150 } }) },
  ],
  [
    'a timeout of 0 cannot be missed',
    'not-applicable',
    { logs: { a: completes(900) }, campaign: fork({ flavor: { [TIMEOUT]: 0 } }) },
  ],
  [
    'upstream allows it for each GiB',
    'pass',
    { logs: { a: completes(240, progress) }, campaign: declaring('upstream', { memory_mib: 4096 }, { timeout: 180 }) },
  ],
  [
    'upstream, past even that',
    'fail',
    { logs: { a: completes(740, progress) }, campaign: declaring('upstream', { memory_mib: 4096 }, { timeout: 180 }) },
  ],
  [
    'upstream, the higher of what Python 2 and 3 make of the size',
    'pass',
    { logs: { a: completes(600, progress) }, campaign: declaring('upstream', { memory_mib: 3584 }, { timeout: 180 }) },
  ],
  [
    'upstream, within the most that copied disks make of it',
    'pass',
    { logs: { a: completes(900, progress) }, campaign: copied },
  ],
  ['upstream, past even that of copied disks', 'fail', { logs: { a: completes(1120, progress) }, campaign: copied }],
  [
    'upstream without the size',
    'inconclusive',
    { logs: { a: completes(740, progress) }, campaign: declaring('upstream', null, { timeout: 180 }) },
  ],
  ['past an assumed timeout', 'inconclusive', { logs: { a: completes(240) } }],
  ['within an assumed timeout', 'pass', { logs: { a: completes(100) } }],
  ['post-copy lets it run on', 'inconclusive', { logs: { a: postCopy }, campaign: fork() }],
  ['no line shows when nova began to watch', 'inconclusive', { logs: { a: withoutStart }, campaign: fork() }],
  [
    'the log goes on in silence for half a minute more',
    'fail',
    { logs: { a: nova(running(90)) + other(211) }, campaign: fork() },
  ],
  ['but not for as long', 'inconclusive', { logs: { a: nova(running(90)) + other(209) }, campaign: fork() }],
  [
    'nova-compute was started anew meanwhile: nobody watches it',
    'inconclusive',
    { logs: { a: nova(running(90)) + startedAnew(120) + other(400) }, campaign: fork() },
  ],
  ['the log ends before the timeout', 'inconclusive', { logs: { a: open }, campaign: fork() }],
  [
    'the clock was set back in between',
    'inconclusive',
    { logs: { a: clockSetBack }, campaign: fork({}, { timeout: 120 }) },
  ],
])('%s: %s', async (_what, status, given) => {
  expect(await verdictOn('timeout-missed', given)).toMatchObject({ status });
});

test('a rotated file that is not there may have held the timeout line', async () => {
  const lines = completes(240).split('\n');
  const [older, newer] = [lines.slice(0, 7).join('\n'), lines.slice(-3).join('\n')];
  const verdict = await verdictOn('timeout-missed', {
    logs: { 'a/nova-compute.log.2': `${older}\n`, 'a/nova-compute.log': newer },
    campaign: fork(),
  });
  expect(verdict).toMatchObject({ status: 'inconclusive', message: expect.stringContaining('gap') });
});

test('the verdict shows where nova began and the line that proves it still runs', async () => {
  const { evidence, message } = await verdictOn('timeout-missed', { logs: { a: completes(240) }, campaign: fork() });
  expect(evidence.map(({ text }) => text.slice(0, 23))).toEqual(['2018-07-02 10:00:00.000', '2018-07-02 10:03:30.500']);
  expect(message).toContain('still ran after 211 s');
});

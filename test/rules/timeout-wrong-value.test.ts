import { expect, test } from 'vitest';
import {
  at,
  covered,
  declaring,
  forkProgress,
  type Given,
  judgeLogs,
  nova,
  progress,
  running,
  verdictOn,
} from './log-text.ts';

/** A migration that nova says to have timed out after so many seconds. */
const after = (seconds: number, message = forkProgress) =>
  covered(`${running(seconds, message)}
    ${at(seconds + 0.6)} WARNING migration: Live migration not completed after ${seconds} sec
    ${at(seconds + 1.1)} WARNING migration: Live migration not completed after ${seconds} sec
    ${at(seconds + 1.3)} ERROR driver: Live Migration failure: operation aborted: migration job: canceled by client: libvirtError: operation aborted: migration job: canceled by client
    ${at(seconds + 1.6)} ERROR driver: Migration operation has aborted`);
const upstreamAfter = (seconds: number) => after(seconds, progress);
const endedWell = covered(`10:00:00 INFO driver: Starting monitoring of live migration
  10:00:20 INFO driver: Migration operation has completed`);
const TIMEOUT = 'hw:wrs:live_migration_timeout';
const fork = (instance: Record<string, unknown>) => declaring('stx-2018', instance);
const sized = (memory_mib: number, more = {}) => declaring('upstream', { memory_mib, ...more }, { timeout: 150 });

test.each<[string, 'pass' | 'fail' | 'inconclusive' | 'not-applicable', Given]>([
  ["the fork's default", 'pass', { logs: { a: after(180) }, campaign: fork({}) }],
  ['another than the default', 'fail', { logs: { a: after(150) }, campaign: fork({}) }],
  [
    'the lowest of three',
    'pass',
    {
      logs: { a: after(150) },
      campaign: fork({
        flavor: { [TIMEOUT]: 300 },
        metadata: { [TIMEOUT]: 200 },
        image: { hw_wrs_live_migration_timeout: 150 },
      }),
    },
  ],
  [
    "the flavor's, though the instance's is lower",
    'fail',
    { logs: { a: after(300) }, campaign: fork({ flavor: { [TIMEOUT]: 300 }, metadata: { [TIMEOUT]: 200 } }) },
  ],
  [
    '0 in the image does not switch 300 off',
    'pass',
    {
      logs: { a: after(300) },
      campaign: fork({
        flavor: { [TIMEOUT]: 300 },
        metadata: { [TIMEOUT]: 400 },
        image: { hw_wrs_live_migration_timeout: 0 },
      }),
    },
  ],
  [
    'an image value under the range is honoured',
    'pass',
    { logs: { a: after(60) }, campaign: fork({ image: { hw_wrs_live_migration_timeout: 60 } }) },
  ],
  ['the fork does not multiply by the size', 'fail', { logs: { a: after(720) }, campaign: fork({ memory_mib: 4096 }) }],
  ['upstream multiplies by the size', 'pass', { logs: { a: upstreamAfter(600) }, campaign: sized(4096) }],
  ['upstream without the multiplication', 'fail', { logs: { a: upstreamAfter(150) }, campaign: sized(4096) }],
  ['less than 2 GiB count as 2', 'pass', { logs: { a: upstreamAfter(300) }, campaign: sized(512) }],
  ['Python 3 multiplies by 3.5', 'pass', { logs: { a: upstreamAfter(525) }, campaign: sized(3584) }],
  ['Python 2 multiplies by 3', 'pass', { logs: { a: upstreamAfter(450) }, campaign: sized(3584) }],
  ['neither multiplies by 4', 'fail', { logs: { a: upstreamAfter(600) }, campaign: sized(3584) }],
  [
    'block migration adds the disks, each at least 2 GiB',
    'pass',
    { logs: { a: upstreamAfter(1350) }, campaign: sized(4096, { block_migration: true, disks_gib: [1, 3] }) },
  ],
  [
    'Python 2 floors memory and each disk by itself',
    'pass',
    { logs: { a: upstreamAfter(750) }, campaign: sized(3584, { block_migration: true, disks_gib: [2.5] }) },
  ],
  [
    "a thin disk's file counts less than the flavor's 20 GiB",
    'inconclusive',
    { logs: { a: upstreamAfter(900) }, campaign: sized(4096, { block_migration: true, disks_gib: [20] }) },
  ],
  [
    'a disk that nova cannot see does not count',
    'inconclusive',
    { logs: { a: upstreamAfter(600) }, campaign: sized(4096, { block_migration: true, disks_gib: [20] }) },
  ],
  [
    'without the disk Python 2 floors the memory',
    'inconclusive',
    { logs: { a: upstreamAfter(450) }, campaign: sized(3584, { block_migration: true, disks_gib: [20] }) },
  ],
  [
    'the memory alone makes it more',
    'fail',
    { logs: { a: upstreamAfter(590) }, campaign: sized(4096, { block_migration: true, disks_gib: [20] }) },
  ],
  [
    'memory and disk make it less',
    'fail',
    { logs: { a: upstreamAfter(910) }, campaign: sized(4096, { block_migration: true, disks_gib: [1] }) },
  ],
  [
    'disks do not count without block migration',
    'fail',
    { logs: { a: upstreamAfter(900) }, campaign: sized(4096, { disks_gib: [2] }) },
  ],
  [
    'the size is not declared',
    'inconclusive',
    { logs: { a: upstreamAfter(600) }, campaign: declaring('upstream', null, { timeout: 150 }) },
  ],
  [
    'the disks of a block migration are not declared',
    'inconclusive',
    { logs: { a: upstreamAfter(600) }, campaign: sized(4096, { block_migration: true }) },
  ],
  [
    'no size makes it less than twice the value',
    'fail',
    { logs: { a: upstreamAfter(180) }, campaign: declaring('upstream', null, { timeout: 150 }) },
  ],
  ['an assumed timeout never fails', 'inconclusive', { logs: { a: after(300) } }],
  ['an assumed timeout that the log shows passes', 'pass', { logs: { a: after(180) } }],
  [
    'an instance that is not declared may have a key',
    'inconclusive',
    { logs: { a: after(300) }, campaign: declaring('stx-2018', null, { timeout: 180 }) },
  ],
  ['it did not run into a timeout', 'not-applicable', { logs: { a: endedWell }, campaign: fork({}) }],
  [
    'the timeout is off: another rule',
    'not-applicable',
    { logs: { a: after(180) }, campaign: fork({ flavor: { [TIMEOUT]: 0 } }) },
  ],
])('%s: %s', async (_what, status, given) => {
  expect(await verdictOn('timeout-wrong-value', given)).toMatchObject({ status });
});

test('what a thin disk leaves open is told, and between which values', async () => {
  const campaign = sized(4096, { block_migration: true, disks_gib: [20] });
  const open = await verdictOn('timeout-wrong-value', { logs: { a: upstreamAfter(900) }, campaign });
  expect(open.message).toContain("600 to 3600 s (nova.conf's 150 s x 24 GiB, the most it can be)");
  expect(open.message).toContain("the size of each disk's file, not by the flavor's");
  const wrong = await verdictOn('timeout-wrong-value', { logs: { a: upstreamAfter(590) }, campaign });
  expect(wrong.message).toContain('but 600 to 3600 s');
});

test('a line that nova repeats is shown once, a second value beside the first', async () => {
  const repeated = await verdictOn('timeout-wrong-value', { logs: { a: after(150) }, campaign: fork({}) });
  expect(repeated.evidence.map(({ text }) => text)).toEqual([expect.stringContaining('10:02:30.600')]);
  const changed = after(150).replace(/(10:02:31\.100.*) 150 sec/, '$1 170 sec');
  const both = await verdictOn('timeout-wrong-value', { logs: { a: changed }, campaign: fork({}) });
  expect(both.evidence.map(({ text }) => text.slice(-7))).toEqual(['150 sec', '170 sec']);
});

test('a retry is judged by its own timeout line', async () => {
  const retry = nova(`10:20:00 INFO driver: Starting monitoring of live migration
    10:20:05 INFO driver: ${forkProgress(5)}
    10:22:31 WARNING migration: Live migration not completed after 150 sec
    10:22:32 ERROR driver: Migration operation has aborted`);
  const { migrations } = await judgeLogs({ logs: { a: after(180) + retry }, campaign: fork({}) });
  const verdicts = migrations.map(({ verdicts }) => verdicts.find(({ rule }) => rule === 'timeout-wrong-value'));
  expect(verdicts.map((verdict) => verdict?.status)).toEqual(['pass', 'fail']);
});

import { expect, test } from 'vitest';
import { covered, declaring, type Given, progress, running, verdictOn } from './log-text.ts';
import { domjobinfo, job, staircase } from './sample-text.ts';

const log = covered(`${running(60, progress)}\n10:01:00 WARNING driver: Migration operation was cancelled`);
const stx = declaring('stx-2018', {});
const upstream = declaring('upstream', {});
const shown = (throttle: (second: number) => number, campaign = upstream): Given => ({
  logs: { a: log },
  campaign,
  samples: { 'a/jobs.txt': domjobinfo(job(59, throttle)) },
});
/** These values, one each five seconds, from the 10th on. */
const values =
  (...list: readonly number[]) =>
  (second: number) =>
    second < 10 ? 0 : (list[Math.min(list.length - 1, Math.floor((second - 10) / 5))] ?? 0);

test.each<[string, 'pass' | 'fail' | 'inconclusive' | 'not-applicable', Given]>([
  ["QEMU's own staircase", 'pass', shown(staircase(7))],
  ["StarlingX's, to 92", 'pass', shown(staircase(7, 92), stx)],
  ['one step', 'pass', shown(values(20))],
  ['a step that no sample shows', 'pass', shown(values(20, 40))],
  ['99 on StarlingX', 'fail', shown(staircase(7), stx)],
  ['92 upstream', 'fail', shown(values(20, 50, 92))],
  ['smaller steps upstream, as with tailslow', 'inconclusive', shown(values(20, 24, 28))],
  ['smaller steps on StarlingX, whose QEMU has no tailslow', 'fail', shown(values(20, 24, 28), stx)],
  ['a first step of 25', 'fail', shown(values(25, 35))],
  ['a first step of 10', 'inconclusive', shown(values(10, 20))],
  ['less than before', 'fail', shown(values(20, 30, 20))],
  ['no throttle', 'not-applicable', shown(() => 0)],
  ['no samples', 'not-applicable', { logs: { a: log }, campaign: upstream }],
])('%s: %s', async (_what, status, given) => {
  expect(await verdictOn('throttle-out-of-pattern', given)).toMatchObject({ status, severity: 'warning' });
});

test('the verdict names the steps and shows the first sample of each', async () => {
  const { message, evidence } = await verdictOn('throttle-out-of-pattern', shown(values(20, 30, 50)));
  expect(message).toBe('the throttle went 20, 30, 50 %, as QEMU steps up to 99 %');
  expect(evidence).toHaveLength(3);
});

test('a fall shows both samples', async () => {
  const { message, evidence } = await verdictOn('throttle-out-of-pattern', shown(values(20, 30, 20)));
  expect(message).toBe('the throttle fell from 30 to 20 % within the migration');
  expect(evidence).toHaveLength(2);
});

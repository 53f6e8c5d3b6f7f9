import { expect, test } from 'vitest';
import { at, covered, declaring, type Given, judgeLogs, nova, sending, verdictOn } from './log-text.ts';
import { domjobinfo, job, schedstat, staircase, top } from './sample-text.ts';

const steady = declaring('upstream', { workload: { constant: true } }, { auto_converge: true });
const unsteady = declaring('upstream', {}, { auto_converge: true });
const turns = [0.5, 10.5, 20.5, 30.5]
  .map((second) => `${at(second)} INFO driver: ${sending(second, 48 * second, 60)}`)
  .join('\n');
const opening = '10:00:00 DEBUG driver: Starting monitoring of live migration';
const cancelled = covered(`${opening}\n${turns}\n10:00:40 WARNING driver: Migration operation was cancelled`);
const completed = covered(`${opening}\n${turns}
  10:00:40 INFO manager: VM Paused (Lifecycle Event)
  10:00:40.200 INFO driver: Migration operation has completed
  10:00:41 INFO manager: Migrating instance to b finished successfully.`);
const open = covered(`${opening}\n${turns}`);
const arrived = nova('10:00:40.500 INFO manager: Post operation of migration started');

/** By second: busy before, throttled step by step from the 4th on, then what is left of the CPU after the end. */
const then = (after: number) => (second: number) => (second < 40 ? 100 - staircase(4)(second) : after);
const asRun = (share: (second: number) => number) => (second: number) => [share(second), 0] as const;
const jobs = domjobinfo(job(39, staircase(7)));
const threads = (after: number, to = 80) => schedstat(-10, to, asRun(then(after)));
const on = (log: string, campaign: string, samples: Record<string, string>): Given => ({
  logs: { a: log },
  campaign,
  samples,
});
const both = (samples: Record<string, string>, campaign = steady): Given => ({
  logs: { a: completed, b: arrived },
  campaign,
  samples,
});

test.each<[string, 'pass' | 'fail' | 'inconclusive' | 'not-applicable', Given]>([
  ['cancelled, and the guest runs again', 'pass', on(cancelled, steady, { 'a/t.txt': threads(99) })],
  ['cancelled, and the guest stays slow', 'fail', on(cancelled, steady, { 'a/t.txt': threads(40) })],
  ['stays slow, but its load is not declared', 'inconclusive', on(cancelled, unsteady, { 'a/t.txt': threads(40) })],
  ['no samples from 5 s after the end on', 'inconclusive', on(cancelled, steady, { 'a/t.txt': threads(99, 43) })],
  ['the job alone says nothing of the time after it', 'inconclusive', on(cancelled, steady, { 'a/j.txt': jobs })],
  ['nothing shows a throttle', 'not-applicable', on(cancelled, steady, {})],
  ['it was not throttled', 'not-applicable', on(cancelled, steady, { 'a/j.txt': domjobinfo(job(39)) })],
  ['it needed no throttling', 'not-applicable', on(cancelled, steady, { 'a/j.txt': domjobinfo(job(39, () => 0, 10)) })],
  [
    'auto-converge is off',
    'not-applicable',
    on(cancelled, declaring('upstream', {}, { auto_converge: false }), { 'a/j.txt': jobs }),
  ],
  ['no end', 'inconclusive', on(open, steady, { 'a/j.txt': jobs })],
  [
    'top shows that it runs again',
    'pass',
    on(cancelled, steady, { 'a/j.txt': jobs, 'a/top.txt': top(-10, 80, then(97)) }),
  ],
  [
    'top shows it slow, which a busy host is as well',
    'inconclusive',
    on(cancelled, steady, { 'a/j.txt': jobs, 'a/top.txt': top(-10, 80, then(60)) }),
  ],
  [
    'completed, and it runs on the destination',
    'pass',
    both({ 'a/t.txt': threads(0, 39), 'b/t.txt': schedstat(40, 80, () => [98, 2]) }),
  ],
  [
    'completed, and it sleeps on the destination',
    'fail',
    both({ 'a/t.txt': threads(0, 39), 'b/t.txt': schedstat(40, 80, () => [50, 0]) }),
  ],
  [
    'completed, and the destination is busy itself',
    'pass',
    both({ 'a/t.txt': threads(0, 39), 'b/t.txt': schedstat(40, 80, () => [50, 50]) }),
  ],
  [
    'throttled before anything of this migration could',
    'fail',
    on(cancelled, steady, { 'a/j.txt': domjobinfo(job(39, () => 50)) }),
  ],
  [
    'throttled all the time, by samples that do not tell the pass',
    'inconclusive',
    on(cancelled, steady, { 'a/j.txt': domjobinfo(job(39, () => 50)).replace(/^Iteration.*\n/gm, '') }),
  ],
])('%s: %s', async (_what, status, given) => {
  expect(await verdictOn('throttle-not-released', given)).toMatchObject({ status, severity: 'error' });
});

test('the verdict shows the vCPU before the start and after the end', async () => {
  const { message, evidence } = await verdictOn(
    'throttle-not-released',
    on(cancelled, steady, { 'a/t.txt': threads(40) }),
  );
  expect(message).toBe('schedstat shows the vCPUs sleep 60 % of the time after the end, 0 % before the start');
  expect(evidence).toHaveLength(3);
});

test('a throttle that the next migration begins with is told there', async () => {
  const next = nova(`10:02:00 DEBUG driver: Starting monitoring of live migration
    10:02:01 INFO driver: ${sending(1, 48, 400)}
    10:02:40 WARNING driver: Migration operation was cancelled`);
  const log = cancelled.replace(/(?=2018-07-02 10:30:00)/, next);
  const again = job(39, () => 30).map((each) => ({ ...each, at: each.at + 120 }));
  const samples = { 'a/jobs.txt': domjobinfo([...job(39, staircase(7)), ...again]) };
  const { migrations } = await judgeLogs({ logs: { a: log }, campaign: steady, samples });
  const statuses = migrations.map(
    ({ verdicts }) => verdicts.find(({ rule }) => rule === 'throttle-not-released')?.status,
  );
  expect(statuses).toEqual(['inconclusive', 'fail']);
});

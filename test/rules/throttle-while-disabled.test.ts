import { expect, test } from 'vitest';
import { at, covered, declaring, forkProgress, type Given, sending, verdictOn } from './log-text.ts';
import { domjobinfo, job, schedstat, staircase, top } from './sample-text.ts';

const KEY = 'hw:wrs:live_migration_auto_converge';
const said = '10:00:00 INFO driver(no instance): auto_converge disabled for this migration';
const work = `10:00:00 INFO driver: Starting monitoring of live migration
  10:00:01 INFO driver: ${forkProgress(0.5)}
  10:00:40 INFO driver: Migration operation has completed`;
const silent = covered(work);
const told = covered(`${said}\n${work}`);
const off = declaring('stx-2018', { metadata: { [KEY]: 'False' } });

test.each<[string, 'pass' | 'fail' | 'inconclusive' | 'not-applicable', Given]>([
  ['off by metadata, and nova does not say so', 'fail', { logs: { a: silent }, campaign: off }],
  [
    'off by the flavor, and nova does not say so',
    'fail',
    { logs: { a: silent }, campaign: declaring('stx-2018', { flavor: { [KEY]: 'no' } }) },
  ],
  ['the line shows the setting only', 'inconclusive', { logs: { a: told }, campaign: off }],
  [
    'nobody knows whether the fork says it of nova.conf too',
    'inconclusive',
    { logs: { a: silent }, campaign: declaring('stx-2018', {}, { auto_converge: false }) },
  ],
  [
    'the log begins in the middle',
    'inconclusive',
    { logs: { a: silent.split('\n').slice(2).join('\n') }, campaign: off },
  ],
  [
    'the log holds no INFO record',
    'inconclusive',
    { logs: { a: silent.replaceAll(' INFO ', ' WARNING ') }, campaign: off },
  ],
  ['on', 'not-applicable', { logs: { a: silent }, campaign: declaring('stx-2018', {}) }],
  [
    'off, and not throttled when it was due',
    'pass',
    { logs: { a: told }, campaign: off, samples: { 'a/j.txt': domjobinfo(job(39)) } },
  ],
  [
    'off, nova says so, but the guest is throttled',
    'fail',
    { logs: { a: told }, campaign: off, samples: { 'a/j.txt': domjobinfo(job(39, staircase(7))) } },
  ],
  [
    'off, and the guest needed no throttling',
    'inconclusive',
    { logs: { a: told }, campaign: off, samples: { 'a/j.txt': domjobinfo(job(39, () => 0, 10)) } },
  ],
])('the fork: %s: %s', async (_what, status, given) => {
  expect(await verdictOn('throttle-while-disabled', given)).toMatchObject({ status, severity: 'error' });
});

/** A guest that rewrites 96 MiB all the time, sent at 48 MiB/s. */
const hard = covered(
  [
    '10:00:00 DEBUG driver: Starting monitoring of live migration',
    ...[0.5, 5.5, 10.5, 15.5, 20.5, 25.5, 30.5, 35.5].map(
      (second) =>
        `${at(second)} DEBUG driver: ${sending(second, 48 * second, second < 3 ? 400 : 96 - 48 * (second % 2))}`,
    ),
    '10:00:40 WARNING driver: Migration operation was cancelled',
  ].join('\n'),
);
const upstream = (constant: boolean, defaults: Record<string, unknown> = { auto_converge: false }) =>
  declaring('upstream', { memory_mib: 512, workload: { constant } }, defaults);
const threads = (text: string, constant = true): Given => ({
  logs: { a: hard },
  campaign: upstream(constant),
  samples: { 'a/t.txt': text },
});
const slowed = (second: number) => [100 - staircase(4)(second), 0] as const;

test.each<[string, 'pass' | 'fail' | 'inconclusive', Given]>([
  ['without samples', 'inconclusive', { logs: { a: hard }, campaign: upstream(true) }],
  ['vCPUs that sleep step by step', 'fail', threads(schedstat(-10, 39, slowed))],
  ['the same with a load that nobody declares steady', 'inconclusive', threads(schedstat(-10, 39, slowed), false)],
  ['vCPUs that never sleep', 'pass', threads(schedstat(-10, 39, () => [30, 70]))],
  [
    'a vCPU that loses its CPU in top is no proof',
    'inconclusive',
    threads(top(-10, 39, (second) => 99 - staircase(4)(second) * 0.99)),
  ],
  [
    'a host that is starved in the middle',
    'inconclusive',
    threads(top(-10, 39, (second) => (second > 5 && second < 20 ? 55 : 97))),
  ],
  ['a vCPU that keeps its CPU in top', 'pass', threads(top(-10, 39, () => 97))],
  [
    'off is only assumed, and it is throttled',
    'inconclusive',
    {
      logs: { a: hard },
      campaign: declaring(null, { memory_mib: 512 }),
      samples: { 'a/j.txt': domjobinfo(job(39, staircase(7))) },
    },
  ],
  [
    'off is only assumed, and it is not throttled',
    'pass',
    { logs: { a: hard }, campaign: declaring(null, { memory_mib: 512 }), samples: { 'a/j.txt': domjobinfo(job(39)) } },
  ],
])('upstream: %s: %s', async (_what, status, given) => {
  expect(await verdictOn('throttle-while-disabled', given)).toMatchObject({ status, severity: 'error' });
});

test('a pass says so in words, and shows the samples', async () => {
  const { message, evidence } = await verdictOn('throttle-while-disabled', threads(schedstat(-10, 39, () => [30, 70])));
  expect(message).toBe(
    'not throttled while off: schedstat shows the busy vCPUs sleep at most 5 % of the time, in 25 samples when throttling was due',
  );
  expect(evidence).toHaveLength(5);
});

test('a failure by silence shows where nova began, that by samples the throttle', async () => {
  const bySilence = await verdictOn('throttle-while-disabled', { logs: { a: silent }, campaign: off });
  expect(bySilence.evidence.map(({ text }) => text)).toEqual([expect.stringContaining('Starting monitoring')]);
  const samples = { 'a/j.txt': domjobinfo(job(39, staircase(7))) };
  const bySamples = await verdictOn('throttle-while-disabled', { logs: { a: told }, campaign: off, samples });
  expect(bySamples.message).toBe(
    "auto-converge should be off (instance metadata), but the job's own figures show a throttle of 20 to 99 % in 33 of 39 samples",
  );
});

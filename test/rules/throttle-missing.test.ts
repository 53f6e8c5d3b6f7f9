import { expect, test } from 'vitest';
import { at, covered, declaring, type Given, nova, progress, running, sending, verdictOn } from './log-text.ts';
import { domjobinfo, job, schedstat, staircase, stamp, top } from './sample-text.ts';

const KEY = 'hw:wrs:live_migration_auto_converge';
const fork = (instance: Record<string, unknown> | null, defaults = {}) => declaring('stx-2018', instance, defaults);
const never = covered(`${running(178)}\n10:03:00.600 WARNING migration: Live migration not completed after 180 sec`);

/** The log of a guest that rewrites 96 MiB all the time, sent at 48 MiB/s: nova's line each 5 s, cancelled in the end. */
const hard = (seconds: number, last = 'WARNING driver: Migration operation was cancelled') => {
  const turns = Array.from({ length: Math.floor(seconds / 5) }, (_, turn) => 5 * turn + 0.5);
  const line = (second: number) =>
    `${at(second)} DEBUG driver: ${sending(second, 48 * second, second < 3 ? 400 : 96 - 48 * (second % 2))}`;
  const opening = '10:00:00 DEBUG driver: Starting monitoring of live migration';
  return covered([opening, ...turns.map(line), `${at(seconds)} ${last}`].join('\n'));
};
const steady = { memory_mib: 512, workload: { constant: true, cpu_bound: true } };
const on = declaring('upstream', steady, { auto_converge: true });
const unsteady = declaring('upstream', { memory_mib: 512 }, { auto_converge: true });
const jobs = (text: string, campaign = on): Given => ({
  logs: { a: hard(40) },
  campaign,
  samples: { 'a/jobs.txt': text },
});
const threads = (text: string, campaign = on, seconds = 40): Given => ({
  logs: { a: hard(seconds) },
  campaign,
  samples: { 'a/threads.txt': text },
});

/** Of a busy vCPU that a staircase throttles from the 4th second on; the host leaves it `spare` percent of a CPU. */
const throttled = (spare: number) => (second: number) => {
  const awake = 100 - staircase(4)(second);
  return [(awake * spare) / 100, awake - (awake * spare) / 100] as const;
};
const notice = nova(
  '09:30:00 INFO driver(no instance): The live_migration_permit_post_copy is set to True and post copy live migration is available so auto-converge will not be in use.',
  { request: '-' },
);
const setBack = hard(40).replace('2018-07-02 10:00:15.500', '2018-07-02 09:59:45.500');
/** Zero pages make what remains fall to the end. */
const falling = covered(
  [
    '10:00:00 DEBUG driver: Starting monitoring of live migration',
    ...[1, 30, 60, 90].map((second) => `${at(second)} INFO driver: ${sending(second, 48 * second, 400 - second)}`),
    '10:02:00 WARNING driver: Migration operation was cancelled',
  ].join('\n'),
);
const switchedOff = never.replace(
  /(?=2018-07-02 10:00:00)/,
  nova('10:00:00 INFO driver(no instance): auto_converge disabled for this migration'),
);
const postCopy = hard(40).replace(
  /(?=2018-07-02 10:00:20)/,
  nova('10:00:20 INFO migration: Switching to post-copy migration mode'),
);
/** The blocks of every so many seconds. */
const blocks = (step: number, text: string) =>
  text
    .split(/^(?=### )/m)
    .filter((_, index) => index % step === 0)
    .join('');
/** What remains shrinks from pass to pass. */
const mild = covered(
  [
    '10:00:00 DEBUG driver: Starting monitoring of live migration',
    ...[400, 20, 30, 20, 15, 10, 5].map(
      (left, turn) => `${at(5 * turn + 1)} DEBUG driver: ${sending(5 * turn + 1, 48 * (5 * turn + 1), left)}`,
    ),
    '10:00:40 INFO driver: Migration operation has completed',
  ].join('\n'),
);
const free = () => [99, 1] as const;
const starved = () => [30, 70] as const;

test.each<[string, 'pass' | 'fail' | 'inconclusive' | 'not-applicable', Given]>([
  ['on, and it never converged', 'inconclusive', { logs: { a: never }, campaign: fork({}) }],
  [
    'on upstream',
    'inconclusive',
    { logs: { a: covered(running(60, progress)) }, flags: { set: ['auto_converge=true'], profile: 'upstream' } },
  ],
  ['nothing declares it', 'inconclusive', { logs: { a: never } }],
  [
    'off by instance metadata',
    'not-applicable',
    { logs: { a: never }, campaign: fork({ metadata: { [KEY]: 'False' } }) },
  ],
  [
    'an image property does not switch it off',
    'inconclusive',
    { logs: { a: never }, campaign: fork({ image: { hw_wrs_live_migration_auto_converge: 'False' } }) },
  ],
  [
    'off in nova.conf, but the instance may say otherwise',
    'inconclusive',
    { logs: { a: never }, campaign: fork(null, { auto_converge: false }) },
  ],
])('%s: %s', async (_what, status, given) => {
  expect(await verdictOn('throttle-missing', given)).toMatchObject({ status });
});

test.each<[string, 'pass' | 'fail' | 'inconclusive', Given]>([
  ['a throttle', 'pass', jobs(domjobinfo(job(39, staircase(7))))],
  [
    'a throttle in the first sample that there is',
    'pass',
    jobs(domjobinfo(job(39, staircase(7)).filter(({ at: second }) => second > 9))),
  ],
  [
    'none in a log of the fork, whose default nobody declares',
    'inconclusive',
    { logs: { a: never }, samples: { 'a/jobs.txt': domjobinfo(job(39)) } },
  ],
  ['a throttle of one sample', 'pass', jobs(domjobinfo(job(39, (second) => (second === 39 ? 20 : 0))))],
  [
    'a throttle in one of two samples of the same moment',
    'pass',
    jobs(domjobinfo([...job(39), { at: 39.2, pass: 20, throttle: 20, dirty_mib_s: 48, sent_mib: 1880 }])),
  ],
  ['none, though it was due', 'fail', jobs(domjobinfo(job(39)))],
  ['none, and an assumed setting never fails', 'inconclusive', jobs(domjobinfo(job(39)), declaring(null, steady))],
  [
    'a throttle, and nothing declares the setting',
    'inconclusive',
    jobs(domjobinfo(job(39, staircase(7))), declaring(null, steady)),
  ],
  [
    'none, and whether post-copy is permitted is assumed',
    'inconclusive',
    { ...jobs(domjobinfo(job(39))), campaign: undefined, flags: { set: ['auto_converge=true'] } },
  ],
  [
    'none, but libvirt is too old to print a page size',
    'inconclusive',
    jobs(domjobinfo(job(39)).replace(/^Page size.*\n/gm, '')),
  ],
  [
    'none, but nova said that it will not use auto-converge',
    'inconclusive',
    { ...jobs(domjobinfo(job(39))), logs: { a: notice + hard(40) } },
  ],
  ["none, but nova's clock was set back", 'inconclusive', { ...jobs(domjobinfo(job(39))), logs: { a: setBack } }],
  ['none, but it was not due', 'inconclusive', jobs(domjobinfo(job(39, () => 0, 15)))],
  ['none, and near the threshold nobody can tell', 'inconclusive', jobs(domjobinfo(job(39, () => 0, 25)))],
  ['none, but the samples end as it became due', 'inconclusive', jobs(domjobinfo(job(10)))],
  [
    'none, but the samples lie too far apart',
    'inconclusive',
    jobs(domjobinfo(job(39).filter(({ at: second }) => second % 6 === 1))),
  ],
  [
    'none, but the job was over in its second pass',
    'inconclusive',
    { ...jobs(domjobinfo(job(4))), logs: { a: hard(5) } },
  ],
  ['--completed never shows it', 'inconclusive', jobs(domjobinfo(job(39), ' --completed'))],
  ['a throttle in --completed is no sample', 'inconclusive', jobs(domjobinfo(job(39, staircase(7)), ' --completed'))],
  [
    'the job of before is none of this one',
    'inconclusive',
    jobs(domjobinfo(job(20, staircase(7)).map((each) => ({ ...each, at: each.at - 40 })))),
  ],
])('figures of the job: %s: %s', async (_what, status, given) => {
  expect(await verdictOn('throttle-missing', given)).toMatchObject({ status, severity: 'error' });
});

test.each<[string, 'pass' | 'fail' | 'inconclusive', Given]>([
  ['schedstat of a throttled vCPU', 'pass', threads(schedstat(-10, 39, throttled(100)))],
  ['the same on a starved host', 'pass', threads(schedstat(-10, 39, throttled(30)))],
  ['a staircase, though the load is not declared', 'pass', threads(schedstat(-10, 39, throttled(100)), unsteady)],
  [
    'one step alone, with a steady load',
    'pass',
    threads(schedstat(-10, 39, (second) => (second < 4 ? free() : [80, 0]))),
  ],
  [
    'one step alone, with a load nobody declares',
    'inconclusive',
    threads(
      schedstat(-10, 39, (second) => (second < 4 ? free() : [80, 0])),
      unsteady,
    ),
  ],
  ['a vCPU that never sleeps', 'fail', threads(schedstat(-10, 39, free))],
  ['the same on a starved host', 'fail', threads(schedstat(-10, 39, starved))],
  [
    'a host that starves it as the migration begins',
    'fail',
    threads(schedstat(-10, 39, (second) => (second < 1 ? free() : starved()))),
  ],
  [
    'two throttled vCPUs',
    'pass',
    {
      logs: { a: hard(40) },
      campaign: on,
      samples: { 'a/0.txt': schedstat(-10, 39, throttled(100)), 'a/1.txt': schedstat(-10, 39, throttled(50), 1) },
    },
  ],
  ['a vCPU that never sleeps, in samples far apart', 'inconclusive', threads(blocks(10, schedstat(-30, 39, free)))],
  ['an idle vCPU', 'inconclusive', threads(schedstat(-10, 39, () => [1, 1]))],
  [
    'a vCPU that goes idle at once',
    'inconclusive',
    threads(schedstat(-10, 39, (second) => (second < 20 ? free() : [0, 0]))),
  ],
  ['no samples before the start', 'inconclusive', threads(schedstat(1, 39, throttled(100)))],
  ['a vCPU that never sleeps, for too short a time', 'inconclusive', threads(schedstat(-10, 14, free), on, 15)],
  [
    'two vCPUs, of which one is throttled',
    'inconclusive',
    {
      logs: { a: hard(40) },
      campaign: on,
      samples: { 'a/0.txt': schedstat(-10, 39, throttled(100)), 'a/1.txt': schedstat(-10, 39, free, 1) },
    },
  ],
  [
    'two vCPUs, one of them idle before',
    'pass',
    {
      logs: { a: hard(40) },
      campaign: on,
      samples: { 'a/0.txt': schedstat(-10, 39, throttled(100)), 'a/1.txt': schedstat(-10, 39, () => [0, 0], 1) },
    },
  ],
  [
    "the destination's vCPU says nothing",
    'inconclusive',
    { logs: { a: hard(40) }, campaign: on, samples: { 'b/0.txt': schedstat(-10, 39, throttled(100)) } },
  ],
  ['a staircase in top', 'pass', threads(top(-10, 39, (second) => 99 - staircase(4)(second) * 0.99))],
  [
    'top of a host that is starved in the middle',
    'inconclusive',
    threads(top(-10, 39, (second) => (second > 5 && second < 20 ? 55 : 97))),
  ],
  ['top of a guest that pauses', 'inconclusive', threads(top(-10, 39, (second) => (second < 10 ? 99 : 0)))],
  ['top of a starved host, all the time', 'inconclusive', threads(top(-10, 39, () => 33))],
  ['top of a vCPU that keeps its CPU', 'fail', threads(top(-10, 39, () => 98))],
  [
    'top of a vCPU that keeps its CPU, for too short a time',
    'inconclusive',
    threads(
      top(-10, 19, () => 98),
      on,
      20,
    ),
  ],
])('the vCPUs: %s: %s', async (_what, status, given) => {
  expect(await verdictOn('throttle-missing', given)).toMatchObject({ status, severity: 'error' });
});

test.each<[string, 'fail' | 'inconclusive', Given]>([
  [
    'figures of the job that are too few, and vCPUs that never sleep in that time',
    'fail',
    {
      logs: {
        a: covered(
          `10:00:00 DEBUG driver: Starting monitoring of live migration\n${at(40)} WARNING driver: Migration operation was cancelled`,
        ),
      },
      campaign: on,
      samples: { 'a/jobs.txt': domjobinfo(job(10)), 'a/threads.txt': schedstat(-10, 39, free) },
    },
  ],
  [
    'a staircase in top, where schedstat shows that the host is starved',
    'inconclusive',
    {
      logs: { a: hard(15) },
      campaign: on,
      samples: {
        'a/top.txt': top(-10, 14, (second) => 99 - 8 * Math.max(0, second)),
        'a/threads.txt': schedstat(-10, 14, (second) => [99 - 8 * Math.max(0, second), 1 + 8 * Math.max(0, second)]),
      },
    },
  ],
  [
    'counters of two threads in one, which nobody can take apart',
    'inconclusive',
    threads(schedstat(-10, 39, (second) => (second % 2 === 0 ? [500, 0] : [0, 0]))),
  ],
])('together: %s: %s', async (_what, status, given) => {
  expect(await verdictOn('throttle-missing', given)).toMatchObject({ status, severity: 'error' });
});

test('of two files of samples, the one that follows the job to its end tells that throttling was not needed', async () => {
  const begun = job(10, () => 0, 15).map((each) => ({ ...each, at: each.at + 0.3 }));
  const samples = { 'a/a.txt': domjobinfo(begun), 'a/b.txt': domjobinfo(job(39, () => 0, 15)) };
  const { message } = await verdictOn('throttle-missing', { logs: { a: hard(40) }, campaign: on, samples });
  expect(message).toMatch(/^throttling was not needed: the job's own figures show no two periods/);
});

test('of a libvirt that prints no page size, nothing says that throttling was not needed', async () => {
  const { message } = await verdictOn('throttle-missing', jobs(domjobinfo(job(39)).replace(/^Page size.*\n/gm, '')));
  expect(message).not.toContain('not needed');
});

const loaded = (dirty_mib_s: number) =>
  declaring(
    'upstream',
    { memory_mib: 512, workload: { constant: true, cpu_bound: true, dirty_mib_s } },
    { auto_converge: true },
  );

test.each<[string, 'fail' | 'inconclusive', Given]>([
  ['a load that throttling would have tamed', 'fail', { logs: { a: hard(180) }, campaign: loaded(60) }],
  ['a load that throttling cannot tame', 'inconclusive', { logs: { a: hard(180) }, campaign: loaded(200) }],
  ['a load that nobody declares', 'inconclusive', { logs: { a: hard(180) }, campaign: on }],
  ['too short for three steps', 'inconclusive', { logs: { a: hard(20) }, campaign: loaded(60) }],
  [
    'it completed after all',
    'inconclusive',
    { logs: { a: hard(180, 'INFO driver: Migration operation has completed') }, campaign: loaded(60) },
  ],
  ['what remains shrinks from pass to pass', 'inconclusive', { logs: { a: mild }, campaign: loaded(60) }],
  ['what remains never rises', 'inconclusive', { logs: { a: falling }, campaign: loaded(60) }],
])("nova's lines alone: %s: %s", async (_what, status, given) => {
  const verdict = await verdictOn('throttle-missing', given);
  expect(verdict).toMatchObject({ status, severity: status === 'fail' ? 'warning' : 'error' });
  if (status === 'fail') expect(verdict.message).toContain('indirect');
});

test.each<[string, string, Given]>([
  ['switched off by nova', 'nova switched auto-converge off', { logs: { a: switchedOff }, campaign: fork({}) }],
  [
    'switched to post-copy',
    'post-copy',
    { logs: { a: postCopy }, campaign: on, samples: { 'a/jobs.txt': domjobinfo(job(39)) } },
  ],
  [
    'post-copy permitted',
    'post-copy',
    { logs: { a: hard(40) }, campaign: declaring('upstream', steady, { auto_converge: true, post_copy: true }) },
  ],
])('%s: nothing is expected', async (_what, says, given) => {
  const verdict = await verdictOn('throttle-missing', given);
  expect(verdict).toMatchObject({ status: 'inconclusive', message: expect.stringContaining(says) });
});

test("the job's own figures count more than the vCPUs', and both are told", async () => {
  const samples = { 'a/jobs.txt': domjobinfo(job(39, staircase(7))), 'a/threads.txt': schedstat(-10, 39, free) };
  const verdict = await verdictOn('throttle-missing', { logs: { a: hard(40) }, campaign: on, samples });
  expect(verdict.status).toBe('pass');
  expect(verdict.message).toMatch(
    /throttle of 20 to 99 % .*; but schedstat shows .* \(L2, which counts less than L1\)$/,
  );
  expect(verdict.evidence.map(({ path }) => path.replace(/.*\//, ''))).toEqual(
    expect.arrayContaining(['jobs.txt', 'threads.txt']),
  );
});

test('the verdict shows the last sample without a throttle, the first with one, and the highest', async () => {
  const { message, evidence } = await verdictOn('throttle-missing', jobs(domjobinfo(job(39, staircase(7)))));
  expect(message).toBe("the job's own figures show a throttle of 20 to 99 % in 33 of 39 samples");
  const lines = domjobinfo(job(39, staircase(7))).split('\n');
  const block = (line: number) =>
    lines
      .slice(0, line)
      .findLast((each) => each.startsWith('###'))
      ?.slice(4, 24);
  expect(evidence.map(({ line }) => block(line))).toEqual([6, 7, 39].map((second) => stamp(second).slice(0, 20)));
  expect(evidence.map(({ text }) => text)).toEqual(['', '20', '99'].map((percent) => expect.stringContaining(percent)));
});

test('a failure shows three periods in which it was due, and samples after them', async () => {
  const { message, evidence } = await verdictOn('throttle-missing', jobs(domjobinfo(job(39))));
  expect(message).toContain('auto-converge should be on (nova.conf), but');
  expect(evidence).toHaveLength(8);
});

test('without samples it says what to collect', async () => {
  const { message } = await verdictOn('throttle-missing', { logs: { a: never }, campaign: fork({}) });
  expect(message).toContain('virsh domjobinfo');
});

import { expect, test } from 'vitest';
import { at, covered, declaring, forkProgress, type Given, nova, progress, stepLines, verdictOn } from './log-text.ts';

type Steps = readonly (readonly [number, number])[];
const body = (steps: Steps, until: number, level = 'INFO', message = forkProgress) =>
  `10:00:00 ${level} driver: Starting monitoring of live migration
  ${stepLines(...steps)}
  ${at(until - 1)} INFO driver: ${message(until - 1)}
  ${at(until)} INFO driver: Migration operation has completed`;
const ran = (steps: Steps, until: number) => covered(body(steps, until));
const upstream = (steps: Steps, until: number) => covered(body(steps, until, 'DEBUG', progress));
const fork = (instance: Record<string, unknown> | null = {}, defaults = {}) =>
  declaring('stx-2018', instance, defaults);
const DOWNTIME = 'hw:wrs:live_migration_max_downtime';
const to455: Steps = [
  [0, 50],
  [108, 455],
];
const to500: Steps = [...to455, [120, 500]];
const short = ran(to455, 140).replace(
  /(?=2018-07-02 10:02:19)/,
  nova('10:02:00 INFO migration: Switching to post-copy migration mode'),
);
const setBack = covered(`10:00:00 INFO driver: Starting monitoring of live migration
  ${stepLines(...to455)}
  09:59:40 INFO driver: ${forkProgress(110)}
  ${[20, 60, 100, 139].map((second) => `${at(second)} INFO driver: ${forkProgress(120 + second)}`).join('\n')}
  10:02:20 INFO driver: Migration operation has completed`);

test.each<[string, 'pass' | 'fail' | 'inconclusive', Given]>([
  ['the limit was reached', 'pass', { logs: { a: ran(to500, 140) }, campaign: fork() }],
  ['it ran on for 20 s without the last step', 'fail', { logs: { a: ran(to455, 140) }, campaign: fork() }],
  ['it ended as the last step was due', 'inconclusive', { logs: { a: ran(to455, 122) }, campaign: fork() }],
  ['it ended just after', 'fail', { logs: { a: ran(to455, 122.5) }, campaign: fork() }],
  [
    'Python 2 ends at 245 of 250 ms',
    'pass',
    { logs: { a: ran([[120, 245]], 140) }, campaign: fork({ flavor: { [DOWNTIME]: 250 } }) },
  ],
  [
    'nine of ten steps of a millisecond are the most that it falls short',
    'pass',
    { logs: { a: ran([[120, 491]], 140) }, campaign: fork() },
  ],
  ['ten are too many', 'fail', { logs: { a: ran([[120, 490]], 140) }, campaign: fork() }],
  [
    'with the timeout off the whole limit is due at once',
    'fail',
    { logs: { a: ran([[0, 60]], 30) }, campaign: fork({ metadata: { 'hw:wrs:live_migration_timeout': 0 } }) },
  ],
  [
    'climbing although the timeout is off: the timeout is wrong',
    'inconclusive',
    { logs: { a: ran([[0, 50]], 30) }, campaign: fork({ metadata: { 'hw:wrs:live_migration_timeout': 0 } }) },
  ],
  [
    'steps of a timeout of 800 s: the timeout is wrong',
    'inconclusive',
    {
      logs: {
        a: ran(
          [
            [0, 50],
            [53, 95],
            [106, 140],
          ],
          140,
        ),
      },
      campaign: fork(),
    },
  ],
  [
    'nova itself hung when the last step was due',
    'inconclusive',
    {
      logs: {
        a: ran(to455, 140)
          .replace('10:02:19.000', '10:02:20.000')
          .replace(/(?=2018-07-02 10:00:00.500)/, nova(`10:00:00.400 INFO driver: ${forkProgress(0.4)}`)),
      },
      campaign: fork(),
    },
  ],
  ['a limit of another source is not declared', 'inconclusive', { logs: { a: ran(to455, 140) } }],
  ['not for an instance that is not declared', 'inconclusive', { logs: { a: ran(to455, 140) }, campaign: fork(null) }],
  ['under post-copy', 'inconclusive', { logs: { a: short }, campaign: fork() }],
  ['the log begins with the migration', 'inconclusive', { logs: { a: nova(body(to455, 140)) }, campaign: fork() }],
  ['no downtime line', 'inconclusive', { logs: { a: ran([], 140) }, campaign: fork() }],
  [
    'upstream, 2 GiB: the last step stands at 240 s',
    'fail',
    {
      logs: { a: upstream([[0, 50]], 243) },
      campaign: declaring('upstream', { memory_mib: 2048 }, { downtime_delay: 12 }),
    },
  ],
  [
    'upstream, before that',
    'inconclusive',
    {
      logs: { a: upstream([[0, 50]], 200) },
      campaign: declaring('upstream', { memory_mib: 2048 }, { downtime_delay: 12 }),
    },
  ],
  [
    'upstream, of an unknown size',
    'inconclusive',
    { logs: { a: upstream([[0, 50]], 243) }, campaign: declaring('upstream', null, { downtime_delay: 12 }) },
  ],
])('%s: %s', async (_what, status, given) => {
  expect(await verdictOn('downtime-limit-never-reached', given)).toMatchObject({ status });
});

test('the verdict shows the highest step and the line that proves that it ran on', async () => {
  const verdict = await verdictOn('downtime-limit-never-reached', {
    logs: { a: ran(to455, 140) },
    campaign: fork(),
  });
  expect(verdict.message).toBe(
    "up to 455 ms was allowed, the limit is 500 ms (the profile's default), though it ran for 140 s and the last step is due after 120 s",
  );
  expect(verdict.evidence.map(({ text }) => text.slice(11, 19))).toEqual(['10:01:48', '10:02:20']);
});

test('where the clock was set back, nobody can tell how long it ran', async () => {
  const verdict = await verdictOn('downtime-limit-never-reached', { logs: { a: setBack }, campaign: fork() });
  expect(verdict).toMatchObject({
    status: 'inconclusive',
    message: expect.stringContaining('but the clock was set back in between'),
  });
});

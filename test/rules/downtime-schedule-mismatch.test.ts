import { expect, test } from 'vitest';
import { at, covered, declaring, forkProgress, type Given, progress, stepLines, verdictOn } from './log-text.ts';

type Steps = readonly (readonly [number, number])[];
const log = (steps: Steps, more = '', until = 400) =>
  covered(`10:00:00 INFO driver: Starting monitoring of live migration
    ${stepLines(...steps)}
    ${more}
    ${at(until)} INFO driver: ${forkProgress(until)}
    ${at(until + 1)} INFO driver: Migration operation has completed`);
const upstream = (steps: Steps) =>
  covered(`10:00:00 DEBUG driver: Starting monitoring of live migration
    ${stepLines(...steps)}
    10:05:00 INFO driver: ${progress(300)}
    10:05:01 INFO driver: Migration operation has completed`);
const lateStep = (seconds: number) =>
  `${at(12 + seconds)} INFO migration: Increasing downtime to 95 ms after 12 sec elapsed time`;
const fork = (instance: Record<string, unknown> | null = {}, defaults = {}) =>
  declaring('stx-2018', instance, defaults);
const sized = (memory_mib: number, defaults = {}) => declaring('upstream', { memory_mib }, defaults);
const usual: Steps = [
  [0, 50],
  [12, 95],
  [24, 140],
];

test.each<[string, 'pass' | 'fail' | 'inconclusive', Given]>([
  ['180 s and 500 ms', 'pass', { logs: { a: log(usual) }, campaign: fork() }],
  [
    'a late turn may skip steps',
    'pass',
    {
      logs: {
        a: log([
          [0, 50],
          [48, 230],
          [120, 500],
        ]),
      },
      campaign: fork(),
    },
  ],
  [
    'the first turn came late',
    'pass',
    {
      logs: {
        a: log([
          [24, 140],
          [36, 185],
        ]),
      },
      campaign: fork(),
    },
  ],
  [
    'a millisecond beside is rounding',
    'pass',
    {
      logs: {
        a: log([
          [0, 50],
          [12, 96],
        ]),
      },
      campaign: fork(),
    },
  ],
  [
    'two are not',
    'fail',
    {
      logs: {
        a: log([
          [0, 50],
          [12, 97],
        ]),
      },
      campaign: fork(),
    },
  ],
  [
    'the marks of another timeout are for timeout-contradicted-by-steps',
    'pass',
    {
      logs: {
        a: log([
          [0, 50],
          [10, 95],
        ]),
      },
      campaign: fork(),
    },
  ],
  [
    'marks of no timeout',
    'fail',
    {
      logs: {
        a: log([
          [0, 50],
          [12, 95],
          [25, 140],
        ]),
      },
      campaign: fork(),
    },
  ],
  [
    'the steps of another limit',
    'fail',
    {
      logs: {
        a: log([
          [0, 60],
          [12, 114],
        ]),
      },
      campaign: fork(),
    },
  ],
  [
    'a step that falls',
    'fail',
    {
      logs: {
        a: log([
          [0, 50],
          [12, 95],
          [24, 50],
        ]),
      },
      campaign: fork(),
    },
  ],
  [
    'the fork never climbs exponentially',
    'fail',
    {
      logs: {
        a: log([
          [0, 46],
          [12, 47],
        ]),
      },
      campaign: fork(),
    },
  ],
  [
    'Python 2 divides downwards',
    'pass',
    {
      logs: {
        a: log([
          [0, 25],
          [12, 47],
          [120, 245],
        ]),
      },
      campaign: fork({ flavor: { 'hw:wrs:live_migration_max_downtime': 250 } }),
    },
  ],
  [
    'timeout off: all at once',
    'pass',
    { logs: { a: log([[0, 500]]) }, campaign: fork({ image: { hw_wrs_live_migration_timeout: 0 } }) },
  ],
  [
    'upstream, 2 GiB',
    'pass',
    {
      logs: {
        a: upstream([
          [0, 50],
          [150, 95],
        ]),
      },
      campaign: sized(1024),
    },
  ],
  [
    'upstream, Newton',
    'pass',
    {
      logs: {
        a: upstream([
          [0, 46],
          [150, 47],
        ]),
      },
      campaign: sized(1024),
    },
  ],
  [
    'upstream, not halves of two curves',
    'fail',
    {
      logs: {
        a: upstream([
          [0, 46],
          [150, 95],
        ]),
      },
      campaign: sized(1024),
    },
  ],
  [
    'upstream, 3.5 GiB by Python 3',
    'pass',
    {
      logs: {
        a: upstream([
          [0, 50],
          [262, 95],
        ]),
      },
      campaign: sized(3584),
    },
  ],
  [
    'upstream, 3.5 GiB by Python 2',
    'pass',
    {
      logs: {
        a: upstream([
          [0, 50],
          [225, 95],
        ]),
      },
      campaign: sized(3584),
    },
  ],
  [
    'upstream, 4 GiB take longer',
    'fail',
    {
      logs: {
        a: upstream([
          [0, 50],
          [150, 95],
        ]),
      },
      campaign: sized(4096),
    },
  ],
  [
    'upstream takes at least 3 steps',
    'pass',
    {
      logs: {
        a: upstream([
          [0, 166],
          [150, 277],
        ]),
      },
      campaign: sized(2048, { downtime_steps: 2 }),
    },
  ],
  [
    'upstream, copied disks of unknown files',
    'inconclusive',
    {
      logs: {
        a: upstream([
          [0, 50],
          [150, 95],
        ]),
      },
      campaign: declaring('upstream', { memory_mib: 2048, block_migration: true, disks_gib: [20] }),
    },
  ],
  [
    'the size is not declared',
    'inconclusive',
    {
      logs: {
        a: upstream([
          [0, 50],
          [150, 95],
        ]),
      },
      flags: { profile: 'upstream' },
    },
  ],
  [
    'an assumed schedule never fails',
    'inconclusive',
    {
      logs: {
        a: log([
          [0, 60],
          [12, 114],
        ]),
      },
    },
  ],
  [
    'nor does a fall of steps',
    'inconclusive',
    {
      logs: {
        a: log([
          [0, 50],
          [12, 40],
        ]),
      },
    },
  ],
  [
    'Mitaka says two steps that rounding makes alike',
    'pass',
    {
      logs: {
        a: upstream([
          [0, 48],
          [24, 49],
          [48, 49],
          [72, 50],
        ]),
      },
      campaign: sized(2048, { downtime: 1000, downtime_steps: 20, downtime_delay: 12 }),
    },
  ],
  [
    'but never one step twice',
    'fail',
    {
      logs: {
        a: upstream([
          [24, 49],
          [24, 49],
        ]),
      },
      campaign: sized(2048, { downtime: 1000, downtime_steps: 20, downtime_delay: 12 }),
    },
  ],
  [
    'a whole limit at once is of a timeout that is off, or of another limit',
    'inconclusive',
    { logs: { a: log([[0, 500]]) }, campaign: fork() },
  ],
  ['no downtime line', 'inconclusive', { logs: { a: log([]) }, campaign: fork() }],
])('%s: %s', async (_what, status, given) => {
  expect(await verdictOn('downtime-schedule-mismatch', given)).toMatchObject({ status });
});

test.each([
  ['in time', 0.6, { status: 'pass', severity: 'warning' }],
  [
    '3 s late: the monitor stalled',
    3,
    { status: 'pass', severity: 'note', message: expect.stringContaining('stalled') },
  ],
  ['11 s late', 11, { status: 'fail', severity: 'warning', message: expect.stringContaining('11.0 s off its mark') }],
])('a step %s', async (_what, seconds, verdict) => {
  const given = { logs: { a: log([[0, 50]], lateStep(seconds)) }, campaign: fork() };
  expect(await verdictOn('downtime-schedule-mismatch', given)).toMatchObject(verdict);
});

test('Mitaka pops one step a turn after a late start: that is no stall', async () => {
  const first = '10:00:30 INFO migration: Increasing downtime to 50 ms after 0 sec elapsed time';
  const second = '10:00:30.500 INFO migration: Increasing downtime to 95 ms after 12 sec elapsed time';
  const verdict = await verdictOn('downtime-schedule-mismatch', {
    logs: { a: log([], `${first}\n${second}`) },
    campaign: fork(),
  });
  expect(verdict).toMatchObject({ status: 'pass', severity: 'warning' });
});

test('where the start is only known by the first step, no step is late', async () => {
  const lines = log([[0, 50]], lateStep(11))
    .replace(/^.*Starting monitoring.*\n/m, '')
    .replace(/^.*running for.*\n/m, '');
  expect(await verdictOn('downtime-schedule-mismatch', { logs: { a: lines }, campaign: fork() })).toMatchObject({
    status: 'pass',
  });
});

test.each<[string, Steps, string]>([
  [
    'two lines',
    usual.slice(0, 2),
    'the lines fit a limit of 406 to 407 or 453 to 458 or 500 to 509 or more ms in 8 to 12 steps, one every 12 s',
  ],
  ['one line', usual.slice(0, 1), 'fewer than two downtime lines do not show the schedule'],
  [
    'lines of no schedule',
    [
      [0, 50],
      [12, 400],
    ],
    'the lines fit no schedule of nova',
  ],
])('undeclared: says what %s fit', async (_what, steps, fit) => {
  const { message } = await verdictOn('downtime-schedule-mismatch', {
    logs: { a: upstream(steps) },
    flags: { profile: 'upstream' },
  });
  expect(message).toBe(`${fit}; declare nova.conf and the instance to decide`);
});

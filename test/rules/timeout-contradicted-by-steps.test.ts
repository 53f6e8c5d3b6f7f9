import { expect, test } from 'vitest';
import { at, covered, declaring, forkProgress, type Given, verdictOn } from './log-text.ts';

/** A migration of the fork with these downtime steps `[after, limit]`, that then runs on until a second. */
const climbing = (steps: [number, number][], until: number) =>
  covered(`10:00:00 INFO driver: Starting monitoring of live migration
    ${steps.map(([after, limit]) => `${at(after + 0.5)} INFO migration: Increasing downtime to ${limit} ms after ${after} sec elapsed time`).join('\n')}
    ${at(until)} INFO driver: ${forkProgress(until)}
    ${at(until + 1)} INFO driver: Migration operation has completed`);
const TIMEOUT = 'hw:wrs:live_migration_timeout';
const DOWNTIME = 'hw:wrs:live_migration_max_downtime';
const fork = (instance: Record<string, unknown> | null = {}, defaults = {}) =>
  declaring('stx-2018', instance, defaults);
const every12: [number, number][] = [
  [0, 50],
  [12, 95],
  [24, 140],
];
const every10: [number, number][] = [
  [0, 50],
  [10, 95],
  [20, 140],
];

test.each<[string, 'pass' | 'fail' | 'inconclusive' | 'not-applicable', Given]>([
  ['180 s: every 12', 'pass', { logs: { a: climbing(every12, 30) }, campaign: fork() }],
  ['150 s: every 10', 'pass', { logs: { a: climbing(every10, 25) }, campaign: fork({ flavor: { [TIMEOUT]: 150 } }) }],
  ['185 s: every 12 too', 'pass', { logs: { a: climbing(every12, 30) }, campaign: fork({}, { timeout: 185 }) }],
  ['every 10 is not of 180 s', 'fail', { logs: { a: climbing(every10, 25) }, campaign: fork() }],
  [
    'two steps at once do not tell',
    'inconclusive',
    {
      logs: {
        a: climbing(
          [
            [0, 50],
            [0, 95],
          ],
          30,
        ),
      },
      campaign: fork(),
    },
  ],
  ['two steps are enough', 'fail', { logs: { a: climbing(every10.slice(0, 2), 15) }, campaign: fork() }],
  [
    'a late turn skipped the step at 12 s',
    'pass',
    {
      logs: {
        a: climbing(
          [
            [0, 50],
            [24, 140],
            [48, 230],
          ],
          50,
        ),
      },
      campaign: fork(),
    },
  ],
  [
    'every 24 s, and no step was skipped',
    'fail',
    {
      logs: {
        a: climbing(
          [
            [0, 50],
            [24, 95],
            [48, 140],
          ],
          50,
        ),
      },
      campaign: fork(),
    },
  ],
  [
    'the first turn came late',
    'pass',
    {
      logs: {
        a: climbing(
          [
            [36, 185],
            [48, 230],
          ],
          50,
        ),
      },
      campaign: fork(),
    },
  ],
  [
    'another limit in force does not number the steps',
    'pass',
    {
      logs: {
        a: climbing(
          [
            [0, 240],
            [12, 456],
          ],
          20,
        ),
      },
      campaign: fork(),
    },
  ],
  [
    'steps rounded down by Python 2',
    'pass',
    {
      logs: {
        a: climbing(
          [
            [0, 25],
            [12, 47],
            [24, 69],
          ],
          30,
        ),
      },
      campaign: fork({ flavor: { [DOWNTIME]: 250 } }),
    },
  ],
  [
    '5 steps: every 24',
    'pass',
    {
      logs: {
        a: climbing(
          [
            [0, 100],
            [24, 180],
          ],
          30,
        ),
      },
      campaign: fork({}, { downtime_steps: 5 }),
    },
  ],
  [
    'off: the whole limit at once, no more',
    'pass',
    { logs: { a: climbing([[0, 500]], 60) }, campaign: fork({ metadata: { [TIMEOUT]: 0 } }) },
  ],
  [
    'off, but it climbs',
    'fail',
    { logs: { a: climbing(every12, 30) }, campaign: fork({ metadata: { [TIMEOUT]: 0 } }) },
  ],
  [
    'off: the whole limit as Python 2 counts it',
    'pass',
    {
      logs: { a: climbing([[0, 245]], 60) },
      campaign: fork({ metadata: { [TIMEOUT]: 0 }, flavor: { [DOWNTIME]: 250 } }),
    },
  ],
  [
    '10 s leave no time between steps',
    'pass',
    { logs: { a: climbing([[0, 500]], 9) }, campaign: fork({ image: { hw_wrs_live_migration_timeout: 10 } }) },
  ],
  ['on, but the whole limit is allowed at once', 'fail', { logs: { a: climbing([[0, 500]], 60) }, campaign: fork() }],
  [
    'the whole limit at once, over before a second step was due',
    'inconclusive',
    { logs: { a: climbing([[0, 500]], 10) }, campaign: fork() },
  ],
  [
    'off, but begins with less than any limit',
    'fail',
    { logs: { a: climbing([[0, 50]], 10) }, campaign: fork({ metadata: { [TIMEOUT]: 0 } }) },
  ],
  [
    'off, but begins with what may be another limit',
    'inconclusive',
    {
      logs: { a: climbing([[0, 100]], 10) },
      campaign: fork({ flavor: { 'hw:wrs:live_migration_max_downtime': 1000, [TIMEOUT]: 0 } }),
    },
  ],
  ['no second step, though nova went on to report', 'fail', { logs: { a: climbing([[0, 50]], 60) }, campaign: fork() }],
  [
    'no second step in a log that begins with the migration',
    'inconclusive',
    {
      logs: {
        a: climbing([[0, 50]], 60)
          .split('\n')
          .slice(1)
          .join('\n'),
      },
      campaign: fork(),
    },
  ],
  [
    'twice the distance, where rounding blurs which step is which',
    'fail',
    {
      logs: {
        a: climbing(
          [
            [0, 5],
            [10, 9],
            [20, 13],
            [30, 17],
            [40, 21],
            [50, 25],
          ],
          60,
        ),
      },
      campaign: fork({ flavor: { [TIMEOUT]: 150 } }, { downtime: 100, downtime_steps: 20 }),
    },
  ],
  [
    'a downtime that may be of two steps',
    'inconclusive',
    {
      logs: {
        a: climbing(
          [
            [0, 5],
            [40, 25],
          ],
          60,
        ),
      },
      campaign: fork({ flavor: { [TIMEOUT]: 300 } }, { downtime: 100, downtime_steps: 20 }),
    },
  ],
  ['one step', 'inconclusive', { logs: { a: climbing([[0, 50]], 10) }, campaign: fork() }],
  ['no step', 'inconclusive', { logs: { a: climbing([], 10) }, campaign: fork() }],
  ['an assumed timeout never fails', 'inconclusive', { logs: { a: climbing(every10, 25) } }],
  [
    'nor does an assumed number of steps',
    'inconclusive',
    { logs: { a: climbing(every10, 25) }, campaign: declaring(null, {}, { timeout: 180, downtime: 500 }) },
  ],
  [
    'nor does the default of an instance that is not declared',
    'inconclusive',
    { logs: { a: climbing(every10, 25) }, campaign: fork(null, { timeout: 180 }) },
  ],
  [
    "upstream's steps do not depend on the timeout",
    'not-applicable',
    { logs: { a: climbing(every10, 25) }, flags: { profile: 'upstream' } },
  ],
])('%s: %s', async (_what, status, given) => {
  expect(await verdictOn('timeout-contradicted-by-steps', given)).toMatchObject({ status });
});

test('the verdict names the timeouts that the steps imply', async () => {
  const { message } = await verdictOn('timeout-contradicted-by-steps', {
    logs: { a: climbing(every10, 25) },
    campaign: fork(),
  });
  expect(message).toBe(
    "the steps imply a timeout of 150 to 164 s (a step every 10 s); 180 s (the profile's default) should be in force",
  );
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Profile } from '../../src/model.ts';
import { type Point, type Reading, readingsOf } from '../../src/nova/inference.ts';

type Arithmetic = Reading['how'];
const PYTHON2: Arithmetic = { curve: 'linear', integerDivision: true };
const PYTHON3: Arithmetic = { curve: 'linear', integerDivision: false };
const NEWTON: Arithmetic = { curve: 'exponential', integerDivision: true };

/** nova's schedule, stated a second time: `base` and `offset` as migration.py has them. */
function scheduleOf(how: Arithmetic, limit: number, steps: number, delay: number): Point[] {
  const cut = how.integerDivision ? Math.floor : (value: number) => value;
  const base = how.curve === 'linear' ? cut(limit / steps) : (limit - limit / (steps + 1)) ** (1 / steps);
  const offset = how.curve === 'linear' ? cut((limit - base) / steps) : limit / (steps + 1);
  const value = (index: number) => (how.curve === 'linear' ? base + offset * index : offset + base ** index);
  return Array.from({ length: steps + 1 }, (_, index) => [delay * index, Math.trunc(value(index))] as const);
}

function hasAll(schedule: readonly Point[], points: readonly Point[]): boolean {
  return points.every(([marker, ms]) => schedule.some(([at, value]) => at === marker && value === ms));
}

/** What nova could be set to, and which steps of it a log shows (late turns skip some). */
const running = fc
  .record({
    how: fc.constantFrom(PYTHON2, PYTHON3, NEWTON),
    limit: fc.integer({ min: 100, max: 10_000 }),
    steps: fc.integer({ min: 3, max: 100 }),
    delay: fc.integer({ min: 6, max: 1200 }),
    shown: fc.uniqueArray(fc.nat({ max: 100 }), { minLength: 1, maxLength: 12 }),
  })
  .map(({ shown, ...set }) => {
    const schedule = scheduleOf(set.how, set.limit, set.steps, set.delay);
    const places = [...new Set([0, ...shown.map((place) => place % schedule.length)])].sort((a, b) => a - b);
    return { ...set, points: places.map((place) => schedule[place] as Point) };
  });

test('what nova was set to is always among the readings', () => {
  fc.assert(
    fc.property(running, ({ how, limit, steps, delay, points }) => {
      const readings = readingsOf(points, 'upstream');
      const [right] = readings.filter(
        (each) =>
          each.steps === steps &&
          each.how.curve === how.curve &&
          each.how.integerDivision === how.integerDivision &&
          (each.delay_s === delay || each.delay_s === null),
      );
      expect(right).toBeDefined();
      expect(right?.least_ms).toBeLessThanOrEqual(limit);
      expect(right?.most_ms).toBeGreaterThanOrEqual(limit);
    }),
  );
});

test('every limit of a reading prints the lines, and the ones just beside it do not', () => {
  fc.assert(
    fc.property(running, ({ points }) => {
      for (const { how, steps, delay_s, least_ms, most_ms } of readingsOf(points, 'upstream')) {
        const prints = (limit: number) => hasAll(scheduleOf(how, limit, steps, delay_s ?? 10), points);
        expect([least_ms, most_ms].map(prints)).toEqual([true, true]);
        expect(prints(most_ms + 1)).toBe(false);
        if (least_ms > 100) expect(prints(least_ms - 1)).toBe(false);
      }
    }),
    { numRuns: 50 },
  );
});

test('it finds what trying everything finds', () => {
  const few = fc.record({
    how: fc.constantFrom(PYTHON2, PYTHON3, NEWTON),
    limit: fc.integer({ min: 100, max: 300 }),
    steps: fc.integer({ min: 3, max: 6 }),
    second: fc.integer({ min: 1, max: 3 }),
  });
  fc.assert(
    fc.property(few, ({ how, limit, steps, second }) => {
      const schedule = scheduleOf(how, limit, steps, 12);
      const points = [schedule[0] as Point, schedule[second] as Point];
      const found = readingsOf(points, 'upstream').filter((each) => each.steps <= 6 && each.least_ms <= 300);
      const limits = found.flatMap((each) =>
        from(each.least_ms, Math.min(300, each.most_ms)).map((ms) => nameOf(each.how, each.steps, each.delay_s, ms)),
      );
      expect(limits.sort()).toEqual(tried(points).sort());
    }),
    { numRuns: 10 },
  );
});

function tried(points: readonly Point[]): string[] {
  return [PYTHON2, PYTHON3, NEWTON].flatMap((how) =>
    from(3, 6).flatMap((steps) =>
      from(6, 36).flatMap((delay) =>
        from(100, 300)
          .filter((limit) => hasAll(scheduleOf(how, limit, steps, delay), points))
          .map((limit) => nameOf(how, steps, delay, limit)),
      ),
    ),
  );
}

function nameOf({ curve, integerDivision }: Arithmetic, steps: number, delay: number | null, limit: number): string {
  return `${curve} ${integerDivision} ${steps} ${delay} ${limit}`;
}

function from(least: number, most: number): number[] {
  return Array.from({ length: most - least + 1 }, (_, index) => least + index);
}

describe('by lines that were seen', () => {
  const told = (points: readonly Point[], profile: Profile, whole = false) =>
    readingsOf(points, profile, whole).map(
      ({ how, steps, delay_s, least_ms, most_ms }) =>
        `${how.curve} ${how.integerDivision ? 2 : 3}: ${least_ms} to ${most_ms} ms in ${steps}, every ${delay_s} s`,
    );

  test('the whole schedule of 500 ms leaves its last millisecond open by Python 2 only', () => {
    expect(told(scheduleOf(PYTHON3, 500, 10, 150), 'upstream', true)).toEqual([
      'linear 2: 500 to 509 ms in 10, every 150 s',
      'linear 3: 500 to 500 ms in 10, every 150 s',
    ]);
  });

  test('a public log: 5000 ms in 7 steps ends at 4998 by Python 2', () => {
    const schedule = [714, 1326, 1938, 2550, 3162, 3774, 4386, 4998].map((ms, index): Point => [index * 150, ms]);
    expect(told(schedule, 'upstream', true)).toEqual([
      'linear 2: 4998 to 5004 ms in 7, every 150 s',
      'linear 3: 4998 to 4998 ms in 7, every 150 s',
    ]);
  });

  test('Newton climbs exponentially', () => {
    const schedule = [46, 47, 48, 51, 57, 66, 84, 117, 179, 291, 500].map((ms, index): Point => [index * 150, ms]);
    expect(told(schedule, 'upstream', true)).toEqual(['exponential 2: 500 to 500 ms in 10, every 150 s']);
    expect(told(schedule, 'stx-2018', true)).toEqual([]);
  });

  test('where a step was skipped, the downtimes tell the delay', () => {
    expect(
      new Set(
        readingsOf(
          [
            [0, 50],
            [24, 140],
            [36, 185],
          ],
          'stx-2018',
        ).map(({ delay_s }) => delay_s),
      ),
    ).toEqual(new Set([12]));
  });

  test('one line after 0 s is the first step, or with the fork’s timeout off the whole limit', () => {
    expect(told([[0, 500]], 'stx-2018')).toEqual(
      expect.arrayContaining([
        'linear 2: 500 to 509 ms in 10, every 0 s',
        'linear 2: 5000 to 5009 ms in 10, every null s',
      ]),
    );
    expect(told([[0, 500]], 'upstream').filter((text) => text.includes('every 0'))).toEqual([]);
  });

  test.each<[string, readonly Point[]]>([
    ['none', []],
    [
      'two at once',
      [
        [0, 50],
        [0, 95],
      ],
    ],
    [
      'lines of two migrations',
      [
        [0, 50],
        [12, 95],
        [17, 140],
      ],
    ],
    [
      'a fall',
      [
        [0, 50],
        [12, 40],
      ],
    ],
  ])('nothing prints %s', (_what, points) => {
    expect(readingsOf(points, 'stx-2018')).toEqual([]);
  });
});

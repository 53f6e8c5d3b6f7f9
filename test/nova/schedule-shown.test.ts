import fc from 'fast-check';
import { expect, test } from 'vitest';
import { starlingxDelay, starlingxTimeouts } from '../../src/nova/schedule.ts';
import { scheduleShown } from '../../src/nova/schedule-shown.ts';

test('the timeouts of a delay are all those that give it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 3, max: 40 }), (timeout, steps) => {
      const delay = starlingxDelay(timeout, steps);
      fc.pre(delay > 0);
      const [least, most] = starlingxTimeouts(delay, steps);
      expect(timeout).toBeGreaterThanOrEqual(least);
      expect(timeout).toBeLessThanOrEqual(most);
      expect([least - 1, least, most, most + 1].map((each) => starlingxDelay(each, steps))).toEqual([
        delay - 1,
        delay,
        delay,
        delay + 1,
      ]);
    }),
  );
});

test('three lines of the fork leave little open', () => {
  expect(
    scheduleShown(
      [
        [0, 50],
        [12, 95],
        [24, 140],
      ],
      'stx-2018',
      false,
    ),
  ).toEqual({
    whole: false,
    limit_ms: [
      [454, 458],
      [500, 509],
      [550, 555],
      [600, 601],
    ],
    steps: [[9, 12]],
    delay_s: [[12, 12]],
    timeout_s: [
      [162, 175],
      [180, 194],
      [198, 214],
      [216, 233],
    ],
    arithmetics: ['StarlingX, Python 2', 'StarlingX, Python 3'],
  });
});

test('the printed schedule leaves nothing open but what integers hide', () => {
  const schedule = [50, 95, 140, 185, 230, 275, 320, 365, 410, 455, 500].map((ms, index) => [12 * index, ms] as const);
  expect(scheduleShown(schedule, 'stx-2018', true)).toEqual({
    whole: true,
    limit_ms: [[500, 509]],
    steps: [[10, 10]],
    delay_s: [[12, 12]],
    timeout_s: [[180, 194]],
    arithmetics: ['StarlingX, Python 2', 'StarlingX, Python 3'],
  });
});

test('a printed schedule without time between its steps is of a timeout that is off, or next to it', () => {
  const schedule = [50, 95, 140, 185, 230, 275, 320, 365, 410, 455, 500].map((ms) => [0, ms] as const);
  expect(scheduleShown(schedule, 'stx-2018', true)).toMatchObject({ delay_s: [[0, 0]], timeout_s: [[0, 14]] });
});

test('lines of no schedule show nothing', () => {
  expect(
    scheduleShown(
      [
        [0, 50],
        [7, 400],
      ],
      'upstream',
      false,
    ),
  ).toMatchObject({ limit_ms: [], arithmetics: [] });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Reading } from '../../src/explanation.ts';
import { ratesOf, risesIn } from '../../src/statistics/rates.ts';

const MIB = 2 ** 20;
const proof = { ref: { path: 'n.log', line: 1, offset: 0 }, text: '' };

function readings(
  ...points: readonly (readonly [seconds: number, processed_mib: number, remaining_mib: number])[]
): Reading[] {
  return points.map(([seconds, processed, remaining]) => {
    return {
      at: seconds * 1000,
      processed: processed * MIB,
      remaining: remaining * MIB,
      total: 4096 * MIB,
      grain: 0,
      proof,
    };
  });
}

test('the wire is measured between readings; the guest from one end of a pass to the next', () => {
  const all = readings(
    [0, 0, 1000],
    [1, 100, 800],
    [2, 200, 700],
    [3, 300, 900],
    [4, 400, 800],
    [5, 500, 1000],
    [6, 600, 900],
  );
  expect(risesIn(all)).toEqual([3, 5]);
  const inMib = (value: number | null) => (value === null ? null : value / MIB);
  expect(ratesOf(all).map(({ wire_bytes_s }) => inMib(wire_bytes_s))).toEqual([null, 100, 100, 100, 100, 100, 100]);
  // 300 MiB more were to be sent at the end of the second pass than at the end of the first, 2 s before.
  expect(ratesOf(all).map(({ dirty_bytes_s }) => inMib(dirty_bytes_s))).toEqual([
    null,
    null,
    null,
    null,
    150,
    150,
    null,
  ]);
});

test('a counter that goes back, and a moment that is the same, tell no rate', () => {
  const [, back, same] = ratesOf(readings([0, 500, 100], [1, 400, 100], [1, 450, 100]));
  expect(back?.wire_bytes_s).toBeNull();
  expect(same?.wire_bytes_s).toBeNull();
});

test('whatever readings say, rates are finite and not below zero', () => {
  const point = fc.tuple(
    fc.integer({ min: 0, max: 1000 }),
    fc.integer({ min: 0, max: 9999 }),
    fc.integer({ min: 0, max: 9999 }),
  );
  fc.assert(
    fc.property(fc.array(point, { maxLength: 20 }), (points) => {
      const rates = ratesOf(readings(...points.toSorted(([a], [b]) => a - b)));
      expect(rates).toHaveLength(points.length);
      for (const { wire_bytes_s, dirty_bytes_s } of rates) {
        for (const rate of [wire_bytes_s ?? 0, dirty_bytes_s ?? 0]) {
          expect(Number.isFinite(rate)).toBe(true);
          expect(rate).toBeGreaterThanOrEqual(0);
        }
      }
    }),
  );
});

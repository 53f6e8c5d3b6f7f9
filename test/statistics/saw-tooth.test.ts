import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Reading } from '../../src/explanation.ts';
import type { StoredEvent } from '../../src/model.ts';
import { sawToothOf } from '../../src/statistics/saw-tooth.ts';

const MIB = 1048576;
const REF = { path: 'n.log', line: 1, offset: 0 };

/** A guest that rewrites `set` bytes in every pass, sent at `rate` a second, read every `every_s` from `first_s` on. */
interface Guest {
  readonly set: number;
  readonly rate: number;
  readonly first_s: number;
  readonly every_s: number;
  readonly readings: number;
}

const STEPS = [{ at: 0, type: 'downtime-step', fields: { downtime_ms: 50 } }] as unknown as StoredEvent[];

test('whatever the guest, a range that is given holds its set and the rate', () => {
  const guest = fc.record({
    set: fc.integer({ min: 20, max: 8000 }).map((mib) => mib * MIB),
    rate: fc.integer({ min: 50, max: 1200 }).map((mib) => mib * MIB),
    first_s: fc.double({ min: 0.5, max: 30, noNaN: true }),
    every_s: fc.constantFrom(1.01, 5.03, 30.3),
    readings: fc.integer({ min: 3, max: 60 }),
  });
  let given = 0;
  let held = 0;
  fc.assert(
    fc.property(guest, (made) => {
      const found = sawToothOf(readingsFrom(made), STEPS, 0);
      if (typeof found === 'string') return;
      given += 1;
      expect(found.peak.low).toBeLessThanOrEqual(found.peak.high);
      expect(found.rate.low).toBeLessThanOrEqual(made.rate);
      expect(found.rate.high).toBeGreaterThanOrEqual(made.rate);
      if (made.set >= found.peak.low && made.set <= found.peak.high) held += 1;
    }),
    { numRuns: 400, seed: 7 },
  );
  expect(given).toBeGreaterThan(100);
  expect(held / given).toBeGreaterThanOrEqual(0.95);
});

/** Seconds, MiB transferred, MiB remaining: QEMU 7.2 moves a guest that rewrites 96 MiB at 48 MiB/s, with 300 ms allowed. */
const RECORDED: readonly (readonly [number, number, number])[] = [
  [0.0, 48.02, 448.75],
  [0.98, 96.05, 400.82],
  [1.98, 144.07, 49.57],
  [2.98, 192.09, 86.42],
  [3.99, 240.12, 38.49],
  [4.98, 288.14, 76.83],
  [5.99, 336.16, 28.9],
  [6.99, 384.19, 67.25],
  [8.0, 432.21, 19.32],
  [8.99, 475.43, 62.45],
  [9.98, 523.45, 14.52],
  [10.98, 571.48, 52.87],
  [11.98, 614.7, 96.0],
  [12.99, 662.72, 48.07],
  [13.98, 710.74, 86.42],
  [14.98, 753.97, 43.28],
  [15.98, 801.99, 81.62],
  [16.98, 850.01, 33.7],
  [17.98, 898.04, 72.04],
  [18.99, 946.06, 24.11],
  [19.98, 994.08, 62.45],
  [20.99, 1042.11, 14.52],
  [21.98, 1090.13, 52.87],
];

test.each([1, 2, 4])(
  'on what a real QEMU told every %d s it holds the set of 96 MiB, and the rate of 48 MiB/s',
  (every) => {
    const readings = RECORDED.filter((_, index) => index % every === 0).map((row) => at(...row));
    const found = sawToothOf(
      readings,
      [{ at: -1, type: 'downtime-step', fields: { downtime_ms: 300 } }] as unknown as StoredEvent[],
      0,
    );
    if (typeof found === 'string') throw new Error(found);
    expect([found.peak.low <= 96 * MIB, found.peak.high >= 96 * MIB]).toEqual([true, true]);
    expect([found.rate.low <= 48 * MIB, found.rate.high >= 48 * MIB]).toEqual([true, true]);
    expect(found.peak.high / found.peak.low).toBeLessThan(every === 1 ? 1.1 : 3);
  },
);

test.each([
  ['no-readings', []],
  ['first-pass', [at(0, 0, 4000), at(5, 500, 3000), at(10, 1000, 2000)]],
  ['too-few', [at(0, 0, 1000), at(5, 500, 300), at(10, 1000, 600)]],
  [
    'wire-unsteady',
    [at(0, 0, 1000), at(5, 1000, 500), at(10, 2000, 500), at(15, 3000, 500), at(20, 3100, 400), at(25, 3200, 300)],
  ],
  ['wire-unsteady', [at(0, 0, 1000), at(5, 5000, 500), at(10, 5001, 499), at(15, 5002, 498), at(20, 5003, 497)]],
  [
    'set-unsteady',
    [at(0, 0, 1000), at(5, 500, 600), at(10, 1000, 900), at(15, 1500, 410), at(20, 2000, 20), at(25, 2500, 25)],
  ],
] as const)('where it cannot be measured it says so: %s', (why, readings) => {
  expect(sawToothOf(readings, STEPS, 0)).toBe(why);
});

function at(seconds: number, processed: number, remaining: number): Reading {
  const proof = { ref: REF, text: '' };
  return {
    at: seconds * 1000,
    processed: processed * MIB,
    remaining: remaining * MIB,
    total: 8192 * MIB,
    grain: 0,
    proof,
  };
}

/** Pre-copy: a first pass over 2 GiB, then a pass over the set as soon as what remains would pass in 50 ms. */
function readingsFrom({ set, rate, first_s, every_s, readings }: Guest): Reading[] {
  const fits = 0.05 * rate;
  const bulk = Math.max(2048 * MIB, set);
  const period = set - fits;
  return Array.from({ length: readings }, (_, index) => {
    const seconds = first_s + index * every_s;
    const sent = seconds * rate;
    const after = sent - (bulk - fits);
    const remaining = after < 0 ? bulk - sent : set - (period <= 0 ? 0 : after % period);
    return { ...at(seconds, 0, 0), processed: Math.round(sent), remaining: Math.round(remaining), total: 16384 * MIB };
  });
}

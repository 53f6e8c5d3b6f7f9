// From downtime lines back to the settings behind them: which limits, numbers of steps, delays and arithmetics print them.

import type { Profile } from '../model.ts';
import { type Arithmetic, arithmeticsOf, downtimeAt } from './schedule.ts';

/** Settings with which nova prints the lines, all limits (ms) from `least_ms` to `most_ms` alike. */
export interface Reading {
  readonly how: Arithmetic;
  readonly steps: number;
  /** Seconds between steps; null where only the first step was seen. */
  readonly delay_s: number | null;
  readonly least_ms: number;
  readonly most_ms: number;
}

/** A downtime line: the step's mark in the schedule (s), and what it allows (ms). */
export type Point = readonly [marker_s: number, downtime_ms: number];

/** nova/conf/libvirt.py has these as least values since Pike, migration.py took them for less before. */
const LEAST_STEPS = 3;
const LEAST_LIMIT_MS = 100;
/** Upstream: nova.conf's least delay for each of at least 2 GiB. */
const LEAST_DELAY_S = { upstream: 6, 'stx-2018': 1 } as const;
/** More are possible, but nobody has use for steps of a hundredth of the limit. */
const MOST_STEPS = 100;
const STEPS = Array.from({ length: MOST_STEPS - LEAST_STEPS + 1 }, (_, index) => LEAST_STEPS + index);

/**
 * All readings of some downtime lines of one migration, in any order; none where no schedule of nova's has them all. Late
 * turns skip steps, so a line's place in the schedule is open too. `whole`: the points are the schedule itself, from its
 * first step to its last.
 */
export function readingsOf(points: readonly Point[], profile: Profile, whole = false): Reading[] {
  const sorted = whole ? points : distinct(points);
  if (sorted.length === 0 || !sorted.flat().every(isLikely)) return [];
  const delays = delaysOf(sorted.map(([marker]) => marker));
  const steps = whole ? [sorted.length - 1] : STEPS;
  return steps.flatMap((count) => {
    const places = whole ? [inPlace(sorted)] : placesOf(sorted, count, profile, delays);
    return arithmeticsOf(profile).flatMap((how) =>
      places.flatMap(({ delay_s, indices }): Reading[] => {
        const limits = limitsOf(sorted, indices, count, how);
        return limits === null ? [] : [{ how, steps: count, delay_s, ...limits }];
      }),
    );
  });
}

function distinct(points: readonly Point[]): Point[] {
  const unique = new Map(points.map((point) => [point.join(), point]));
  return [...unique.values()].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
}

interface Places {
  readonly delay_s: number | null;
  /** Of each point, its place in the schedule. */
  readonly indices: readonly number[];
}

function inPlace(schedule: readonly Point[]): Places {
  return { delay_s: schedule[1]?.[0] ?? 0, indices: schedule.map((_, index) => index) };
}

/** Every delay that puts all points onto marks of a schedule of so many steps, with their places in it. */
function placesOf(points: readonly Point[], steps: number, profile: Profile, delays: readonly number[]): Places[] {
  if (delays.length === 0) return atStart(points.length, steps, profile);
  const furthest = points.at(-1)?.[0] ?? 0;
  return delays
    .filter((delay_s) => furthest <= steps * delay_s && delay_s >= LEAST_DELAY_S[profile])
    .map((delay_s) => ({ delay_s, indices: points.map(([marker]) => marker / delay_s) }));
}

/** All after 0 s: the first step of any schedule; or, where the fork leaves no time between steps, the last of it alone. */
function atStart(count: number, steps: number, profile: Profile): Places[] {
  const first: Places = { delay_s: null, indices: [0] };
  const whole: Places = { delay_s: 0, indices: [steps] };
  if (count > 1) return [];
  return profile === 'upstream' ? [first] : [first, whole];
}

/** The limits with which every point is what its step allows; each arithmetic grows with the limit, so they lie together. */
function limitsOf(points: readonly Point[], indices: readonly number[], steps: number, how: Arithmetic) {
  let [least_ms, most_ms] = [LEAST_LIMIT_MS, Number.MAX_SAFE_INTEGER];
  for (const [place, [, downtime]] of points.entries()) {
    const [least, most] = roughly(downtime, indices[place] ?? 0, steps, how);
    least_ms = Math.max(least_ms, least);
    most_ms = Math.min(most_ms, most);
    if (least_ms > most_ms) return null;
  }
  const allowed = (place: number, limit: number) => downtimeAt(indices[place] ?? 0, limit, steps, how);
  const reached = (place: number, downtime: number) =>
    allowed(place, most_ms) >= downtime && allowed(place, least_ms) <= downtime;
  if (!points.every(([, downtime], place) => reached(place, downtime))) return null;
  for (const [place, [, downtime]] of points.entries()) {
    if (!reached(place, downtime)) return null;
    least_ms = firstFrom(least_ms, most_ms, (limit) => allowed(place, limit) >= downtime);
    most_ms = firstFrom(least_ms, most_ms + 1, (limit) => allowed(place, limit) > downtime) - 1;
    if (least_ms > most_ms) return null;
  }
  return { least_ms, most_ms };
}

/** Limits beyond which the step cannot allow this: the curve without rounding, and the most that rounding adds to it or takes off. */
function roughly(downtime: number, index: number, steps: number, { curve, integerDivision }: Arithmetic) {
  if (curve === 'exponential')
    return [index === 0 ? (downtime - 1) * (steps + 1) - 1 : downtime - 1, (downtime + 1) * (steps + 1)] as const;
  const share = 1 / steps + (index * (steps - 1)) / steps ** 2;
  const [up, down] = integerDivision ? [index / steps, 1 + index] : [0, 1];
  return [Math.floor((downtime - up) / share) - 1, Math.ceil((downtime + down) / share) + 1] as const;
}

/** The first whole number from `from` to `to` that has a property which all after it have; `to` where none before has it. */
function firstFrom(from: number, to: number, has: (value: number) => boolean): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (has(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Every delay of which all markers are multiples, the last of them no more than there are steps; none where all are 0. */
function delaysOf(markers: readonly number[]): number[] {
  const spacing = markers.reduce(greatestCommonDivisor, 0);
  const furthest = markers.at(-1) ?? 0;
  if (spacing === 0) return [];
  const counts = Array.from({ length: MOST_STEPS }, (_, index) => index + 1);
  return counts.map((count) => furthest / count).filter((delay) => Number.isInteger(delay) && spacing % delay === 0);
}

/** Numbers that no schedule has (a line may say anything) are beyond exact arithmetic. */
function isLikely(value: number): boolean {
  return Number.isInteger(value) && value <= 1e9;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

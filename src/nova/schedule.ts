// nova's own arithmetic of the downtime steps. Sources: nova/virt/libvirt/migration.py (upstream 13.0.0 to 33.0.0, in
// 13.0.0 driver.py), and migration.py of the StarlingX fork of 2018.

import type { Profile } from '../model.ts';

/** How a nova computes its steps: exponential until Newton, linear after; Python 2 divides integers downwards. */
export interface Arithmetic {
  readonly curve: 'linear' | 'exponential';
  readonly integerDivision: boolean;
}

const ARITHMETICS: readonly Arithmetic[] = [
  { curve: 'linear', integerDivision: true },
  { curve: 'linear', integerDivision: false },
  { curve: 'exponential', integerDivision: true },
];

/** The arithmetics that such a nova ever had; the fork's is linear. */
export function arithmeticsOf(profile: Profile): readonly Arithmetic[] {
  return ARITHMETICS.filter(({ curve }) => profile === 'upstream' || curve === 'linear');
}

/** `[marker_s, downtime_ms]` of every step for a limit in ms, a number of steps and the delay between them in s. */
export function downtimeSchedule(
  limit_ms: number,
  steps: number,
  delay_s: number,
  how: Arithmetic,
): [number, number][] {
  const markers = Array.from({ length: steps + 1 }, (_, index) => index);
  const value = stepValue(limit_ms, steps, how);
  return markers.map((index) => [Math.trunc(delay_s * index), Math.trunc(value(index))]);
}

/** What step `index` (0 to `steps`) allows, in ms. */
export function downtimeAt(index: number, limit_ms: number, steps: number, how: Arithmetic): number {
  return Math.trunc(stepValue(limit_ms, steps, how)(index));
}

/** Seconds between steps in the fork: two thirds of the timeout spread over the steps (0 where the timeout is off). */
export function starlingxDelay(timeout_s: number, steps: number): number {
  return Math.trunc((timeout_s * 2) / 3 / steps);
}

/** The timeouts (s, from least to most) for which the fork puts so many seconds, at least one, between so many steps. */
export function starlingxTimeouts(delay_s: number, steps: number): readonly [least: number, most: number] {
  const leastFor = (delay: number) => {
    const guess = Math.ceil(1.5 * steps * delay);
    return starlingxDelay(guess, steps) >= delay ? guess : guess + 1;
  };
  return [leastFor(delay_s), leastFor(delay_s + 1) - 1];
}

/** The first values that a limit may show, one for each arithmetic that such a nova ever had; the fork's is linear. */
export function firstSteps(limit_ms: number, steps: number, profile: Profile): number[] {
  return valuesAt(0, limit_ms, steps, profile);
}

/** The last values that a limit may show: where no time lies between the steps, the only ones. Python 2 falls short of the limit. */
export function lastSteps(limit_ms: number, steps: number, profile: Profile): number[] {
  return valuesAt(steps, limit_ms, steps, profile);
}

/** GiB that upstream multiplies timeout and delay with: memory, and the disks it copies, each at least 2. */
export function dataGb(memory_mib: number, copiedDisks_gib: readonly number[], integerDivision: boolean): number {
  const memory = integerDivision ? Math.floor(memory_mib / 1024) : memory_mib / 1024;
  const disks = copiedDisks_gib.map((size) => Math.max(2, integerDivision ? Math.floor(size) : size));
  return Math.max(2, memory) + disks.reduce((sum, size) => sum + size, 0);
}

function valuesAt(index: number, limit: number, steps: number, profile: Profile): number[] {
  return [...new Set(arithmeticsOf(profile).map((how) => downtimeAt(index, limit, steps, how)))];
}

function stepValue(limit: number, steps: number, { curve, integerDivision }: Arithmetic): (index: number) => number {
  return curve === 'linear' ? linear(limit, steps, integerDivision) : exponential(limit, steps);
}

function linear(limit: number, steps: number, integerDivision: boolean): (index: number) => number {
  const divide = (a: number, b: number) => (integerDivision ? Math.floor(a / b) : a / b);
  const base = divide(limit, steps);
  const offset = divide(limit - base, steps);
  return (index) => base + offset * index;
}

function exponential(limit: number, steps: number): (index: number) => number {
  const offset = limit / (steps + 1);
  const base = (limit - offset) ** (1 / steps);
  return (index) => offset + base ** index;
}

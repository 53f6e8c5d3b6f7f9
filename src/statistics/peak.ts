import type { Range, Reading } from '../explanation.ts';

/** What happened between two neighbouring readings. Bytes. */
export interface Interval {
  /** By how much sent + remaining grew: at each end of a pass by the peak, less what fitted into the downtime. */
  readonly rise: number;
  /** How much of the rise may be rounding and headers. */
  readonly slack: number;
  /** What remained at its end and was sent since its begin: no peak in between was higher. */
  readonly most: number;
  /** Bytes that fit into the allowed downtime: what a pass leaves unsent. */
  readonly fits: Range;
}

const GRID = 0.0025;
/** Chance that no reading came nearer to the peak. */
const MISSED = 0.03;

/**
 * The peaks of the saw-tooth (bytes) that explain every rise; null where none does: the set that the guest dirties changes.
 * `first`: what is known of the peak from the end of the first pass.
 */
export function peakOf(settled: readonly Reading[], intervals: readonly Interval[], first: number): Range | null {
  const seen = settled.reduce((most, { remaining }) => Math.max(most, remaining), 0);
  const grain = settled[0]?.grain ?? 0;
  const most = Math.min(
    first,
    mostOf(intervals),
    totalOf(settled),
    likelyMost(seen + grain, settled.length, intervals),
  );
  const found: number[] = [];
  for (let peak = seen; peak <= most * (1 + GRID); peak *= 1 + GRID)
    if (intervals.every((interval) => explains(peak, interval))) found.push(peak);
  const [low, high] = [found[0], found.at(-1)];
  return low === undefined || high === undefined ? null : { low: low * (1 - GRID), high: high * (1 + GRID) + grain };
}

/** Where a pass ended in an interval, the peak is no more than what remained at its end and was sent in it. */
function mostOf(intervals: readonly Interval[]): number {
  return withRise(intervals).reduce((least, { most }) => Math.min(least, most), Number.POSITIVE_INFINITY);
}

function totalOf(settled: readonly Reading[]): number {
  return settled.reduce((most, { total }) => Math.max(most, total), 0);
}

/** Readings of several passes fall anywhere on the saw-tooth: none of n lies above a share x of the peak with chance x^n. */
function likelyMost(seen: number, readings: number, intervals: readonly Interval[]): number {
  return withRise(intervals).length < 2 ? Number.POSITIVE_INFINITY : seen / MISSED ** (1 / readings);
}

function withRise(intervals: readonly Interval[]): readonly Interval[] {
  return intervals.filter(({ rise, slack }) => rise > slack);
}

/** What a guest's working set may vary. */
const VARIES = 0.01;

/** Whether some whole number of ends of passes makes the rise that is seen. */
function explains(peak: number, { rise, slack, fits }: Interval): boolean {
  const [least, most] = [(peak - fits.high) * (1 - VARIES), (peak - fits.low) * (1 + VARIES)];
  // A peak that fits would have ended the migration, were it not for the error of both.
  if (least <= 0) return true;
  for (let passes = 0; passes * least <= rise + slack; passes += 1) if (passes * most >= rise - slack) return true;
  return false;
}

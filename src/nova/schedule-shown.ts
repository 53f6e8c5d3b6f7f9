import type { Migration, Profile, ScheduleShown, Span } from '../model.ts';
import { type Point, type Reading, readingsOf } from './inference.ts';
import { starlingxTimeouts } from './schedule.ts';

/** The downtime lines of a migration; where nova printed the schedule itself (DEBUG, since Newton), that. */
export function pointsOf({ timeline }: Migration): { readonly points: readonly Point[]; readonly whole: boolean } {
  const printed = timeline.find(({ type }) => type === 'downtime-schedule')?.fields.steps;
  if (Array.isArray(printed)) return { points: printed.map(([marker = 0, ms = 0]) => [marker, ms]), whole: true };
  const points = timeline.flatMap(({ type, fields: { elapsed_s, downtime_ms } }): Point[] =>
    type === 'downtime-step' && typeof elapsed_s === 'number' && typeof downtime_ms === 'number'
      ? [[elapsed_s, downtime_ms]]
      : [],
  );
  return { points, whole: false };
}

/** What downtime lines show of the schedule behind them; every list is empty where no schedule of nova's has them all. */
export function scheduleShown(points: readonly Point[], profile: Profile, whole: boolean): ScheduleShown {
  const readings = readingsOf(points, profile, whole);
  return {
    whole,
    limit_ms: spansOf(readings.map(({ least_ms, most_ms }) => [least_ms, most_ms])),
    steps: spansOf(readings.map(({ steps }) => [steps, steps])),
    delay_s: spansOf(readings.flatMap(({ delay_s }) => (delay_s === null ? [] : [[delay_s, delay_s]]))),
    timeout_s: profile === 'upstream' ? [] : spansOf(readings.flatMap(timeoutsOf)),
    arithmetics: [...new Set(readings.map(({ how }) => nameOf(how, profile)))].sort(),
  };
}

/** A delay of 0 is that of a timeout of 0, or of one next to it. */
function timeoutsOf({ delay_s, steps }: Reading): Span[] {
  if (delay_s === null) return [];
  return [delay_s === 0 ? [0, starlingxTimeouts(1, steps)[0] - 1] : starlingxTimeouts(delay_s, steps)];
}

function nameOf({ curve, integerDivision }: Reading['how'], profile: Profile): string {
  if (curve === 'exponential') return 'exponential (until Newton)';
  const division = integerDivision ? 'Python 2' : 'Python 3';
  return profile === 'upstream' ? `linear, ${division}` : `StarlingX, ${division}`;
}

/** Spans that overlap or follow each other made one, in order. */
function spansOf(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const [least, most] of spans.toSorted((a, b) => a[0] - b[0])) {
    const before = merged.at(-1);
    if (before !== undefined && least <= before[1] + 1)
      merged[merged.length - 1] = [before[0], Math.max(before[1], most)];
    else merged.push([least, most]);
  }
  return merged;
}

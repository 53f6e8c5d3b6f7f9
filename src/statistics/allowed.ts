import type { Range } from '../explanation.ts';
import type { StoredEvent } from '../model.ts';

/** QEMU's own, before nova sets one. */
const UNSET_MS = 300;
/** A step may count from a moment before its line. */
const PRINTED_LATE_MS = 500;

/** The downtime (ms) that was allowed from one time to another, by the downtime lines. */
export function allowedBetween(steps: readonly StoredEvent[], from: number, to: number): Range {
  const before = steps.findLast(({ at }) => at !== null && at <= from);
  const inside = steps.filter(({ at }) => at !== null && at > from && at <= to + PRINTED_LATE_MS);
  const values = [before, ...inside].map((step) => (step === undefined ? UNSET_MS : Number(step.fields.downtime_ms)));
  return { low: Math.min(...values), high: Math.max(...values) };
}

/** The highest downtime (ms) that was allowed for longer than it takes (ms) up to a time; 0 where none was. */
export function heldFor(steps: readonly StoredEvent[], longer: number, until: number): number {
  const held = steps.filter(({ at }) => at !== null && until - at > longer);
  return held.reduce((most, { fields }) => Math.max(most, Number(fields.downtime_ms)), 0);
}

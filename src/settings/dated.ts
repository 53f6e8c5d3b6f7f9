import type { Dated } from './campaign-schema.ts';

/** The value that holds at a time (ms; null: unknown, then the one that always held), of values in order of time. */
export function inForce<Value, Entry extends Dated<Value>>(values: readonly Entry[], at: number | null): Entry | null {
  return values.findLast(({ from }) => from === null || (at !== null && from <= at)) ?? null;
}

/** True where another value begins to hold after `from` and up to `to` (ms); where the times are not known, wherever one is dated. */
export function changesWithin(values: readonly Dated<unknown>[], from: number | null, to: number | null): boolean {
  return values.some((entry) => {
    if (entry.from === null) return false;
    if (from === null) return true;
    return entry.from > from && entry.from <= (to ?? Number.POSITIVE_INFINITY);
  });
}

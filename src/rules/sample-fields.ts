import type { Sample } from '../model.ts';

/** A number among a sample's fields; null where it has none. */
export function figure(sample: Sample, field: string): number | null {
  const value = sample.fields[field];
  return typeof value === 'number' ? value : null;
}

/** The middle of some numbers (the mean of both where they are even in number); null of none. */
export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

/** The highest of any number of values, or -Infinity of none: spreading them into Math.max would exhaust the stack. */
export function highest(values: readonly number[]): number {
  return values.reduce((most, value) => (value > most ? value : most), Number.NEGATIVE_INFINITY);
}

import type { Sample } from '../model.ts';

/** A number among a sample's fields; null where it has none. */
export function figure(sample: Sample, field: string): number | null {
  const value = sample.fields[field];
  return typeof value === 'number' ? value : null;
}

/** A number that every sample of its kind has, as job samples of a running job their throttle. */
export function sureFigure(sample: Sample, field: string): number {
  return Number(sample.fields[field]);
}

/** So many of some samples as evidence, at least two: the first ones, and the last. */
export function ends(samples: readonly Sample[], most: number): Sample[] {
  return samples.length <= most ? [...samples] : [...samples.slice(0, most - 1), ...samples.slice(-1)];
}

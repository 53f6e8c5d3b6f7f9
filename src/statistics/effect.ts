import { median } from './quantiles.ts';

/** Cliff's delta, -1 to 1: how much more often a value of `a` is the higher one of a pair than the lower one. */
export function cliffsDelta(a: readonly number[], b: readonly number[]): number {
  let balance = 0;
  for (const x of a) for (const y of b) balance += Math.sign(x - y);
  return balance / (a.length * b.length);
}

/** Hodges' and Lehmann's shift: the median of all differences between a value of `a` and one of `b`. */
export function hodgesLehmann(a: readonly number[], b: readonly number[]): number {
  return median(a.flatMap((x) => b.map((y) => x - y)));
}

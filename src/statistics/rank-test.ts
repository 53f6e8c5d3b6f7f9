/** A one-sided rank test: `p` that `a` is as low against `b` as it is, or lower, if both come from the same. */
export interface RankTest {
  /** Mann-Whitney's U of `a`: pairs in which a's value is the higher one, ties as a half. */
  readonly u: number;
  readonly p: number;
  /** `exact`: over every way to deal the values out; `normal`: its limit for many values, corrected for ties and continuity. */
  readonly method: 'exact' | 'normal';
}

/** Above so many values together the exact distribution costs seconds, and its limit differs from it in the fourth digit. */
const MOST_EXACT = 100;

/** Mann-Whitney's test, one-sided: whether `a` tends to be lower than `b`. Ties are counted as they are, in both methods. */
export function mannWhitneyLess(a: readonly number[], b: readonly number[]): RankTest {
  const ranks = doubledMidranks([...a, ...b]);
  const sum = total(ranks.slice(0, a.length));
  const u = sum / 2 - (a.length * (a.length + 1)) / 2;
  if (a.length + b.length > MOST_EXACT) return { u, p: normalP(u, a.length, b.length, ranks), method: 'normal' };
  return { u, p: shareUpTo(sum, ranks, a.length), method: 'exact' };
}

/** Twice the midrank of each value, a whole number even among ties. */
function doubledMidranks(values: readonly number[]): number[] {
  const sorted = values.toSorted((x, y) => x - y);
  const first = new Map<number, number>();
  const last = new Map<number, number>();
  for (const [place, value] of sorted.entries()) {
    if (!first.has(value)) first.set(value, place + 1);
    last.set(value, place + 1);
  }
  return values.map((value) => (first.get(value) as number) + (last.get(value) as number));
}

/** Of all ways to choose `size` of the ranks, the share whose sum is no higher than this one. */
function shareUpTo(sum: number, ranks: readonly number[], size: number): number {
  const highest = total(ranks);
  // ways[k][s]: how many choices of k of the ranks seen so far have the sum s.
  const ways = Array.from({ length: size + 1 }, () => new Float64Array(highest + 1));
  (ways[0] as Float64Array)[0] = 1;
  for (const rank of ranks) {
    for (let k = size; k > 0; k -= 1) {
      const [with_, without] = [ways[k] as Float64Array, ways[k - 1] as Float64Array];
      for (let s = highest; s >= rank; s -= 1) with_[s] = (with_[s] as number) + (without[s - rank] as number);
    }
  }
  const counts = ways[size] as Float64Array;
  return total([...counts.subarray(0, sum + 1)]) / total([...counts]);
}

function normalP(u: number, n: number, m: number, ranks: readonly number[]): number {
  const all = n + m;
  const ties = [...Map.groupBy(ranks, (rank) => rank).values()].map(({ length }) => length ** 3 - length);
  const variance = ((n * m) / 12) * (all + 1 - total(ties) / (all * (all - 1)));
  if (variance === 0) return 1;
  return lowerTail((u + 0.5 - (n * m) / 2) / Math.sqrt(variance));
}

/** P(Z <= z) of the standard normal distribution; Chebyshev fit of erfc with a relative error below 1.2e-7 (Numerical Recipes, erfcc). */
function lowerTail(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.5 * x);
  const fit = FIT.reduceRight((sum, coefficient) => sum * t + coefficient, 0);
  const tail = (t * Math.exp(-x * x + fit)) / 2;
  return z < 0 ? tail : 1 - tail;
}

const FIT = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
  0.17087277,
];

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

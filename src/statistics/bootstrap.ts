import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { quantile } from './quantiles.ts';

const RESAMPLES = 10_000;
/** Any number would do; that it stays the same makes the same input give the same interval. */
const SEED = 1;

/** The 95 % percentile interval of median(a) / median(b), from 10,000 resamples of each group, seeded. */
export function ratioInterval(a: readonly number[], b: readonly number[]): readonly [low: number, high: number] {
  const random = xoroshiro128plus(SEED);
  const [sortedA, sortedB] = [a, b].map((values) => values.toSorted((x, y) => x - y)) as [number[], number[]];
  const ratios = Array.from(
    { length: RESAMPLES },
    () => resampledMedian(sortedA, random) / resampledMedian(sortedB, random),
  );
  return [quantile(ratios, 0.025), quantile(ratios, 0.975)];
}

/** The median of as many draws, with replacement: counted by rank, for sorting each resample takes most of the time. */
function resampledMedian(sorted: readonly number[], random: RandomGenerator): number {
  const drawn = new Uint32Array(sorted.length);
  for (let draw = 0; draw < sorted.length; draw += 1) {
    const rank = uniformInt(random, 0, sorted.length - 1);
    drawn[rank] = (drawn[rank] as number) + 1;
  }
  const middle = (sorted.length - 1) / 2;
  return (atRank(sorted, drawn, Math.floor(middle)) + atRank(sorted, drawn, Math.ceil(middle))) / 2;
}

function atRank(sorted: readonly number[], drawn: Uint32Array, rank: number): number {
  let passed = 0;
  const place = drawn.findIndex((count) => {
    passed += count;
    return passed > rank;
  });
  return sorted[place] as number;
}

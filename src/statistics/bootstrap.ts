import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { median, quantile } from './quantiles.ts';

const RESAMPLES = 10_000;
/** Any number would do; that it stays the same makes the same input give the same interval. */
const SEED = 1;

/** The 95 % percentile interval of median(a) / median(b), from 10,000 resamples of each group, seeded. */
export function ratioInterval(a: readonly number[], b: readonly number[]): readonly [low: number, high: number] {
  const random = xoroshiro128plus(SEED);
  const resampled = (values: readonly number[]) =>
    values.map(() => values[uniformInt(random, 0, values.length - 1)] as number);
  const ratios = Array.from({ length: RESAMPLES }, () => median(resampled(a)) / median(resampled(b)));
  return [quantile(ratios, 0.025), quantile(ratios, 0.975)];
}

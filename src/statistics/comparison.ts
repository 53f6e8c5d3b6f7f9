import { ratioInterval } from './bootstrap.ts';
import { cliffsDelta, hodgesLehmann } from './effect.ts';
import { median, quantile } from './quantiles.ts';
import { mannWhitneyLess } from './rank-test.ts';

/** What is told of one group: figures of migrations, one a migration. */
export interface Spread {
  readonly n: number;
  /** Null where the group is empty. */
  readonly median: number | null;
  readonly p10: number | null;
  readonly p90: number | null;
}

/** Two groups side by side; what needs both is null where one is empty. */
export interface Comparison {
  readonly a: Spread;
  readonly b: Spread;
  /** median(a) / median(b), with its 95 % interval. */
  readonly ratio: number | null;
  readonly ratio_interval: readonly [low: number, high: number] | null;
  /** Hodges' and Lehmann's shift, a - b, in the figures' own unit. */
  readonly shift: number | null;
  readonly cliffs_delta: number | null;
  /** One-sided: that `a` is lower, and that it is higher. */
  readonly p_lower: number | null;
  readonly p_higher: number | null;
  readonly method: 'exact' | 'normal' | null;
}

/** Fewer a group say nothing: with four each the smallest one-sided p is 1/70, with three 1/20. */
export const LEAST_EACH = 4;
/** Below this p a difference counts as shown. */
export const ALPHA = 0.05;

/** Puts two groups of figures side by side. */
export function compareGroups(a: readonly number[], b: readonly number[]): Comparison {
  const spreads = { a: spreadOf(a), b: spreadOf(b) };
  if (a.length === 0 || b.length === 0) return { ...spreads, ...NOTHING };
  const [lower, higher] = [mannWhitneyLess(a, b), mannWhitneyLess(b, a)];
  return {
    ...spreads,
    ratio: median(a) / median(b),
    ratio_interval: ratioInterval(a, b),
    shift: hodgesLehmann(a, b),
    cliffs_delta: cliffsDelta(a, b),
    p_lower: lower.p,
    p_higher: higher.p,
    method: lower.method,
  };
}

const NOTHING = {
  ratio: null,
  ratio_interval: null,
  shift: null,
  cliffs_delta: null,
  p_lower: null,
  p_higher: null,
  method: null,
};

function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) return { n: 0, median: null, p10: null, p90: null };
  return { n: values.length, median: median(values), p10: quantile(values, 0.1), p90: quantile(values, 0.9) };
}

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ratioInterval } from '../../src/statistics/bootstrap.ts';
import { compareGroups } from '../../src/statistics/comparison.ts';
import { cliffsDelta, hodgesLehmann } from '../../src/statistics/effect.ts';
import { fisherGreater } from '../../src/statistics/fisher.ts';
import { median, quantile } from '../../src/statistics/quantiles.ts';
import { mannWhitneyLess } from '../../src/statistics/rank-test.ts';

/** Hollander and Wolfe (1973), p. 69: permeability constants of the human chorioamnion; the example of R's ?wilcox.test. */
const TERM = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
const EARLY = [1.15, 0.88, 0.9, 0.74, 1.21];

describe("against the example of R's wilcox.test (W = 35, p = 0.1272, difference in location 0.305)", () => {
  test('the exact one-sided test', () => {
    // R tests whether x is greater than y: that y is less than x.
    const { p, method } = mannWhitneyLess(EARLY, TERM);
    expect(method).toBe('exact');
    expect(p).toBeCloseTo(0.1272, 4);
    expect(mannWhitneyLess(TERM, EARLY).u).toBe(35);
  });

  test("Hodges' and Lehmann's shift", () => {
    expect(hodgesLehmann(TERM, EARLY)).toBeCloseTo(0.305, 9);
  });

  test('quantiles of type 7, as numpy 2.4 and R give them', () => {
    const found = [0, 0.1, 0.25, 0.5, 0.9, 1].map((q) => quantile(TERM, q));
    for (const [index, known] of [0.73, 0.793, 0.8825, 1.415, 1.892, 1.91].entries())
      expect(found[index]).toBeCloseTo(known, 9);
  });
});

describe('against SciPy 1.17.1', () => {
  test("the example of scipy.stats.mannwhitneyu's documentation: U = 17, p = 0.111 on two sides", () => {
    const [males, females] = [
      [19, 22, 16, 29, 24],
      [20, 11, 17, 12],
    ];
    expect(mannWhitneyLess(males, females).u).toBe(17);
    expect(2 * mannWhitneyLess(females, males).p).toBeCloseTo(0.1111111111111111, 12);
  });

  test.each<[string, number[], number[], number, number]>([
    ['ties in both groups', [1, 2, 2, 3, 3, 3, 4], [2, 3, 4, 4, 5, 5], 8.5, 0.05011655011655012],
    ['a tie across', [620, 640, 655, 655], [1100, 1090, 655, 1110], 1, 0.04285714285714286],
    ['four each, apart', [1, 2, 3, 4], [5, 6, 7, 8], 0, 0.014285714285714285],
    ['three each, apart', [1, 2, 3], [5, 6, 7], 0, 0.05],
  ])('permutation_test over all ways, %s', (_what, a, b, u, p) => {
    expect(mannWhitneyLess(a, b)).toMatchObject({ u, method: 'exact' });
    expect(mannWhitneyLess(a, b).p).toBeCloseTo(p, 12);
  });

  test("mannwhitneyu's normal limit, with ties and continuity", () => {
    const a = [...Array.from({ length: 79 }, (_, index) => index + 1), ...Array(10).fill(5.5)];
    const b = Array.from({ length: 90 }, (_, index) => index + 20);
    const { u, p, method } = mannWhitneyLess(a, b);
    expect({ u, method }).toEqual({ u: 1800, method: 'normal' });
    expect(p / 1.0047159732216272e-10).toBeCloseTo(1, 5);
  });

  test.each([
    [{ yes: 8, no: 2 }, { yes: 1, no: 5 }, 0.024475524475524483],
    [{ yes: 3, no: 1 }, { yes: 1, no: 3 }, 0.24285714285714283],
  ])('fisher_exact(%j, %j)', (a, b, p) => {
    expect(fisherGreater(a, b)).toBeCloseTo(p, 12);
  });

  test('bootstrap (percentile, 100,000 resamples): 0.548 to 0.633 around 0.590', () => {
    const tunnelled = [612, 640, 655, 688, 701, 590];
    const direct = [1085, 1102, 1110, 1090, 1120, 1097, 1060];
    const [low, high] = ratioInterval(tunnelled, direct);
    expect(low).toBeCloseTo(0.5479, 2);
    expect(high).toBeCloseTo(0.6335, 2);
    expect(median(tunnelled) / median(direct)).toBeCloseTo(0.5902461257976299, 12);
  });
});

const figures = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 12 });

test('the two sides of the exact test overlap by what they share: every other way counts once', () => {
  fc.assert(
    fc.property(figures, figures, (a, b) => {
      const [lower, higher] = [mannWhitneyLess(a, b), mannWhitneyLess(b, a)];
      expect(lower.p + higher.p).toBeGreaterThan(1 - 1e-9);
      expect(Math.min(lower.p, higher.p)).toBeGreaterThan(0);
      expect(lower.u + higher.u).toBe(a.length * b.length);
    }),
  );
});

test("Cliff's delta is what U says of pairs", () => {
  fc.assert(
    fc.property(figures, figures, (a, b) => {
      expect(cliffsDelta(a, b)).toBeCloseTo((2 * mannWhitneyLess(a, b).u) / (a.length * b.length) - 1, 9);
    }),
  );
});

test('the interval is the same each time, and lies around the ratio', () => {
  fc.assert(
    fc.property(figures, figures, (a, b) => {
      const { ratio, ratio_interval: interval } = compareGroups(a, b);
      expect(compareGroups(a, b).ratio_interval).toEqual(interval);
      expect(interval?.[0]).toBeLessThanOrEqual((ratio ?? 0) + 1e-9);
      expect(interval?.[1]).toBeGreaterThanOrEqual((ratio ?? 0) - 1e-9);
    }),
    { numRuns: 10 },
  );
});

test('an empty group is told as empty', () => {
  expect(compareGroups([], [1, 2])).toMatchObject({
    a: { n: 0, median: null },
    b: { n: 2 },
    ratio: null,
    p_lower: null,
  });
});

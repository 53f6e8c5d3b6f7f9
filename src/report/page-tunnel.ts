import type { Throughput } from '../judgement.ts';
import type { Spread } from '../statistics/comparison.ts';
import { comparable, compareTunnel } from '../statistics/comparisons.ts';
import { stratumName } from '../statistics/words.ts';
import type { PageArm, PageTunnel } from './page-shapes.ts';

/** Tunnelled against direct throughput as `compare tunnel` tells it, with each migration's own. */
export function tunnelOf(throughput: readonly Throughput[]): PageTunnel {
  const { arms, strata, excluded, notes } = compareTunnel(throughput);
  const members = Map.groupBy(comparable(throughput), stratumName);
  return {
    strata: strata.map(({ stratum, a, b, ratio, ratio_interval, p_lower, reading }) => {
      const values = (tunnelled: boolean) =>
        (members.get(stratum) ?? [])
          .filter((each) => each.tunnelled === tunnelled)
          .map(({ migration, bytes_s }) => [migration, Math.round(bytes_s)] as const);
      const both = [arm(arms[0], a, values(true)), arm(arms[1], b, values(false))];
      return { stratum, arms: both, ratio, ratio_interval, p_lower, reading };
    }),
    excluded: [...Map.groupBy(excluded, ({ why }) => why)].map(([why, left]) => ({ why, count: left.length })),
    notes,
  };
}

function arm(name: string, { n, median, p10, p90 }: Spread, values: PageArm['values']): PageArm {
  return { name, n, median_bytes_s: median, p10_bytes_s: p10, p90_bytes_s: p90, values };
}

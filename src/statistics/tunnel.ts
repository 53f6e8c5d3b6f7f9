import { ALPHA, type Comparison, compareGroups, LEAST_EACH } from './comparison.ts';

/** One migration's throughput, the median of its intervals, with what sets it apart from others. */
export interface ThroughputFigure {
  readonly migration: string;
  readonly tunnelled: boolean;
  readonly bytes_s: number;
  /** The network's configuration. */
  readonly network: string;
  readonly link_mbps: number | null;
  readonly memory_band: string;
}

/** What stands for a network that nobody declares. */
export const NO_NETWORK = 'network not declared';

/** Migrations over the same network and of the same size, tunnelled (`a`) against direct (`b`), in bytes a second. */
export interface TunnelStratum extends Comparison {
  readonly network: string;
  readonly link_mbps: number | null;
  readonly memory_band: string;
  readonly tunnelled: readonly string[];
  readonly direct: readonly string[];
  readonly reading: TunnelReading;
}

export type TunnelReading =
  | { readonly kind: 'slower' }
  | { readonly kind: 'not-slower' }
  | { readonly kind: 'too-few' }
  /** Both fill the link: what the tunnel costs cannot be seen. */
  | { readonly kind: 'link-bound'; readonly link_bytes_s: number };

/** Of what a link carries, both medians above this share say that the link is what limits them. */
const FILLED = 0.85;
/** A tunnel that costs less than a tenth is not seen to cost anything. */
const MOST_RATIO = 0.9;

/** Tunnelled against direct throughput, by network configuration, link and memory, in the order of their names. */
export function tunnelStrata(figures: readonly ThroughputFigure[]): TunnelStratum[] {
  const groups = Map.groupBy(figures, (figure) => JSON.stringify(stratumOf(figure)));
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, members]) => stratum(members));
}

/** The band of memory that migrations are compared within. */
export function memoryBand(memory_mib: number | null): string {
  if (memory_mib === null) return 'memory unknown';
  if (memory_mib < 4096) return 'under 4 GiB';
  return memory_mib < 16_384 ? '4 to 16 GiB' : '16 GiB and more';
}

function stratumOf({ network, link_mbps, memory_band }: ThroughputFigure) {
  return { network, link_mbps, memory_band };
}

function stratum(members: readonly ThroughputFigure[]): TunnelStratum {
  const [tunnelled, direct] = [true, false].map((arm) => members.filter((figure) => figure.tunnelled === arm)) as [
    ThroughputFigure[],
    ThroughputFigure[],
  ];
  const about = stratumOf(members[0] as ThroughputFigure);
  const rates = (arm: readonly ThroughputFigure[]) => arm.map(({ bytes_s }) => bytes_s);
  const comparison = compareGroups(rates(tunnelled), rates(direct));
  return {
    ...about,
    ...comparison,
    tunnelled: tunnelled.map(({ migration }) => migration),
    direct: direct.map(({ migration }) => migration),
    reading: readingOf(comparison, about.link_mbps),
  };
}

function readingOf({ a, b, p_lower, ratio }: Comparison, link_mbps: number | null): TunnelReading {
  if (a.n < LEAST_EACH || b.n < LEAST_EACH) return { kind: 'too-few' };
  const link_bytes_s = link_mbps === null ? Number.POSITIVE_INFINITY : (link_mbps * 1e6) / 8;
  if (Math.min(a.median ?? 0, b.median ?? 0) >= FILLED * link_bytes_s) return { kind: 'link-bound', link_bytes_s };
  return (p_lower ?? 1) <= ALPHA && (ratio ?? 1) <= MOST_RATIO ? { kind: 'slower' } : { kind: 'not-slower' };
}

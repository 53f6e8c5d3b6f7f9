import type { Network } from '../certification.ts';
import type { Case, Finding, Rule } from '../judgement.ts';
import { median } from '../statistics/quantiles.ts';
import { inMib, isIdle, linkBytes, ratesOf } from './throughput.ts';

export const throughputBelowFloor: Rule = {
  id: 'throughput-below-floor',
  title: 'throughput below the floor',
  why: 'a migration far slower than its network allows takes long, and seldom converges; another network may carry it.',
  severity: 'warning',
  needs: "at least three intervals between progress lines, and the network's throughput_floor_mib_s or link_mbps",
  undecided: 'without a declared network, with fewer intervals, or where most of the memory were zero pages',
  collect:
    'networks with link_mbps (or throughput_floor_mib_s) in the campaign file, and nova-compute.log at DEBUG for a line each 5 s',
  check,
};

const LEAST_INTERVALS = 3;
const MIB = 1_048_576;
/** rules.md, throughput-below-floor: of the link, direct and tunnelled. */
const SHARE = { direct: 0.25, tunnelled: 0.1 };

function check({ migration, settings, network }: Case): Finding {
  const floor = floorOf(
    network,
    migration.observed.tunnelled ?? (settings.tunnel.declared ? settings.tunnel.value : null),
  );
  if (floor === null)
    return {
      status: 'inconclusive',
      message: 'the campaign declares no network of the migration, with link_mbps or a floor',
    };
  const rates = ratesOf(migration.timeline);
  if (rates.length < LEAST_INTERVALS)
    return {
      status: 'inconclusive',
      message: `${rates.length} intervals between progress lines are too few to tell its rate`,
    };
  if (isIdle(migration.timeline))
    return { status: 'inconclusive', message: 'most of the memory were zero pages, which take no room on the wire' };
  const rate = median(rates.map(({ bytes_s }) => bytes_s));
  const evidence = [rates[0]?.before, rates.at(-1)?.after].filter((event) => event !== undefined);
  const message = `a median of ${inMib(rate)}, and the floor is ${inMib(floor)} (${network?.name})`;
  return { status: rate < floor ? 'fail' : 'pass', message, evidence };
}

function floorOf(network: Network | null, tunnelled: boolean | null): number | null {
  if (network === null) return null;
  if (network.throughput_floor_mib_s !== null) return network.throughput_floor_mib_s * MIB;
  if (network.link_mbps === null) return null;
  return linkBytes(network.link_mbps) * (tunnelled === false ? SHARE.direct : SHARE.tunnelled);
}

import type { Case, Finding, Rule } from '../judgement.ts';
import { inMib, linkBytes, ratesOf } from './throughput.ts';

export const throughputAboveWire: Rule = {
  id: 'throughput-above-wire',
  title: 'throughput above the wire',
  why: 'no migration is faster than its link: a unit is mistaken (MB, MiB, Mbit), the link is not the declared one, or the clock was set.',
  severity: 'warning',
  needs: 'two progress lines at least, and link_mbps of the network',
  undecided: 'where the campaign declares no link, or the log has no two progress lines',
  collect: 'networks with link_mbps in the campaign file, and nova-compute.log at INFO of the whole migration',
  check,
};

/** Stamps and counters are read one after the other, some ms apart. */
const ROOM = 1.05;

function check({ migration, network }: Case): Finding {
  if (network === null || network.link_mbps === null)
    return { status: 'inconclusive', message: 'the campaign declares no network of the migration, with link_mbps' };
  const rates = ratesOf(migration.timeline);
  const fastest = rates.toSorted((a, b) => b.bytes_s - a.bytes_s)[0];
  if (fastest === undefined) return { status: 'inconclusive', message: 'no two progress lines tell its rate' };
  const wire = linkBytes(network.link_mbps) * network.members;
  const links = network.members === 1 ? '' : `${network.members} x `;
  const message = `up to ${inMib(fastest.bytes_s)}, and ${network.name} carries ${inMib(wire)} (${links}${network.link_mbps} Mbit/s)`;
  const evidence = [fastest.before, fastest.after, network.proof];
  if (fastest.bytes_s <= wire * ROOM) return { status: 'pass', message, evidence };
  if (migration.clockStep)
    return { status: 'inconclusive', message: `${message}; but the clock was set back in between`, evidence };
  return { status: 'fail', message, evidence };
}

import type { MigrationFacts } from '../certification.ts';
import type { Finding, Fleet, FleetRule } from '../judgement.ts';
import { concurrent } from '../statistics/concurrent.ts';
import { memoryBand, NO_NETWORK, type TunnelStratum, tunnelStrata } from '../statistics/tunnel.ts';
import { stratumName, tunnelInWords } from '../statistics/words.ts';

export const tunnelNotSlower: FleetRule = {
  id: 'tunnel-not-slower',
  title: 'tunnelled throughput not reduced',
  why: 'the plan states that a tunnel costs throughput: one libvirtd thread encrypts and copies what otherwise goes straight from QEMU to QEMU. Where it costs nothing, the migrations were perhaps not tunnelled.',
  severity: 'warning',
  needs:
    'at least 4 tunnelled and 4 direct migrations over the same network and of the same size, one at a time, with two progress lines or more each',
  undecided: 'with fewer of either, or where both fill the link',
  collect:
    'four or more migrations of the same guest under load with and without the tunnel, over a link that a direct one does not fill, and networks with link_mbps in the campaign file',
  check,
};

function check({ migrations }: Fleet): Finding[] {
  const together = concurrent(
    migrations.map(({ migration: { id, sourceHost, startedAt, endedAt } }) => {
      return { id, host: sourceHost, from: startedAt, to: endedAt };
    }),
  );
  const counted = migrations.filter((facts) => !facts.idle && !together.has(facts.migration.id));
  const strata = tunnelStrata(counted.flatMap(figureOf));
  const both = strata.filter(({ a, b }) => a.n > 0 && b.n > 0);
  return both.map((stratum) => finding(stratum, migrations));
}

function figureOf({ migration, tunnelled, intervals, network, memory_mib }: MigrationFacts) {
  const bytes_s = migration.observed.throughput_bytes_s;
  if (bytes_s === null || tunnelled === null || intervals === 0) return [];
  const over = { network: network?.config ?? NO_NETWORK, link_mbps: network?.link_mbps ?? null };
  return [{ migration: migration.id, tunnelled, bytes_s, memory_band: memoryBand(memory_mib), ...over }];
}

function finding(stratum: TunnelStratum, migrations: readonly MigrationFacts[]): Finding {
  const message = `${stratumName(stratum)}: ${tunnelInWords(stratum)}`;
  const { kind } = stratum.reading;
  const status = kind === 'slower' ? 'pass' : kind === 'not-slower' ? 'fail' : 'inconclusive';
  const ids = new Set([...stratum.tunnelled, ...stratum.direct]);
  const evidence = migrations.filter(({ migration }) => ids.has(migration.id)).flatMap(({ proofs }) => proofs);
  return { status, message, evidence };
}

import { LEAST_EACH } from './comparison.ts';
import type { TunnelStratum } from './tunnel.ts';

const MIB = 1_048_576;

/** What a stratum is, for people: `infra-only, 10000 Mbit/s, 4 to 16 GiB`. */
export function stratumName({
  network,
  link_mbps,
  memory_band,
}: Pick<TunnelStratum, 'network' | 'link_mbps' | 'memory_band'>): string {
  return [network, ...(link_mbps === null ? [] : [`${link_mbps} Mbit/s`]), memory_band].join(', ');
}

/** What the figures of a stratum mean, in one sentence. */
export function tunnelInWords(stratum: TunnelStratum): string {
  const { a, b, ratio, ratio_interval: interval, p_lower: p, reading } = stratum;
  if (reading.kind === 'too-few')
    return `${a.n} tunnelled and ${b.n} direct migrations say too little: at least ${LEAST_EACH} of each are needed`;
  const medians = `a median of ${mib(a.median)} MiB/s tunnelled against ${mib(b.median)} MiB/s direct`;
  if (reading.kind === 'link-bound') {
    return `${medians}: both fill the link (${mib(reading.link_bytes_s)} MiB/s), so what the tunnel costs cannot be seen on it`;
  }
  const figures = `${medians} (ratio ${ratio?.toFixed(2)}, 95 % interval ${interval?.[0].toFixed(2)} to ${interval?.[1].toFixed(2)}, p ${pValue(p)}, ${a.n} against ${b.n} migrations)`;
  return reading.kind === 'slower'
    ? `the tunnel slows migrations down: ${figures}`
    : `no lower throughput in the tunnel: ${figures}`;
}

/** A p value for people, as `= 0.014`: no more digits than it is worth. */
export function pValue(p: number | null): string {
  if (p === null) return 'unknown';
  return p < 0.0001 ? '< 0.0001' : `= ${p.toFixed(p < 0.001 ? 4 : 3)}`;
}

function mib(bytes_s: number | null): string {
  const value = (bytes_s ?? 0) / MIB;
  return value < 10 ? value.toFixed(1) : String(Math.round(value));
}

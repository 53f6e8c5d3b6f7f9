import type { Reading } from '../explanation.ts';
import { isRise } from './saw-tooth.ts';

/** Bytes a second from one reading to the next: on the wire, and dirtied by the guest; null where they tell nothing. */
export interface Rates {
  readonly wire_bytes_s: number | null;
  readonly dirty_bytes_s: number | null;
}

/**
 * The rates up to each reading, as many as readings; the first has none. What the guest dirties in a pass shows only when the
 * pass ends, as a rise of what is sent and remains: its rate is that from one rise to the next, for all readings in between. In
 * the first pass zero pages make what remains shrink faster than bytes are sent: no dirty rate up to the first rise.
 */
export function ratesOf(readings: readonly Reading[]): Rates[] {
  const dirty = dirtyRates(readings);
  return readings.map((after, at) => ({
    wire_bytes_s: wireRate(readings[at - 1], after),
    dirty_bytes_s: dirty[at] ?? null,
  }));
}

/** The places of the readings before which a pass ended, since the reading before. */
export function risesIn(readings: readonly Reading[]): number[] {
  return readings.flatMap((after, at) => (at > 0 && isRise(readings[at - 1] as Reading, after) ? [at] : []));
}

function wireRate(before: Reading | undefined, after: Reading): number | null {
  const sent = before === undefined ? -1 : after.processed - before.processed;
  return before === undefined || after.at <= before.at || sent < 0 ? null : (sent * 1000) / (after.at - before.at);
}

function dirtyRates(readings: readonly Reading[]): (number | null)[] {
  const rates: (number | null)[] = readings.map(() => null);
  const rises = risesIn(readings);
  for (const [place, to] of rises.slice(1).entries()) {
    const from = rises[place] as number;
    const [before, after] = [readings[from] as Reading, readings[to] as Reading];
    const grown = after.processed + after.remaining - before.processed - before.remaining;
    if (after.at > before.at && grown >= 0) rates.fill((grown * 1000) / (after.at - before.at), from + 1, to + 1);
  }
  return rates;
}

import type { Reading } from '../explanation.ts';

/** Bytes a second from one reading to the next: on the wire, and dirtied by the guest; null where they tell nothing. */
export interface Rates {
  readonly wire_bytes_s: number | null;
  readonly dirty_bytes_s: number | null;
}

/**
 * The rates up to each reading, as many as readings; the first has none. In the first pass zero pages make what remains shrink
 * faster than bytes are sent: no dirty rate before the first rise of what remains.
 */
export function ratesOf(readings: readonly Reading[]): Rates[] {
  let risen = false;
  return readings.map((after, index): Rates => {
    const before = readings[index - 1];
    const seconds = before === undefined ? 0 : (after.at - before.at) / 1000;
    const sent = before === undefined ? -1 : after.processed - before.processed;
    if (before === undefined || seconds <= 0 || sent < 0) return { wire_bytes_s: null, dirty_bytes_s: null };
    const rise = after.remaining - before.remaining;
    risen ||= rise > 0;
    return { wire_bytes_s: sent / seconds, dirty_bytes_s: risen ? Math.max(0, sent + rise) / seconds : null };
  });
}

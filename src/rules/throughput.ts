import type { StoredEvent } from '../model.ts';

const MIB = 1_048_576;

/** Bytes on the wire between two progress lines. */
export interface Interval {
  readonly before: StoredEvent;
  readonly after: StoredEvent;
  readonly bytes_s: number;
}

/** The rates between neighbouring progress lines with counters, by the times of the lines. */
export function ratesOf(timeline: readonly StoredEvent[]): Interval[] {
  const lines = timeline.filter(
    ({ type, at, fields }) => type === 'progress' && at !== null && Number(fields.memory_total) > 0,
  );
  return lines.slice(1).flatMap((after, index) => {
    const before = lines[index] as StoredEvent;
    const seconds = ((after.at as number) - (before.at as number)) / 1000;
    const sent = Number(after.fields.memory_processed) - Number(before.fields.memory_processed);
    return seconds > 0 && sent >= 0 ? [{ before, after, bytes_s: sent / seconds }] : [];
  });
}

/** True where less than half of the memory that is done with went over the wire: the rest were zero pages. */
export function isIdle(timeline: readonly StoredEvent[]): boolean {
  const last = timeline.findLast(({ type, fields }) => type === 'progress' && Number(fields.memory_total) > 0)?.fields;
  if (last === undefined) return false;
  return Number(last.memory_processed) < 0.5 * (Number(last.memory_total) - Number(last.memory_remaining));
}

/** A rate for people. */
export function inMib(bytes_s: number): string {
  const value = bytes_s / MIB;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} MiB/s`;
}

/** What a link of so many Mbit/s carries in bytes a second. */
export function linkBytes(link_mbps: number): number {
  return (link_mbps * 1e6) / 8;
}

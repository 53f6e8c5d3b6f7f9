import type { StoredEvent } from '../model.ts';

/**
 * The events ordered by (time, source, offset), but never reordered inside one source: a clock that goes back inside a
 * file does not move a line before those it follows there. Which file was read first does not matter.
 */
export function inOrder(events: readonly StoredEvent[]): StoredEvent[] {
  const bySource = Map.groupBy(events, (event) => event.source);
  const keyed: { event: StoredEvent; key: number; path: string }[] = [];
  for (const group of bySource.values()) {
    let latest = Number.NEGATIVE_INFINITY;
    for (const event of group.toSorted((a, b) => a.ref.offset - b.ref.offset)) {
      latest = Math.max(latest, event.at ?? latest);
      keyed.push({ event, key: latest, path: event.ref.path });
    }
  }
  keyed.sort((a, b) => a.key - b.key || compare(a.path, b.path) || a.event.ref.offset - b.event.ref.offset);
  return keyed.map(({ event }) => event);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

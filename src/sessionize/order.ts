import type { StoredEvent } from '../model.ts';
import { byAge, rotationOf } from '../nova/rotation.ts';
import { streamOf } from './attempts.ts';

/**
 * The events ordered by time, but never reordered inside one file or one rotated set of files: a clock that goes back
 * does not move a line before those it follows there. Which file was read first does not matter. What stands in two
 * files of a host (a copy in syslog, lines doubled by copytruncate) counts once.
 */
export function inOrder(events: readonly StoredEvent[]): StoredEvent[] {
  const sets = Map.groupBy(events, (event) => `${streamOf(event)}\n${rotationOf(event.ref.path).set}`);
  const names = [...sets.keys()].sort();
  const keyed = names.flatMap((name, set) => keyedSet(sets.get(name) ?? [], set));
  keyed.sort((a, b) => a.key - b.key || a.set - b.set || a.place - b.place);
  return withoutCopies(keyed.map(({ event }) => event));
}

interface Keyed {
  readonly event: StoredEvent;
  /** The latest time up to this line. */
  readonly key: number;
  readonly set: number;
  readonly place: number;
}

function keyedSet(events: readonly StoredEvent[], set: number): Keyed[] {
  const files = [...Map.groupBy(events, ({ source }) => source).values()];
  for (const file of files) file.sort((a, b) => a.ref.offset - b.ref.offset);
  files.sort((a, b) => byAge(pathOf(a), pathOf(b)) || firstTime(a) - firstTime(b) || 0);
  let latest = Number.NEGATIVE_INFINITY;
  return files.flat().map((event, place) => {
    latest = Math.max(latest, event.at ?? latest);
    return { event, key: latest, set, place };
  });
}

function pathOf(file: readonly StoredEvent[]): string {
  return file[0]?.ref.path ?? '';
}

function firstTime(file: readonly StoredEvent[]): number {
  return file.find(({ at }) => at !== null)?.at ?? Number.NEGATIVE_INFINITY;
}

function withoutCopies(events: readonly StoredEvent[]): StoredEvent[] {
  if (new Set(events.map(({ source }) => source)).size < 2) return [...events];
  const seen = new Map<string, number>();
  return events.filter((event) => {
    if (event.at === null) return true;
    const { at, type, pid, requestId, instance, fields, source } = event;
    const said = JSON.stringify([streamOf(event), at, type, pid, requestId, instance, fields]);
    const first = seen.get(said) ?? source;
    seen.set(said, first);
    return first === source;
  });
}

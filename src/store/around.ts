import type { Profile, StoredEvent } from '../model.ts';
import { EVENTS, type EventRow, toEvent } from './facts.ts';
import { type Handle, prepared } from './open.ts';

// What the store tells of hosts and files rather than of one instance.

/** What the events of a host in one file show: which nova wrote them, at which levels, from when to when (ms). */
export interface StreamRow {
  /** The host, or `#id` of the file where none is known. */
  readonly stream: string;
  readonly source: number;
  readonly dialect: Profile | null;
  readonly info: boolean;
  readonly levels: readonly string[];
  readonly events: number;
  /** Where the first of them stands. */
  readonly offset: number;
  readonly from: number | null;
  readonly to: number | null;
}

/** Every host in every file. */
export function streamsIn(db: Handle): StreamRow[] {
  const rows = prepared(
    db,
    `SELECT coalesce(host, '#' || source) AS stream, source, max(level IN ('INFO', 'AUDIT')) AS info,
         group_concat(DISTINCT level) AS levels, count(*) AS events, min(offset) AS offset,
         min(at_ms) AS "from", max(at_ms) AS "to",
         max(type IN ('tunnel-enabled', 'auto-converge-disabled', 'setting-reverted', 'setting-ignored')
             OR (type = 'monitor-started' AND level = 'INFO')
             OR (type = 'progress' AND fields ->> 'expected_downtime_ms' IS NOT NULL)) AS fork,
         max(type IN ('pre-migration-done', 'data-remaining')
             OR (type = 'progress' AND fields ->> 'expected_downtime_ms' IS NULL)) AS upstream
       FROM events GROUP BY stream, source ORDER BY stream, source`,
  ).all() as (Omit<StreamRow, 'dialect' | 'info' | 'levels'> & {
    info: number;
    levels: string | null;
    fork: number;
    upstream: number;
  })[];
  return rows.map(({ info, levels, fork, upstream, ...row }) => ({
    ...row,
    info: Boolean(info),
    levels: levels?.split(',').sort() ?? [],
    dialect: fork ? 'stx-2018' : upstream ? 'upstream' : null,
  }));
}

/** Events of the given types of all instances on known hosts. */
export function instanceEvents(db: Handle, types: readonly string[]): StoredEvent[] {
  const rows = prepared(
    db,
    `${EVENTS} WHERE e.type IN (SELECT value FROM json_each(?)) AND e.instance IS NOT NULL AND e.host IS NOT NULL`,
  ).all(JSON.stringify(types));
  return (rows as EventRow[]).map(toEvent);
}

/** The hosts' logs (their host, or `#id` of the file where none is known) that hold a forbidden message. */
export function troubledStreams(db: Handle): Set<string> {
  const rows = prepared(
    db,
    "SELECT DISTINCT coalesce(host, '#' || source) FROM events WHERE type = 'forbidden-message'",
  )
    .pluck()
    .all();
  return new Set(rows as string[]);
}

/** Forbidden messages in a host's log (`stream`) from one time to another (ms) that name no other instance; the first ten. */
export function forbiddenMessages(
  db: Handle,
  { stream, from, to, instance }: { stream: string; from: number; to: number; instance: string },
): StoredEvent[] {
  const rows = prepared(
    db,
    `${EVENTS} WHERE e.type = 'forbidden-message' AND coalesce(e.host, '#' || e.source) = ? AND e.at_ms BETWEEN ? AND ?
       AND (e.instance IS NULL OR e.instance = ?) ORDER BY e.at_ms, s.path, e.offset LIMIT 10`,
  ).all(stream, from, to, instance);
  return (rows as EventRow[]).map(toEvent);
}

/** nova's lines about a setting's value that it cannot read; of lines that say the same on one host the first. */
export function unreadSettings(db: Handle): StoredEvent[] {
  const rows = prepared(
    db,
    `${EVENTS} JOIN (SELECT source, offset, row_number() OVER (PARTITION BY host, type, fields ORDER BY at_ms, source, offset) AS place
         FROM events WHERE type = 'setting-ignored' OR (type = 'setting-reverted' AND fields ->> 'reason' = 'is not a number')) f
       ON f.source = e.source AND f.offset = e.offset AND f.place = 1 ORDER BY e.at_ms, s.path, e.offset`,
  ).all();
  return (rows as EventRow[]).map(toEvent);
}

/** Neighbouring events of a host in one file of which the second is earlier by more than a second; the first ones of each file. */
export function clockSteps(db: Handle, most: number): (readonly [before: StoredEvent, after: StoredEvent])[] {
  const pairs = prepared(
    db,
    `SELECT source, before, offset FROM (
       SELECT source, offset, before, row_number() OVER (PARTITION BY source ORDER BY offset) AS place FROM (
         SELECT source, offset, at_ms, lag(offset) OVER w AS before, lag(at_ms) OVER w AS at_before
         FROM events WHERE at_ms IS NOT NULL WINDOW w AS (PARTITION BY source, host ORDER BY offset))
       WHERE at_ms < at_before - 1000)
     WHERE place <= ? ORDER BY source, offset`,
  ).all(most) as { source: number; before: number; offset: number }[];
  return pairs.map(({ source, before, offset }) => [eventAt(db, source, before), eventAt(db, source, offset)]);
}

/** An event that is stored. */
export function eventAt(db: Handle, source: number, offset: number): StoredEvent {
  return toEvent(prepared(db, `${EVENTS} WHERE e.source = ? AND e.offset = ?`).get(source, offset) as EventRow);
}

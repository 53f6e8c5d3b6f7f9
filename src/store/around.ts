import type { Profile, StoredEvent, TimedEvent } from '../model.ts';
import { selectEvents } from './facts.ts';
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
  /** Those of them that have a time. */
  readonly timed: number;
  /** Where the first of them stands. */
  readonly offset: number;
  readonly from: number | null;
  readonly to: number | null;
}

/** Every host in every file. */
export function streamsIn(db: Handle): StreamRow[] {
  // Most files tell of one host: what is grouped by file only need not be sorted, which takes as much memory as the events.
  const rows = streamRows(db, 'GROUP BY source').flatMap((row) =>
    row.isOneHost ? [row] : streamRows(db, 'WHERE source = ? GROUP BY host', row.source),
  );
  return rows
    .map(({ isOneHost: _isOneHost, ...row }) => row)
    .sort((a, b) => byText(a.stream, b.stream) || a.source - b.source);
}

interface GroupRow extends StreamRow {
  readonly isOneHost: boolean;
}

/** Looked for in the text, for to take the fields of every progress line apart takes longer; only the fork's have it. */
const FORK_FIELD = `instr(fields, '"expected_downtime_ms":') > 0`;

function streamRows(db: Handle, condition: string, ...values: unknown[]): GroupRow[] {
  const rows = prepared(
    db,
    `SELECT coalesce(min(host), '#' || source) AS stream, source, max(level IN ('INFO', 'AUDIT')) AS info,
         group_concat(DISTINCT level) AS levels, count(*) AS events, count(at_ms) AS timed, min(offset) AS offset,
         min(at_ms) AS "from", max(at_ms) AS "to",
         max(type IN ('tunnel-enabled', 'auto-converge-disabled', 'setting-reverted', 'setting-ignored')
             OR (type = 'monitor-started' AND level = 'INFO')
             OR (type = 'progress' AND ${FORK_FIELD})) AS fork,
         max(type IN ('pre-migration-done', 'data-remaining')
             OR (type = 'progress' AND NOT ${FORK_FIELD})) AS upstream,
         count(host) = 0 OR (count(host) = count(*) AND min(host) = max(host)) AS isOneHost
       FROM events ${condition}`,
  ).all(...values) as (Omit<StreamRow, 'dialect' | 'info' | 'levels'> & {
    isOneHost: number;
    info: number;
    levels: string | null;
    fork: number;
    upstream: number;
  })[];
  return rows.map(({ isOneHost, info, levels, fork, upstream, ...row }) => ({
    ...row,
    isOneHost: isOneHost === 1,
    info: Boolean(info),
    levels: levels?.split(',').sort() ?? [],
    dialect: fork ? 'stx-2018' : upstream ? 'upstream' : null,
  }));
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Events of the given types of all instances on known hosts; by the index of instances each event would be looked up. */
export function instanceEvents(db: Handle, types: readonly string[]): StoredEvent[] {
  return selectEvents(
    db,
    `WHERE e.type IN (SELECT value FROM json_each(?)) AND +e.instance IS NOT NULL AND e.host IS NOT NULL
       ORDER BY e.instance, e.source, e.offset`,
    JSON.stringify(types),
  );
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
  return selectEvents(
    db,
    `WHERE e.type = 'forbidden-message' AND coalesce(e.host, '#' || e.source) = ? AND e.at_ms BETWEEN ? AND ?
       AND (e.instance IS NULL OR e.instance = ?) ORDER BY e.at_ms, s.path, e.offset LIMIT 10`,
    stream,
    from,
    to,
    instance,
  );
}

/** nova's lines about a setting's value that it cannot read; of lines that say the same on one host the first. */
export function unreadSettings(db: Handle): StoredEvent[] {
  return selectEvents(
    db,
    `JOIN (SELECT source, offset, row_number() OVER (PARTITION BY host, type, fields ORDER BY at_ms, source, offset) AS place
         FROM events WHERE type = 'setting-ignored' OR (type = 'setting-reverted' AND fields ->> 'reason' = 'is not a number')) f
       ON f.source = e.source AND f.offset = e.offset AND f.place = 1 ORDER BY e.at_ms, s.path, e.offset`,
  );
}

/** Neighbouring events of a host in one file of which the second is earlier by more than a second; the first ones of each file. */
export function clockSteps(db: Handle, most: number): (readonly [before: TimedEvent, after: TimedEvent])[] {
  return placesOfSteps(db, most).map(({ source, before, after }) => {
    return [
      { ...eventAt(db, source, before.offset), at: before.at },
      { ...eventAt(db, source, after.offset), at: after.at },
    ];
  });
}

interface TimedPlace {
  readonly offset: number;
  readonly at: number;
}

/** In the order in which the events lie, so that nothing need be sorted. */
function placesOfSteps(db: Handle, most: number): { source: number; before: TimedPlace; after: TimedPlace }[] {
  const rows = prepared(
    db,
    'SELECT source, offset, host, at_ms FROM events WHERE at_ms IS NOT NULL ORDER BY source, offset',
  )
    .raw()
    .iterate() as IterableIterator<[source: number, offset: number, host: string | null, at: number]>;
  const found: { source: number; before: TimedPlace; after: TimedPlace }[] = [];
  let current = -1;
  let count = 0;
  const last = new Map<string | null, TimedPlace>();
  for (const [source, offset, host, at] of rows) {
    if (source !== current) {
      current = source;
      count = 0;
      last.clear();
    }
    const before = last.get(host);
    if (before !== undefined && at < before.at - 1000 && count < most) {
      found.push({ source, before, after: { offset, at } });
      count += 1;
    }
    last.set(host, { offset, at });
  }
  return found;
}

/** An event that is stored. */
export function eventAt(db: Handle, source: number, offset: number): StoredEvent {
  const [event] = selectEvents(db, 'WHERE e.source = ? AND e.offset = ?', source, offset);
  if (event === undefined) throw new Error(`no event at ${source}:${offset}`);
  return event;
}

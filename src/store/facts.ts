import type { LogEvent, StoredEvent, Unmatched } from '../model.ts';
import { type Handle, prepared } from './open.ts';
import { beginReadingAgain } from './outbox.ts';
import { writeEvents, writeUnmatched } from './records.ts';

/** `samples`: a file of what other tools showed. */
export type SourceKind = 'log' | 'samples';

/** A log (or a file of samples) as the store knows it. Offsets and lengths are in bytes of the uncompressed content. */
export interface SourceRow {
  readonly id: number;
  readonly kind: SourceKind;
  readonly path: string;
  readonly host: string | null;
  readonly headLength: number;
  readonly headHash: string;
  readonly checkpoint: number;
  readonly checkpointLine: number;
  readonly bytes: number;
  readonly lines: number;
  readonly firstAt: number | null;
  readonly lastAt: number | null;
  readonly overlong: number;
}

export type NewSource = Omit<SourceRow, 'id'>;
/** The part of a row that reading changes. */
export type SourceProgress = Omit<NewSource, 'host' | 'kind'>;

/** What was read of one log since its last checkpoint. */
export interface Facts {
  readonly source: number;
  readonly events: readonly LogEvent[];
  readonly unmatched: readonly Unmatched[];
  /** The log's row as it is after these facts; its path is the one under which it was read last. */
  readonly progress: SourceProgress;
}

/** The values of a SourceRow. */
export const COLUMNS = `id, kind, path, host, head_length AS headLength, head_sha256 AS headHash, checkpoint,
  checkpoint_line AS checkpointLine, bytes, lines, first_at_ms AS firstAt, last_at_ms AS lastAt, overlong`;

/** Every log in the store, or every file of samples. */
export function sourceRows(db: Handle, kind: SourceKind = 'log'): SourceRow[] {
  return prepared(db, `SELECT ${COLUMNS} FROM sources WHERE kind = ? ORDER BY path, id`).all(kind) as SourceRow[];
}

/**
 * The logs that one with a head of `length` bytes may be: whose hash is among these, whose head is longer, or of which no
 * more than the path is sure. Of a thousand logs few are.
 */
export function similarSources(db: Handle, hashes: readonly string[], length: number, path: string): SourceRow[] {
  const sql = `SELECT ${COLUMNS} FROM sources WHERE kind = 'log' AND (head_length > ? OR (checkpoint = 0 AND bytes = 0 AND path = ?)
    OR head_sha256 IN (SELECT value FROM json_each(?))) ORDER BY path, id`;
  return prepared(db, sql).all(length, path, JSON.stringify(hashes)) as SourceRow[];
}

/** How long the heads are by which logs are known. */
export function headLengths(db: Handle): number[] {
  return prepared(db, "SELECT DISTINCT head_length FROM sources WHERE kind = 'log'").pluck().all() as number[];
}

/** Makes a row for a log not read before. */
export function addSource(db: Handle, source: NewSource): SourceRow {
  const { lastInsertRowid } = prepared(
    db,
    `INSERT INTO sources (kind, path, host, head_length, head_sha256, checkpoint, checkpoint_line, bytes, lines, first_at_ms, last_at_ms, overlong)
       VALUES (@kind, @path, @host, @headLength, @headHash, @checkpoint, @checkpointLine, @bytes, @lines, @firstAt, @lastAt, @overlong)`,
  ).run(source);
  return { ...source, id: Number(lastInsertRowid) };
}

/** Says what a log is whose first dated line is whole; what was said before stands, but of one of which nothing is sure. */
export function writeOrigin(db: Handle, source: number, origin: string): void {
  prepared(db, 'UPDATE sources SET origin = ? WHERE id = ? AND (origin IS NULL OR (checkpoint = 0 AND bytes = 0))').run(
    origin,
    source,
  );
}

/** Forgets what was read after a log's checkpoint: its last record may have grown since. */
export function forgetAfterCheckpoint(db: Handle, source: SourceRow): void {
  for (const table of ['events', 'unmatched']) {
    prepared(db, `DELETE FROM ${table} WHERE source = ? AND offset >= ?`).run(source.id, source.checkpoint);
  }
  beginReadingAgain(db, source.id, source.checkpoint);
}

/** Writes events, unmatched records and the checkpoint. Call inside a transaction. */
export function writeFacts(db: Handle, { source, events, unmatched, progress }: Facts): void {
  writeEvents(db, source, events);
  writeUnmatched(db, source, unmatched);
  writeProgress(db, source, progress);
}

/** Writes how far a source was read. Call inside the transaction that writes what was read. */
export function writeProgress(db: Handle, source: number, progress: SourceProgress): void {
  prepared(
    db,
    `UPDATE sources SET path = @path, head_length = @headLength, head_sha256 = @headHash, checkpoint = @checkpoint,
       checkpoint_line = @checkpointLine, bytes = @bytes, lines = @lines, first_at_ms = @firstAt, last_at_ms = @lastAt,
       overlong = @overlong WHERE id = @id`,
  ).run({ ...progress, id: source });
}

/** True where all of this is what is stored of a source's progress. */
export function isProgress(db: Handle, source: number, progress: SourceProgress): boolean {
  const row = prepared(db, `SELECT ${COLUMNS} FROM sources WHERE id = ?`).get(source) as SourceRow | undefined;
  return Object.entries(progress).every(([key, value]) => row?.[key as keyof SourceRow] === value);
}

const EVENT_COLUMNS = `e.source, s.path, e.offset, e.line, e.at_ms AS at, e.host, e.level, e.logger, e.pid,
  e.request_id AS requestId, e.instance, e.type, e.fields, e.text`;
const EVENTS = `SELECT ${EVENT_COLUMNS} FROM events e JOIN sources s ON s.id = e.source`;

/**
 * All events of an instance, and those without an instance that carry a request id of the instance's own work
 * (lifecycle and periodic lines keep the request id of whatever ran first in their thread, and do not count).
 */
export function eventsOfInstance(db: Handle, instance: string): StoredEvent[] {
  const own = selectEvents(db, 'WHERE e.instance = ?', instance);
  const requests = new Set(own.filter(ownsRequest).map(({ requestId }) => requestId));
  const joined = [...requests].flatMap((request) =>
    selectEvents(db, 'WHERE e.instance IS NULL AND e.request_id = ?', request as string),
  );
  return [...own, ...joined];
}

/** The first events of a source, of those that begin before an offset. */
export function firstEvents(db: Handle, source: number, before: number): { offset: number; text: string }[] {
  return db
    .prepare('SELECT offset, text FROM events WHERE source = ? AND offset < ? ORDER BY offset LIMIT 10')
    .all(source, before) as { offset: number; text: string }[];
}

/** The first eight digits of an instance, or all of it where another instance in the store begins with the same. */
export function shortName(db: Handle, instance: string): string {
  const short = instance.slice(0, 8);
  const before = prepared(db, 'SELECT 1 FROM events WHERE instance >= ? AND instance < ? LIMIT 1').get(short, instance);
  const after = prepared(db, 'SELECT 1 FROM events WHERE instance > ? AND instance < ? LIMIT 1').get(
    instance,
    `${short}~`,
  );
  return before === undefined && after === undefined ? short : instance;
}

/** Every instance that has an event, in the order of their first events, near which their others lie. */
export function instancesIn(db: Handle): string[] {
  const sql = `SELECT instance FROM events WHERE instance IS NOT NULL GROUP BY instance
    ORDER BY min(source), min(offset), instance`;
  return prepared(db, sql).pluck().all() as string[];
}

/** Events of one type that belong to a host rather than to an instance (option dumps), oldest first. */
export function hostEvents(db: Handle, type: string): StoredEvent[] {
  return selectEvents(db, 'WHERE e.instance IS NULL AND e.type = ? ORDER BY e.at_ms, s.path, e.offset', type);
}

/** The hosts that logs or lines name. */
export function hostsIn(db: Handle): string[] {
  const rows = prepared(
    db,
    "SELECT host FROM sources WHERE kind = 'log' UNION SELECT DISTINCT host FROM events ORDER BY 1",
  )
    .pluck()
    .all();
  return (rows as (string | null)[]).filter((host) => host !== null);
}

/** Time (ms) of the newest line of all logs; null where none has a time. */
export function newestLine(db: Handle): number | null {
  return prepared(db, "SELECT max(last_at_ms) FROM sources WHERE kind = 'log'").pluck().get() as number | null;
}

/** The first unmatched records of each file, by file and offset. */
export function unmatchedRows(db: Handle, most: number): (Unmatched & { source: number })[] {
  const rows = prepared(
    db,
    `SELECT u.source, s.path, u.offset, u.line, u.at_ms AS at, u.host, u.level, u.logger, u.instance, u.message, u.text
       FROM (SELECT *, row_number() OVER (PARTITION BY source ORDER BY offset) AS place FROM unmatched) u
       JOIN sources s ON s.id = u.source WHERE u.place <= ? ORDER BY s.path, u.offset`,
  ).all(most) as (Omit<Unmatched, 'ref'> & { source: number; path: string; line: number; offset: number })[];
  return rows.map(({ path, line, offset, ...rest }) => ({ ...rest, ref: { path, line, offset } }));
}

/** What is stored of a source: events and unmatched records. */
export interface FactCount {
  readonly events: number;
  readonly unmatched: number;
}

/** Number of stored events and unmatched records, by source. */
export function factCounts(db: Handle): Map<number, FactCount> {
  const unmatched = unmatchedCounts(db);
  const events = countsIn(db, 'events');
  const sources = new Set([...events.keys(), ...unmatched.keys()]);
  const countOf = (source: number) => ({ events: events.get(source) ?? 0, unmatched: unmatched.get(source) ?? 0 });
  return new Map([...sources].map((source) => [source, countOf(source)]));
}

/** Number of stored records that no grammar took, by source. */
export function unmatchedCounts(db: Handle): Map<number, number> {
  return countsIn(db, 'unmatched');
}

function countsIn(db: Handle, table: 'events' | 'unmatched'): Map<number, number> {
  const rows = prepared(db, `SELECT source, count(*) FROM ${table} GROUP BY source`).raw().all();
  return new Map(rows as [source: number, count: number][]);
}

/** The values of EVENT_COLUMNS. */
type EventRow = [
  ...[source: number, path: string, offset: number, line: number, at: number | null, host: string | null],
  ...[level: string | null, logger: string | null, pid: number | null, requestId: string | null],
  ...[instance: string | null, type: string, fields: string, text: string],
];

/**
 * Selects events `e` of sources `s`; `conditions` follow the tables. Rows come as arrays: as objects they take half as long
 * again, and a large store has millions.
 */
export function selectEvents(db: Handle, conditions: string, ...values: unknown[]): StoredEvent[] {
  return (
    prepared(db, `${EVENTS} ${conditions}`)
      .raw()
      .all(...values) as EventRow[]
  ).map(toEvent);
}

function toEvent(row: EventRow): StoredEvent {
  const [source, path, offset, line, at, host, level, logger, pid, requestId, instance, type, fields, text] = row;
  const ref = { path, line, offset };
  const parsed = JSON.parse(fields) as StoredEvent['fields'];
  return { source, at, host, level, logger, pid, requestId, instance, type, fields: parsed, text, ref };
}

const SHARED_REQUESTS = new Set([
  'lifecycle',
  'power-sync',
  'power-sync-pending',
  'power-sync-moved',
  'restart-in-migration',
  'domain-gone',
  'guest-defined',
]);

function ownsRequest({ type, requestId }: { type: string; requestId: string | null }): boolean {
  return requestId !== null && !SHARED_REQUESTS.has(type);
}

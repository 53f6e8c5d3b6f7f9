import { type Handle, prepared } from './open.ts';

/** Why a file holds its log no longer. */
export type EndedBy = 'rename' | 'truncate' | 'delete' | 'replace';

/** The file on disk that holds a log: device and inode number, in decimal. */
export interface GenerationRow {
  readonly source: number;
  readonly device: string;
  readonly inode: string;
  /** Null while the log is written; a file that was renamed holds it still. */
  readonly endedBy: EndedBy | null;
}

/** Bytes of a log that may have been written and could not be read. */
export interface LostRange {
  readonly source: number;
  readonly from: number;
  /** Null where nobody knows how far it reached. */
  readonly to: number | null;
  readonly reason: Exclude<EndedBy, 'rename'>;
  readonly noticedAt: number;
  /** Times (ms) of the lines before and after it, as far as known. */
  readonly after: number | null;
  readonly before: number | null;
}

/** Every log that was followed, with the file that held it last. */
export function generationRows(db: Handle): GenerationRow[] {
  return prepared(
    db,
    'SELECT source, device, inode, ended_by AS endedBy FROM generations ORDER BY source',
  ).all() as GenerationRow[];
}

/** Where the events of a source stand, in order; one at a time. */
export function eventPlaces(db: Handle, source: number): IterableIterator<{ offset: number; text: string }> {
  return db
    .prepare('SELECT offset, text FROM events WHERE source = ? ORDER BY offset')
    .iterate(source) as IterableIterator<{ offset: number; text: string }>;
}

/** Says which file holds a log from now on. Call inside a transaction. */
export function beginGeneration(
  db: Handle,
  source: number,
  { device, inode }: Pick<GenerationRow, 'device' | 'inode'>,
  at: number,
): void {
  prepared(
    db,
    `INSERT INTO generations (source, device, inode, begun_at_ms) VALUES (?, ?, ?, ?)
     ON CONFLICT (source) DO UPDATE SET device = excluded.device, inode = excluded.inode, ended_at_ms = NULL, ended_by = NULL`,
  ).run(source, device, inode, at);
}

/** Says that a file holds its log no longer. Call inside a transaction. */
export function endGeneration(db: Handle, source: number, by: EndedBy, at: number): void {
  prepared(db, 'UPDATE generations SET ended_at_ms = ?, ended_by = ? WHERE source = ? AND ended_by IS NULL').run(
    at,
    by,
    source,
  );
}

/** Says up to when (ms, the log's clock) a log was seen to say no more. Call inside a transaction. */
export function writeQuiet(db: Handle, source: number, until: number): void {
  prepared(db, 'UPDATE generations SET quiet_until_ms = max(coalesce(quiet_until_ms, 0), ?) WHERE source = ?').run(
    until,
    source,
  );
}

/** Up to when each followed log was seen to say no more, by source. */
export function quietTimes(db: Handle): Map<number, number> {
  const rows = prepared(
    db,
    'SELECT source, quiet_until_ms AS until FROM generations WHERE quiet_until_ms IS NOT NULL',
  ).all() as { source: number; until: number }[];
  return new Map(rows.map(({ source, until }) => [source, until]));
}

/** Records what may be lost; a range that begins at the same byte is replaced. Call inside a transaction. */
export function writeLost(db: Handle, { source, from, to, reason, noticedAt, after, before }: LostRange): void {
  prepared(
    db,
    `INSERT OR REPLACE INTO lost_ranges (source, from_offset, to_offset, reason, noticed_at_ms, after_ms, before_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  ).run(source, from, to, reason, noticedAt, after, before);
}

/** A copy of the log was read up to an offset: nothing before it is lost, and nothing at all where no byte was overwritten. */
export function shrinkLost(db: Handle, source: number, readTo: number): void {
  prepared(db, "DELETE FROM lost_ranges WHERE source = ? AND reason <> 'truncate'").run(source);
  prepared(db, 'UPDATE OR REPLACE lost_ranges SET from_offset = ? WHERE source = ? AND from_offset < ?').run(
    readTo,
    source,
    readTo,
  );
}

/** Says when the first line after a loss was written, where that is not known yet. Call inside a transaction. */
export function closeLost(db: Handle, source: number, before: number): void {
  prepared(db, 'UPDATE lost_ranges SET before_ms = ? WHERE source = ? AND before_ms IS NULL').run(before, source);
}

/** Everything that may be lost, by log and place. */
export function lostRanges(db: Handle): (LostRange & { readonly path: string })[] {
  return prepared(
    db,
    `SELECT source, path, from_offset AS "from", to_offset AS "to", reason, noticed_at_ms AS noticedAt,
       after_ms AS after, before_ms AS before
     FROM lost_ranges JOIN sources ON id = source ORDER BY path, from_offset`,
  ).all() as (LostRange & { path: string })[];
}

/** The place that a stream was stored up to, in its own words; null where none is kept. */
export function cursorOf(db: Handle, source: number): string | null {
  return (prepared(db, 'SELECT cursor FROM cursors WHERE source = ?').pluck().get(source) ?? null) as string | null;
}

/** Keeps a stream's place. Call inside the transaction that stores what was read up to there. */
export function writeCursor(db: Handle, source: number, cursor: string): void {
  prepared(db, 'INSERT OR REPLACE INTO cursors (source, cursor) VALUES (?, ?)').run(source, cursor);
}

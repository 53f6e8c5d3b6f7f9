import { addSource, type NewSource, type SourceProgress, writeProgress } from './facts.ts';
import type { LostRange } from './generations.ts';
import { type Handle, prepared } from './open.ts';
import type { Generation } from './publishable.ts';

/** A source that a node published: how the store knows it, which reading of it counts, and the newest statement about it. */
export interface CollectedRow {
  readonly source: number;
  readonly reading: number;
  readonly revision: number;
}

/** A node's source by the name that the node gives it; null where nothing of it has come yet. */
export function collectedRow(db: Handle, node: string, log: string): CollectedRow | null {
  const row = prepared(db, 'SELECT source, reading, revision FROM collected WHERE node = ? AND log = ?').get(node, log);
  return (row ?? null) as CollectedRow | null;
}

/** Makes a row for a source of which the first message has come, and nothing else is known. Call inside a transaction. */
export function addCollected(
  db: Handle,
  { node, log, reading }: { node: string; log: string; reading: number },
  source: NewSource,
): CollectedRow {
  const { id } = addSource(db, source);
  prepared(db, 'INSERT INTO collected (source, node, log, reading, revision) VALUES (?, ?, ?, ?, 0)').run(
    id,
    node,
    log,
    reading,
  );
  return { source: id, reading, revision: 0 };
}

/** Notes the newest reading of a source, or the newest statement about it. Call inside a transaction. */
export function writeCollected(db: Handle, { source, reading, revision }: CollectedRow): void {
  prepared(db, 'UPDATE collected SET reading = ?, revision = ? WHERE source = ?').run(reading, revision, source);
}

/** The instances that a source tells of. */
export function instancesOf(db: Handle, source: number): string[] {
  const sql = 'SELECT DISTINCT instance FROM events WHERE source = ? AND instance IS NOT NULL';
  return prepared(db, sql).pluck().all(source) as string[];
}

/** Drops all facts of a source: another reading of it has begun. Gives the instances they were of. Call inside a transaction. */
export function forgetFacts(db: Handle, source: number): string[] {
  const touched = instancesOf(db, source);
  for (const table of ['events', 'unmatched', 'samples', 'domains', 'lost_ranges', 'generations', 'open_records'])
    prepared(db, `DELETE FROM ${table} WHERE source = ?`).run(source);
  return touched;
}

/**
 * Makes room for a record: what stands at its place and was open goes. True where the record is to be written; false where
 * it is there already, closed. Call inside a transaction.
 */
export function makeRoom(db: Handle, source: number, offset: number): boolean {
  if (prepared(db, 'DELETE FROM open_records WHERE source = ? AND offset = ?').run(source, offset).changes > 0) {
    for (const table of ['events', 'unmatched'])
      prepared(db, `DELETE FROM ${table} WHERE source = ? AND offset = ?`).run(source, offset);
    return true;
  }
  return !TABLES.some(
    (table) => prepared(db, `SELECT 1 FROM ${table} WHERE source = ? AND offset = ?`).get(source, offset) !== undefined,
  );
}

const TABLES = ['events', 'unmatched', 'samples'] as const;

/** Drops the records of a source that were open. Gives the instances they were of. Call inside a transaction. */
export function forgetOpen(db: Handle, source: number): string[] {
  const touched = prepared(
    db,
    `SELECT DISTINCT instance FROM events WHERE source = @source AND instance IS NOT NULL
     AND offset IN (SELECT offset FROM open_records WHERE source = @source)`,
  )
    .pluck()
    .all({ source }) as string[];
  const offsets = prepared(db, 'DELETE FROM open_records WHERE source = ? RETURNING offset').pluck().all(source);
  for (const table of ['events', 'unmatched'])
    for (const offset of offsets)
      prepared(db, `DELETE FROM ${table} WHERE source = ? AND offset = ?`).run(source, offset);
  return touched;
}

/** Marks a record as open: it is replaced by what it becomes. Call inside a transaction. */
export function markOpen(db: Handle, source: number, offset: number): void {
  prepared(db, 'INSERT OR IGNORE INTO open_records (source, offset) VALUES (?, ?)').run(source, offset);
}

/** What a statement says of a source besides its records. */
export interface Stated {
  readonly host: string | null;
  readonly progress: SourceProgress;
  readonly generation: Generation | null;
  readonly lost: readonly Omit<LostRange, 'source'>[];
  readonly domains: readonly { readonly domain: string; readonly instance: string }[];
}

/** Replaces what is known of a source. Call inside a transaction. */
export function writeStated(db: Handle, source: number, { host, progress, generation, lost, domains }: Stated): void {
  writeProgress(db, source, progress);
  prepared(db, 'UPDATE sources SET host = ? WHERE id = ?').run(host, source);
  for (const table of ['generations', 'lost_ranges', 'domains'])
    prepared(db, `DELETE FROM ${table} WHERE source = ?`).run(source);
  if (generation !== null) {
    prepared(
      db,
      `INSERT INTO generations (source, device, inode, begun_at_ms, ended_at_ms, ended_by, quiet_until_ms)
       VALUES (@source, @device, @inode, @begunAt, @endedAt, @endedBy, @quietUntil)`,
    ).run({ source, ...generation });
  }
  for (const range of lost) {
    prepared(
      db,
      `INSERT OR REPLACE INTO lost_ranges (source, from_offset, to_offset, reason, noticed_at_ms, after_ms, before_ms)
       VALUES (@source, @from, @to, @reason, @noticedAt, @after, @before)`,
    ).run({ source, ...range });
  }
  for (const { domain, instance } of domains)
    prepared(db, 'INSERT OR IGNORE INTO domains (source, domain, instance) VALUES (?, ?, ?)').run(
      source,
      domain,
      instance,
    );
}

/** The consumers that this store has in a stream, with the stream's sequence number up to which all they gave is stored. */
export function consumerRows(db: Handle): { name: string; stored: number }[] {
  return prepared(db, 'SELECT name, stored FROM consumers ORDER BY name').all() as { name: string; stored: number }[];
}

/** Notes up to where all that a consumer gave is stored. Call inside a transaction. */
export function writeConsumer(db: Handle, name: string, stored: number): void {
  prepared(db, 'INSERT OR REPLACE INTO consumers (name, stored) VALUES (?, ?)').run(name, stored);
}

/** The instances whose migrations were begun by one of these requests. */
export function instancesOfRequests(db: Handle, requests: readonly string[]): string[] {
  return prepared(
    db,
    'SELECT DISTINCT instance FROM migrations WHERE request_id IN (SELECT value FROM json_each(?)) ORDER BY instance',
  )
    .pluck()
    .all(JSON.stringify(requests)) as string[];
}

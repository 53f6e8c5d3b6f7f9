import { type Handle, prepared } from './open.ts';

/** How far one source was published. */
export interface OutboxRow {
  readonly source: number;
  /** The source's name in the fleet, with the node's. */
  readonly log: string;
  /** When this reading of the source began (ms). */
  readonly reading: number;
  readonly publishedTo: number;
  /** Number of the newest statement about the source; hash of the one acknowledged last. */
  readonly revision: number;
  readonly told: string | null;
  /** Closed records end here (offset); null where nothing tells yet what the source is. */
  readonly checkpoint: number;
}

/** What was removed before it could be published: from the first record to the last, and their times (ms). */
export interface Dropped {
  readonly from: number;
  readonly to: number;
  readonly after: number | null;
  readonly before: number | null;
}

/**
 * Every source that can be named, with how far it was published; those that are new begin here (`now` in ms). Call inside
 * a transaction.
 */
export function outboxRows(db: Handle, now: number): OutboxRow[] {
  const unknown = prepared(
    db,
    `SELECT id, coalesce(origin, kind || ' ' || path || ' ' || coalesce(host, '')) AS log FROM sources s
     WHERE id NOT IN (SELECT source FROM outbox) AND (origin IS NOT NULL OR kind = 'samples'
       OR EXISTS (SELECT 1 FROM events WHERE source = s.id) OR EXISTS (SELECT 1 FROM unmatched WHERE source = s.id)
       OR EXISTS (SELECT 1 FROM lost_ranges WHERE source = s.id)
       OR (bytes > 0 AND EXISTS (SELECT 1 FROM generations WHERE source = s.id AND ended_by IS NOT NULL)))
     ORDER BY id`,
  ).all() as { id: number; log: string }[];
  for (const { id, log } of unknown) begin(db, id, log, now);
  return prepared(
    db,
    `SELECT source, log, reading, published_to AS publishedTo, revision, told, checkpoint
     FROM outbox JOIN sources ON id = source ORDER BY source`,
  ).all() as OutboxRow[];
}

/** Two logs of a node that cannot be told apart are numbered. */
function begin(db: Handle, source: number, log: string, now: number): void {
  const known = prepared(db, 'SELECT 1 FROM outbox WHERE log = ?');
  let name = log;
  for (let number = 2; known.get(name) !== undefined; number += 1) name = `${log}~${number}`;
  prepared(db, 'INSERT INTO outbox (source, log, reading, published_to, revision) VALUES (?, ?, ?, 0, 0)').run(
    source,
    name,
    now,
  );
}

/** What was published after an offset is read again, and may come out otherwise. Call inside the transaction that forgets it. */
export function beginReadingAgain(db: Handle, source: number, from: number): void {
  prepared(
    db,
    'UPDATE outbox SET reading = reading + 1, published_to = 0, told = NULL WHERE source = ? AND published_to > ?',
  ).run(source, from);
}

/** Notes that a source's closed records before an offset are acknowledged, if it is still the same reading. Call inside a transaction. */
export function markPublished(db: Handle, { source, reading }: OutboxRow, to: number): void {
  prepared(db, 'UPDATE outbox SET published_to = max(published_to, ?) WHERE source = ? AND reading = ?').run(
    to,
    source,
    reading,
  );
}

/** Gives the number of the next statement about a source; it is never given again. Call inside a transaction. */
export function nextRevision(db: Handle, source: number): number {
  return prepared(db, 'UPDATE outbox SET revision = revision + 1 WHERE source = ? RETURNING revision')
    .pluck()
    .get(source) as number;
}

/** Notes that a statement about a source is acknowledged, if no later one was made. Call inside a transaction. */
export function markTold(db: Handle, source: number, revision: number, told: string): void {
  prepared(db, 'UPDATE outbox SET told = ? WHERE source = ? AND revision = ?').run(told, source, revision);
}

/** A record that was removed. */
export interface Removed {
  readonly source: number;
  readonly offset: number;
  readonly at: number | null;
}

/** Notes which of these records the fleet will never have. Call inside the transaction that removes them. */
export function noteDropped(db: Handle, removed: readonly Removed[]): void {
  const note = prepared(
    db,
    `UPDATE outbox SET dropped = dropped + 1, dropped_from = min(coalesce(dropped_from, @offset), @offset),
       dropped_to = max(coalesce(dropped_to, @offset), @offset), after_ms = min(coalesce(after_ms, @at), coalesce(@at, after_ms)),
       before_ms = max(coalesce(before_ms, @at), coalesce(@at, before_ms))
     WHERE source = @source AND published_to <= @offset`,
  );
  for (const record of removed) note.run({ ...record });
}

/** How many records were removed before they could be published. */
export function droppedCount(db: Handle): number {
  return prepared(db, 'SELECT coalesce(sum(dropped), 0) FROM outbox').pluck().get() as number;
}

/** What was removed of a source before it could be published; null where nothing was. */
export function droppedOf(db: Handle, source: number): Dropped | null {
  const row = prepared(
    db,
    `SELECT dropped_from AS "from", dropped_to AS "to", after_ms AS after, before_ms AS before FROM outbox
     WHERE source = ? AND dropped > 0`,
  ).get(source);
  return (row ?? null) as Dropped | null;
}

/** Events and other records that wait to be published, and the time (ms) of the oldest; null where none waits. */
export function outboxState(db: Handle): { pending: number; oldestAt: number | null } {
  const sums = TABLES.map((table) => `(SELECT count(*) FROM ${table} t WHERE t.source = s.id AND ${WAITS})`);
  const firsts = TABLES.map(
    (table) => `(SELECT at_ms FROM ${table} t WHERE t.source = s.id AND ${WAITS} ORDER BY t.offset LIMIT 1)`,
  );
  const [pending, ...oldest] = prepared(
    db,
    `SELECT coalesce(sum(${sums.join(' + ')}), 0), ${firsts.map((first) => `min(${first})`).join(', ')} FROM sources s LEFT JOIN outbox o ON o.source = s.id`,
  )
    .raw()
    .get() as [number, ...(number | null)[]];
  const times = oldest.filter((at) => at !== null);
  return { pending, oldestAt: times.length === 0 ? null : Math.min(...times) };
}

/** Of a table `t` what is closed, and was not acknowledged. */
const WAITS = 't.offset >= coalesce(o.published_to, 0) AND t.offset < s.checkpoint';

const TABLES = ['events', 'unmatched', 'samples'] as const;

import { existsSync } from 'node:fs';
import { type Handle, prepared } from './open.ts';
import { noteDropped, type Removed } from './outbox.ts';

/** What is kept: events and results of migrations that are not older (ms since the epoch); null: all. */
export interface Keep {
  readonly eventsSince: number | null;
  readonly migrationsSince: number | null;
  /** True: what was not published yet stays, however old. */
  readonly unpublished?: boolean;
}

/** Rows a transaction: whoever writes to the store besides waits no longer than for these. */
const ROWS = 500;

/**
 * Removes one small part of what is no longer kept; false where there was nothing. A migration whose events go keeps its
 * result; what runs keeps its events. `isOpen`: logs that are followed now. Call inside a transaction of its own.
 */
export function prune(db: Handle, keep: Keep, isOpen: (source: number) => boolean): boolean {
  const { eventsSince, migrationsSince, unpublished = false } = keep;
  if (eventsSince !== null) finishBefore(db, eventsSince, isOpen);
  const events =
    eventsSince === null ? 0 : archiveBefore(db, eventsSince, unpublished) || looseBefore(db, eventsSince, unpublished);
  const results = migrationsSince === null ? 0 : resultsBefore(db, migrationsSince);
  const left = events + results > 0 ? 0 : emptySources(db, eventsSince, isOpen);
  return events + results + left > 0;
}

/** A log that is read to its end is read from its last record on once more; one that is too old no longer. */
function finishBefore(db: Handle, before: number, isOpen: (source: number) => boolean): void {
  const rows = prepared(db, 'SELECT id FROM sources WHERE last_at_ms < ? AND checkpoint < bytes').pluck().all(before);
  const finish = prepared(db, 'UPDATE sources SET checkpoint = bytes, checkpoint_line = lines + 1 WHERE id = ?');
  for (const id of rows as number[]) if (!isOpen(id)) finish.run(id);
}

/** Migrations that ended before, with all events that they were put together from. */
function archiveBefore(db: Handle, before: number, keepUnpublished: boolean): number {
  const ids = prepared(
    db,
    `SELECT id FROM migrations m WHERE outcome <> 'running' AND id NOT IN (SELECT migration FROM archived)
       ${keepUnpublished ? `AND NOT EXISTS (SELECT 1 FROM migration_events t WHERE t.migration = m.id AND ${UNPUBLISHED})` : ''}
       AND ? > (SELECT max(e.at_ms) FROM migration_events me JOIN events e ON e.source = me.source AND e.offset = me.offset
                WHERE me.migration = m.id) LIMIT 10`,
  )
    .pluck()
    .all(before) as string[];
  for (const id of ids) {
    prepared(
      db,
      'INSERT INTO archived (migration, events) SELECT ?, count(*) FROM migration_events WHERE migration = ?',
    ).run(id, id);
    const gone = prepared(
      db,
      `DELETE FROM events WHERE (source, offset) IN (SELECT source, offset FROM migration_events WHERE migration = ?)
         AND (source, offset) NOT IN (SELECT source, offset FROM migration_events WHERE migration <> ?)
       RETURNING source, offset, at_ms AS at`,
    ).all(id, id);
    noteDropped(db, gone as Removed[]);
    prepared(db, 'DELETE FROM migration_events WHERE migration = ?').run(id);
  }
  return ids.length;
}

/** Events that belong to no migration, unmatched records, samples. */
function looseBefore(db: Handle, before: number, keepUnpublished: boolean): number {
  const published = keepUnpublished ? `AND NOT ${UNPUBLISHED}` : '';
  const removed = LOOSE.flatMap(([table, loose]) => {
    const gone = prepared(
      db,
      `DELETE FROM ${table} WHERE (source, offset) IN (
         SELECT t.source, t.offset FROM ${table} t ${loose} ${published} LIMIT ${ROWS})
       RETURNING source, offset, at_ms AS at`,
    ).all(before);
    return gone as Removed[];
  });
  noteDropped(db, removed);
  return removed.length;
}

const LOOSE = [
  [
    'events',
    'LEFT JOIN migration_events me ON me.source = t.source AND me.offset = t.offset WHERE t.at_ms < ? AND me.migration IS NULL',
  ],
  ['unmatched', 'WHERE t.at_ms < ?'],
  ['samples', 'WHERE t.at_ms < ?'],
] as const;

/** A record `t` that the fleet does not have. */
const UNPUBLISHED = `NOT EXISTS (SELECT 1 FROM outbox o WHERE o.source = t.source AND t.offset < o.published_to)`;

function resultsBefore(db: Handle, before: number): number {
  const ids = prepared(
    db,
    `SELECT id FROM migrations WHERE outcome <> 'running' AND coalesce(ended_at_ms, started_at_ms) < ?
       AND id IN (SELECT migration FROM archived) LIMIT ${ROWS}`,
  )
    .pluck()
    .all(before) as string[];
  for (const id of ids) {
    for (const table of ['revealed', 'verdicts', 'settings', 'migration_events', 'announced', 'archived'])
      prepared(db, `DELETE FROM ${table} WHERE migration = ?`).run(id);
    prepared(db, 'DELETE FROM migrations WHERE id = ?').run(id);
  }
  return ids.length;
}

/** Logs of which nothing is left, here and on disk. One that is still there must stay known, or it would be read again. */
function emptySources(db: Handle, before: number | null, isOpen: (source: number) => boolean): number {
  if (before === null) return 0;
  const rows = prepared(
    db,
    `SELECT id, path FROM sources s WHERE last_at_ms < ? AND NOT EXISTS (SELECT 1 FROM events WHERE source = s.id)
       AND NOT EXISTS (SELECT 1 FROM unmatched WHERE source = s.id) AND NOT EXISTS (SELECT 1 FROM samples WHERE source = s.id)`,
  ).all(before) as { id: number; path: string }[];
  const gone = rows.filter(({ id, path }) => !isOpen(id) && !existsSync(path));
  for (const { id } of gone) {
    for (const table of ['generations', 'lost_ranges', 'cursors', 'outbox', 'collected', 'open_records'])
      prepared(db, `DELETE FROM ${table} WHERE source = ?`).run(id);
    prepared(db, 'DELETE FROM sources WHERE id = ?').run(id);
  }
  return gone.length;
}

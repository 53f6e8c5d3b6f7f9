import type { LogEvent, Unmatched } from '../model.ts';
import { forgetJudged } from './judged.ts';
import { type Handle, prepared } from './open.ts';

type Values = (string | number | null)[];

const EVENT_COLUMNS = 'offset, line, at_ms, host, level, logger, pid, request_id, instance, type, fields, text';
const UNMATCHED_COLUMNS = 'offset, line, at_ms, host, level, logger, instance, message, text';

/** Writes events of a source; those that are there already are replaced. Call inside a transaction. */
export function writeEvents(db: Handle, source: number, events: readonly LogEvent[]): void {
  if (events.length > 0) forgetJudged(db);
  const insert = prepared(
    db,
    `INSERT INTO events (source, ${EVENT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ${replacing(EVENT_COLUMNS)}`,
  );
  for (const event of events) insert.run(source, ...eventValues(event));
}

/** Writes records of a source that no grammar took, as events are written. Call inside a transaction. */
export function writeUnmatched(db: Handle, source: number, unmatched: readonly Unmatched[]): void {
  if (unmatched.length > 0) forgetJudged(db);
  const insert = prepared(
    db,
    `INSERT INTO unmatched (source, ${UNMATCHED_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ${replacing(UNMATCHED_COLUMNS)}`,
  );
  for (const each of unmatched) insert.run(source, ...unmatchedValues(each));
}

/**
 * What is at the place already is replaced. INSERT OR REPLACE, which may delete rows and then fail by a foreign key, keeps a
 * journal of each statement, which takes a quarter of its time.
 */
function replacing(columns: string): string {
  const others = columns.split(', ').slice(1);
  return `ON CONFLICT (source, offset) DO UPDATE SET ${others.map((name) => `${name} = excluded.${name}`).join(', ')}`;
}

/** True where exactly these records are stored of a source from an offset on. */
export function holdsFrom(
  db: Handle,
  { source, offset }: { source: number; offset: number },
  { events, unmatched }: { readonly events: readonly LogEvent[]; readonly unmatched: readonly Unmatched[] },
): boolean {
  const stored = (table: string, columns: string) =>
    prepared(db, `SELECT ${columns} FROM ${table} WHERE source = ? AND offset >= ? ORDER BY offset`)
      .raw()
      .all(source, offset);
  return (
    JSON.stringify(stored('events', EVENT_COLUMNS)) === JSON.stringify(events.map(eventValues)) &&
    JSON.stringify(stored('unmatched', UNMATCHED_COLUMNS)) === JSON.stringify(unmatched.map(unmatchedValues))
  );
}

/** In the order of EVENT_COLUMNS. */
function eventValues(e: LogEvent): Values {
  const { offset, line } = e.ref;
  const fields = JSON.stringify(e.fields);
  return [offset, line, e.at, e.host, e.level, e.logger, e.pid, e.requestId, e.instance, e.type, fields, e.text];
}

/** In the order of UNMATCHED_COLUMNS. */
function unmatchedValues(u: Unmatched): Values {
  const { offset, line } = u.ref;
  return [offset, line, u.at, u.host, u.level, u.logger, u.instance, u.message, u.text];
}

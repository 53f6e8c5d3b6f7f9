import type { LogEvent, Unmatched } from '../model.ts';
import { type Handle, prepared } from './open.ts';

/** Writes events of a source; those that are there already are replaced. Call inside a transaction. */
export function writeEvents(db: Handle, source: number, events: readonly LogEvent[]): void {
  const insert = prepared(
    db,
    `INSERT OR REPLACE INTO events (source, offset, line, at_ms, host, level, logger, pid, request_id, instance, type, fields, text)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  for (const e of events) {
    const { offset, line } = e.ref;
    const fields = JSON.stringify(e.fields);
    insert.run(
      source,
      offset,
      line,
      e.at,
      e.host,
      e.level,
      e.logger,
      e.pid,
      e.requestId,
      e.instance,
      e.type,
      fields,
      e.text,
    );
  }
}

/** Writes records of a source that no grammar took, as events are written. Call inside a transaction. */
export function writeUnmatched(db: Handle, source: number, unmatched: readonly Unmatched[]): void {
  const insert = prepared(
    db,
    `INSERT OR REPLACE INTO unmatched (source, offset, line, at_ms, host, level, logger, instance, message, text)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  for (const u of unmatched) {
    const { offset, line } = u.ref;
    insert.run(source, offset, line, u.at, u.host, u.level, u.logger, u.instance, u.message, u.text);
  }
}

import type { Sample, StoredEvent, Unmatched } from '../model.ts';
import { COLUMNS, type SourceRow, selectEvents } from './facts.ts';
import type { EndedBy, LostRange } from './generations.ts';
import { type Handle, prepared } from './open.ts';
import { SAMPLE_COLUMNS, type SampleRow, toSample } from './samples.ts';

/** A part of a source: records that begin at `from` or later, and before `to`; at most so many. */
export interface Part {
  readonly source: number;
  readonly from: number;
  readonly to: number;
  readonly most: number;
}

/** The events of a part of a source, in order. */
export function eventsIn(db: Handle, { source, from, to, most }: Part): StoredEvent[] {
  const conditions = 'WHERE e.source = ? AND e.offset >= ? AND e.offset < ? ORDER BY e.offset LIMIT ?';
  return selectEvents(db, conditions, source, from, to, most);
}

/** The records of a part of a source that no grammar took, in order. */
export function unmatchedIn(db: Handle, { source, from, to, most }: Part): Unmatched[] {
  const rows = prepared(
    db,
    `SELECT path, offset, line, at_ms AS at, u.host, level, logger, instance, message, text
     FROM unmatched u JOIN sources s ON s.id = u.source
     WHERE source = ? AND offset >= ? AND offset < ? ORDER BY offset LIMIT ?`,
  ).all(source, from, to, most) as (Omit<Unmatched, 'ref'> & Unmatched['ref'])[];
  return rows.map(({ path, line, offset, ...rest }) => ({ ...rest, ref: { path, line, offset } }));
}

/** The samples of a part of a source, in order. */
export function samplesIn(db: Handle, { source, from, to, most }: Part): Sample[] {
  const rows = prepared(
    db,
    `SELECT ${SAMPLE_COLUMNS} FROM samples p JOIN sources s ON s.id = p.source
     WHERE p.source = ? AND p.offset >= ? AND p.offset < ? ORDER BY p.offset LIMIT ?`,
  ).all(source, from, to, most) as SampleRow[];
  return rows.map(toSample);
}

/** A source's row. Throws where there is none. */
export function sourceRow(db: Handle, id: number): SourceRow {
  const row = prepared(db, `SELECT ${COLUMNS} FROM sources WHERE id = ?`).get(id);
  if (row === undefined) throw new Error(`no source ${id}`);
  return row as SourceRow;
}

/** The file on disk that holds a log, and up to when (ms, the log's clock) it was seen to say no more. */
export interface Generation {
  readonly device: string;
  readonly inode: string;
  readonly begunAt: number;
  readonly endedAt: number | null;
  readonly endedBy: EndedBy | null;
  readonly quietUntil: number | null;
}

/** The file that holds a log, where it is followed. */
export function generationOf(db: Handle, source: number): Generation | null {
  const row = prepared(
    db,
    `SELECT device, inode, begun_at_ms AS begunAt, ended_at_ms AS endedAt, ended_by AS endedBy, quiet_until_ms AS quietUntil
     FROM generations WHERE source = ?`,
  ).get(source);
  return (row ?? null) as Generation | null;
}

/** What may be lost of a source. */
export function lostOf(db: Handle, source: number): Omit<LostRange, 'source'>[] {
  return prepared(
    db,
    `SELECT from_offset AS "from", to_offset AS "to", reason, noticed_at_ms AS noticedAt, after_ms AS after, before_ms AS before
     FROM lost_ranges WHERE source = ? ORDER BY from_offset`,
  ).all(source) as Omit<LostRange, 'source'>[];
}

/** libvirt's names for instances that a file of samples shows. */
export function domainsOf(db: Handle, source: number): { domain: string; instance: string }[] {
  return prepared(db, 'SELECT domain, instance FROM domains WHERE source = ? ORDER BY domain, instance').all(
    source,
  ) as { domain: string; instance: string }[];
}

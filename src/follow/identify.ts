import { knownSource, UNREAD } from '../known-source.ts';
import { rotationOf } from '../nova/rotation.ts';
import { addSource, type SourceRow, sourceRows } from '../store/facts.ts';
import { endGeneration, eventPlaces, generationRows, writeLost } from '../store/generations.ts';
import type { Handle } from '../store/open.ts';
import type { LogFile } from '../tail/discover.ts';
import { type FileId, keyOf } from '../tail/file-id.ts';
import type { GrowingFile } from '../tail/growing.ts';
import { HEAD_BYTES, hashOf } from '../tail/identity.ts';

/** A file that holds a log and is there now. */
export interface Holder {
  readonly path: string;
  /** Null where it was read to its end and closed. */
  readonly file: GrowingFile | null;
  readonly unlinked: boolean;
}

/** Which log a file holds. */
export interface Identity {
  readonly row: SourceRow;
  /** `copy`: another file holds that log, and is open. */
  readonly kind: 'new' | 'known' | 'copy';
  /** The log that the file held before it was written anew. */
  readonly replaces: number | null;
}

/**
 * Tells which log a file holds: by device and inode and the beginning, if it was followed before; else by its beginning,
 * unless another file that is still there holds that log. A row is made where it is a new one. Call inside a transaction.
 */
export function identify(
  db: Handle,
  { path, host }: LogFile,
  file: GrowingFile,
  holderOf: (source: number) => Holder | null,
  now: number,
): Identity {
  const [id, head, { size }] = [file.id, file.head(HEAD_BYTES), file.state()];
  const rows = new Map(sourceRows(db).map((row) => [row.id, row]));
  let replaces: number | null = null;
  for (const { source } of generationRows(db).toReversed().filter(isHeldBy(id))) {
    const row = rows.get(source);
    if (row === undefined) continue;
    const begins = head.length >= row.headLength && hashOf(head.subarray(0, row.headLength)) === row.headHash;
    if (begins && size >= row.checkpoint) return { row, kind: 'known', replaces };
    loseRest(db, row, rotationOf(row.path).set === rotationOf(path).set ? 'truncate' : 'replace', now);
    const kept = keptPart(db, row, file);
    if (kept > 0) return { row: rowFrom(db, { path, host }, file, kept), kind: 'new', replaces: row.id };
    replaces = row.id;
  }
  const known = knownSource(db, path, host, head);
  const holder = known === null ? null : holderOf(known.id);
  if (known !== null && holder === null) return { row: known, kind: 'known', replaces };
  if (known !== null && holder !== null && isCopy({ path, size, file }, holder, known))
    return { row: known, kind: holder.file === null ? 'known' : 'copy', replaces };
  return { row: newRow(db, { path, host }), kind: 'new', replaces };
}

/** A row for a log of which nothing was read. */
export function newRow(db: Handle, { path, host }: LogFile): SourceRow {
  return addSource(db, { kind: 'log', path, host, headLength: 0, headHash: hashOf(Buffer.alloc(0)), ...UNREAD });
}

/** A row for what stands in a file from an offset on: what stands before was read, or is not wanted. */
export function rowFrom(db: Handle, file: LogFile, open: GrowingFile, from: number): SourceRow {
  const { offset, line } = open.linesBefore(from);
  return { ...newRow(db, file), checkpoint: offset, checkpointLine: line, bytes: offset, lines: line - 1 };
}

/**
 * Where a log was cut off that keeps its beginning: after the last of its events that still stands at its place. 0 where
 * none does.
 */
export function keptPart(db: Handle, { id }: SourceRow, file: GrowingFile): number {
  let kept = 0;
  for (const { offset, text } of eventPlaces(db, id)) {
    const end = file.endOfLine(offset, text);
    if (end === null) return kept;
    kept = end;
  }
  return kept;
}

/** Ends a log whose file was written anew; what came after the part that was read may be lost. Call inside a transaction. */
export function loseRest(db: Handle, row: SourceRow, reason: 'truncate' | 'replace' | 'delete', now: number): void {
  endGeneration(db, row.id, reason, now);
  writeLost(db, { source: row.id, from: row.bytes, to: null, reason, noticedAt: now, after: row.lastAt, before: null });
}

function isHeldBy(id: FileId) {
  return ({ device, inode, endedBy }: { device: string; inode: string; endedBy: string | null }) =>
    keyOf({ device, inode }) === keyOf(id) && (endedBy === null || endedBy === 'rename');
}

/** Below this, two logs may begin alike without being one. */
const TELLING_BYTES = 1024;
const COMPARED_BYTES = 4 * 1024 * 1024;

/**
 * A new log under the name of another may begin as that did; it is that one, copied, only where it holds all that was read
 * of it, and the other is gone. A file elsewhere, or with a rotated name, that begins alike is a copy.
 */
function isCopy(one: { path: string; size: number; file: GrowingFile }, holder: Holder, row: SourceRow): boolean {
  const [here, there] = [rotationOf(one.path), rotationOf(holder.path)];
  if (here.set === there.set && here.age === 0) {
    const whole = holder.unlinked && row.bytes >= TELLING_BYTES && one.size >= row.bytes;
    return whole && holder.file !== null && one.file.beginsAs(holder.file, row.bytes);
  }
  if (holder.file === null || hashOf(holder.file.head(row.headLength)) !== row.headHash) return true;
  return one.file.beginsAs(holder.file, Math.min(one.size, holder.file.state().size, COMPARED_BYTES));
}

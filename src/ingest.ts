import { BatchWriter, type WriteOptions } from './batch-writer.ts';
import { isUnread, sourceFor, UNREAD } from './known-source.ts';
import { contextOf, HostOffsets, type ReadOptions } from './log-context.ts';
import { wasMisread } from './log-extent.ts';
import { rotationOf } from './nova/rotation.ts';
import { type Head, PackedLogs } from './packed-logs.ts';
import type { LogContext } from './pipeline.ts';
import { beginClock, type Part, partsOf } from './read-log.ts';
import { partsByPieces } from './read-pieces.ts';
import { Readers } from './readers.ts';
import { type SourceRow, sourceRows } from './store/facts.ts';
import { guarded, type Handle } from './store/open.ts';
import { attempt, InputError, isCompressed, statOf } from './tail/bytes.ts';
import type { LogFile } from './tail/discover.ts';
import { HEAD_BYTES, hashOf } from './tail/identity.ts';
import { Input } from './tail/input.ts';
import { lookAt, threadsFor } from './threads.ts';
import { Turns } from './turns.ts';

/** How far reading has come, for a progress bar: up to which byte; told first where it begins. */
export type Progress = (path: string, done: number) => void;

/** What an ingest did: which sources were read, what could not be read, what was read but for a part. */
export interface Ingested {
  readonly sources: readonly number[];
  readonly problems: readonly InputError[];
  readonly notes: readonly Error[];
}

export interface IngestOptions extends ReadOptions, WriteOptions {
  readonly progress: Progress;
  /** Threads that read, of which this one is the first; by default as many as there are processors, four at most. */
  readonly threads?: number;
}

/**
 * Reads logs into the store. Each batch is one transaction: facts, checkpoint and derived rows. What was read before is
 * not read again; a log that cannot be read (further) is told in `problems`, and the others are read all the same.
 */
export async function ingestLogs(db: Handle, files: readonly LogFile[], options: IngestOptions): Promise<Ingested> {
  const problems: InputError[] = [];
  const sources = new Set<number>();
  // Threads take a while to begin.
  const { others, unpacking } = threadsFor(files, options);
  const readers = new Readers(others, options.user);
  const packed = new PackedLogs(unpacking);
  try {
    const offsets = await HostOffsets.learn(files, options, problems);
    const ingest = new Ingest(db, options, offsets, { readers, packed }, (id) => sources.add(id));
    const large = largeLogs(files);
    await readLarge(ingest, large, problems);
    const read = new Set(large);
    for (const file of files) if (!read.has(file)) await attempt(problems, () => ingest.log(file));
  } finally {
    await Promise.all([readers.close(), packed.close()]);
  }
  const cut = sourceRows(db).filter(({ id, overlong }) => sources.has(id) && overlong > 0);
  const notes = cut.map(
    ({ path, overlong }) =>
      new InputError(`${path}: ${overlong} of its lines are longer than 1 MiB; what is beyond was not looked at`),
  );
  return { sources: [...sources], problems, notes };
}

/** The logs that are recognised by a whole head, whatever else was stored before, and nothing of whose rotated set before them is left over. */
function largeLogs(files: readonly LogFile[]): LogFile[] {
  const leftOver = new Set<string>();
  return files.filter(({ path }) => {
    const { set } = rotationOf(path);
    const isLarge = lookAt(path).size > 2 * HEAD_BYTES && !leftOver.has(set);
    if (!isLarge) leftOver.add(set);
    return isLarge;
  });
}

/** Files of one rotated set, and copies of one log, are stored one after the other; all others side by side. */
async function readLarge(ingest: Ingest, files: readonly LogFile[], problems: InputError[]): Promise<void> {
  const last = new Map<string, Promise<void>>();
  const jobs: Promise<void>[] = [];
  const turns = new Turns(SIDE_BY_SIDE);
  // Rows are made in the order of files, so that a store does not depend on which log is read faster.
  for (const file of files) {
    await attempt(problems, async () => {
      const { row, isPlanned } = await ingest.plan(file);
      const keys = [`set ${rotationOf(file.path).set}`, `log ${row.id}`];
      const store = () => attempt(problems, () => ingest.log(file)).finally(() => ingest.drop(file));
      // What another thread reads needs no turn; and it may have to be stored first for that thread to go on.
      const read = () => (isPlanned ? store() : turns.take(store));
      const job = Promise.all(keys.map((key) => last.get(key))).then(read);
      for (const key of keys) last.set(key, job);
      jobs.push(job);
    });
  }
  await Promise.all(jobs);
}

/** Logs whose pieces are read at the same time. */
const SIDE_BY_SIDE = 2;

/** A log whose head was read: what it is, how it is to be read, what the store knows of it. */
interface Opened {
  readonly input: Input;
  readonly head: Head;
  readonly context: LogContext;
  readonly row: SourceRow;
  readonly size: number | null;
  readonly isPacked: boolean;
  readonly firstAt: number | null;
}

class Ingest {
  readonly #db: Handle;
  readonly #options: IngestOptions;
  readonly #offsets: HostOffsets;
  readonly #threads: { readonly readers: Readers; readonly packed: PackedLogs };
  readonly #begun: (id: number) => void;
  /** Time of the last line of the file read last, by rotated set: in a doubled hour the next file follows it. */
  readonly #ends = new Map<string, number>();

  constructor(
    db: Handle,
    options: IngestOptions,
    offsets: HostOffsets,
    threads: { readonly readers: Readers; readonly packed: PackedLogs },
    begun: (id: number) => void,
  ) {
    this.#db = db;
    this.#options = options;
    this.#offsets = offsets;
    this.#threads = threads;
    this.#begun = begun;
  }

  async open(file: LogFile): Promise<Opened> {
    const { size, changedAt } = statOf(file.path);
    const input = await Input.open(file.path);
    const context = contextOf(file, input.head, this.#options, this.#offsets, changedAt);
    const before = this.#ends.get(rotationOf(file.path).set) ?? null;
    const firstAt = beginClock(context, input.head, before);
    const host = context.statedHost ?? context.pathHost;
    const head = { length: input.head.length, hash: hashOf(input.head) };
    const row = guarded(this.#options.storePath, () =>
      sourceFor(this.#db, { path: context.path, host, head: input.head, headHash: head.hash }),
    );
    return { input, head, context, row, size, isPacked: size !== null && isCompressed(file.path), firstAt };
  }

  /** Makes a log's row; a packed one is read by another thread from now on, if there is one. Logs are planned in the order in which they are read. */
  async plan(file: LogFile): Promise<{ row: SourceRow; isPlanned: boolean }> {
    const opened = await this.open(file);
    const { row, context, isPacked, head } = opened;
    const place = { path: file.path, head, start: startOf(rowToGoOn(file, opened)) };
    const isPlanned = isPacked && this.#threads.packed.plan(place, context);
    return { row, isPlanned };
  }

  /** To be called when a log that was planned has been read, or cannot be. */
  drop({ path }: LogFile): void {
    this.#threads.packed.drop(path);
  }

  /** Reads one log. Throws InputError, with what came before it stored. */
  async log(file: LogFile): Promise<void> {
    const opened = await this.open(file);
    const { head, context, firstAt } = opened;
    const row = rowToGoOn(file, opened);
    this.#begun(row.id);
    const start = startOf(row);
    this.#options.progress(file.path, start.offset);
    if (row.checkpoint > 0 && row.lastAt !== null) context.clock.resumeAfter(row.lastAt);
    const grown = { headLength: head.length, headHash: head.hash, firstAt };
    const writer = new BatchWriter(this.#db, row, grown, this.#options);
    for await (const part of this.#parts(file, opened, start)) {
      this.#options.progress(file.path, part.read);
      if (part.end === null) writer.add(part);
      else this.#finish(file, writer.finish(part), part.end.problem);
    }
  }

  #parts({ path }: LogFile, opened: Opened, start: Part['checkpoint']): AsyncIterable<Part> {
    const { input, head, context, size, isPacked } = opened;
    // Records must be told apart by their first lines, wherever reading begins.
    const inPieces = size !== null && !isPacked && !context.parts && !context.bare;
    const { packed, readers } = this.#threads;
    if (!inPieces) return packed.parts({ path, head, start }, context) ?? partsOf(input, context, start);
    return partsByPieces(readers, { path, head: input.head, size, context }, start);
  }

  #finish({ path }: LogFile, lastAt: number | null, problem: string | null): void {
    if (lastAt !== null) this.#ends.set(rotationOf(path).set, lastAt);
    if (problem !== null) throw new InputError(problem);
  }
}

function startOf({ checkpoint, checkpointLine }: SourceRow): Part['checkpoint'] {
  return { offset: checkpoint, line: checkpointLine };
}

/** The log's row with the path that it is known by from now on; as if unread where what is stored of it was misread, or came out of a damaged file. */
function rowToGoOn(file: LogFile, { context, row, size, isPacked, firstAt }: Opened): SourceRow {
  const { path } = context;
  const shorter = size !== null && !isPacked && size < row.bytes;
  const whole = path === row.path || (size ?? 0) >= row.bytes;
  const misread = whole && wasMisread(row.firstAt, firstAt);
  return {
    ...row,
    ...(misread ? UNREAD : {}),
    ...(isUnread(row) ? { ...UNREAD, headLength: 0 } : {}),
    path: file.path === '-' || shorter ? row.path : path,
  };
}

import { contextOf, HostOffsets, type ReadOptions } from './log-context.ts';
import { firstTime, headLines, LastBytes, wasMisread } from './log-extent.ts';
import type { LogEvent, Unmatched } from './model.ts';
import { rotationOf } from './nova/rotation.ts';
import { type Fact, type LogContext, Pipeline } from './pipeline.ts';
import {
  addSource,
  type Facts,
  firstEvents,
  forgetAfterCheckpoint,
  type SourceRow,
  sourceRows,
  writeFacts,
} from './store/facts.ts';
import { guarded, type Handle } from './store/open.ts';
import { attempt, InputError, isCompressed, statOf } from './tail/bytes.ts';
import type { LogFile } from './tail/discover.ts';
import { hashOf, recogniseFile, recogniseOlderCopy } from './tail/identity.ts';
import { Input } from './tail/input.ts';

/** How far reading has come, for a progress bar. `total` is null for what has no size. */
export type Progress = (path: string, done: number, total: number | null) => void;

/** What an ingest did: which sources were read, what could not be read, what was read but for a part. */
export interface Ingested {
  readonly sources: readonly number[];
  readonly problems: readonly InputError[];
  readonly notes: readonly Error[];
}

export interface IngestOptions extends ReadOptions {
  /** Called inside each transaction with the events it holds: derives what they touch again. */
  readonly derive: (events: readonly LogEvent[]) => void;
  readonly progress: Progress;
  readonly storePath: string;
}

/**
 * Reads logs into the store. Each batch is one transaction: facts, checkpoint and derived rows. What was read before is
 * not read again; a log that cannot be read (further) is told in `problems`, and the others are read all the same.
 */
export async function ingestLogs(db: Handle, files: readonly LogFile[], options: IngestOptions): Promise<Ingested> {
  const problems: InputError[] = [];
  const sources = new Set<number>();
  const offsets = await HostOffsets.learn(files, options, problems);
  const ends: SetEnds = new Map();
  for (const file of files) {
    await attempt(problems, () => ingestLog(db, file, options, { offsets, ends }, (id) => sources.add(id)));
  }
  const cut = sourceRows(db).filter(({ id, overlong }) => sources.has(id) && overlong > 0);
  const notes = cut.map(
    ({ path, overlong }) =>
      new InputError(`${path}: ${overlong} of its lines are longer than 1 MiB; what is beyond was not looked at`),
  );
  return { sources: [...sources], problems, notes };
}

/** Time of the last line of the file read last, by rotated set: in a doubled hour the next file follows it. */
type SetEnds = Map<string, number>;

async function ingestLog(
  db: Handle,
  file: LogFile,
  options: IngestOptions,
  { offsets, ends }: { offsets: HostOffsets; ends: SetEnds },
  begun: (id: number) => void,
): Promise<void> {
  const { size, changedAt } = statOf(file.path);
  const input = await Input.open(file.path);
  const { head } = input;
  const context = contextOf(file, head, options, offsets, changedAt);
  const host = context.statedHost ?? context.pathHost;
  const { set } = rotationOf(file.path);
  const before = ends.get(set);
  if (before !== undefined) context.clock.resumeAfter(before);
  const firstAt = firstTime(headLines(head), context.clock);
  const stored = guarded(options.storePath, () => sourceFor(db, context.path, host, head));
  const shorter = size !== null && !isCompressed(file.path) && size < stored.bytes;
  const path = file.path === '-' || shorter ? stored.path : context.path;
  const whole = context.path === stored.path || (size ?? 0) >= stored.bytes;
  const row = { ...stored, ...(whole && wasMisread(stored.firstAt, firstAt) ? UNREAD : {}), path };
  begun(row.id);
  if (row.checkpoint > 0 && row.lastAt !== null) context.clock.resumeAfter(row.lastAt);
  const writer = new BatchWriter(db, row, head, firstAt, context, options);
  const pipeline = new Pipeline(context, { offset: row.checkpoint, line: row.checkpointLine });
  let done = row.checkpoint;
  const tail = new LastBytes();
  try {
    for await (const block of input.blocks(row.checkpoint)) {
      writer.add(pipeline.push(block), pipeline);
      tail.add(block);
      done += block.length;
      options.progress(file.path, done, size);
    }
  } finally {
    const lastAt = writer.finish(pipeline, done, tail.text);
    if (lastAt !== null) ends.set(set, lastAt);
  }
}

/** The log's row, made where there is none; in one transaction, for two programs may begin with the same log at once. */
function sourceFor(db: Handle, path: string, host: string | null, head: Buffer): SourceRow {
  return db
    .transaction(() => {
      const identity = { headLength: head.length, headHash: hashOf(head) };
      return knownSource(db, path, host, head) ?? addSource(db, { kind: 'log', path, host, ...identity, ...UNREAD });
    })
    .immediate();
}

/** The row of a log that was read before, under whatever name; a log that was empty has no more than its name. */
export function knownSource(db: Handle, path: string, host: string | null, head: Buffer): SourceRow | null {
  const known = sourceRows(db);
  const match =
    recogniseFile(head, host, known) ??
    recogniseOlderCopy(head, host, known, ({ id }) => firstEvents(db, id, head.length)) ??
    known.find((row) => row.headLength === 0 && row.path === path);
  return known.find(({ id }) => id === match?.id) ?? null;
}

/** The progress of a log of which nothing was read yet. */
export const UNREAD = {
  checkpoint: 0,
  checkpointLine: 1,
  bytes: 0,
  lines: 0,
  firstAt: null,
  lastAt: null,
  overlong: 0,
};

/** Events a transaction; large batches cost least. */
const BATCH = 10_000;

class BatchWriter {
  readonly #db: Handle;
  readonly #row: SourceRow;
  readonly #head: Buffer;
  readonly #firstAt: number | null;
  readonly #context: LogContext;
  readonly #options: IngestOptions;
  #events: LogEvent[] = [];
  #unmatched: Unmatched[] = [];
  #begun = false;

  constructor(
    db: Handle,
    row: SourceRow,
    head: Buffer,
    firstAt: number | null,
    context: LogContext,
    options: IngestOptions,
  ) {
    this.#db = db;
    this.#row = row;
    this.#head = head;
    this.#firstAt = firstAt;
    this.#context = context;
    this.#options = options;
  }

  add(facts: readonly Fact[], pipeline: Pipeline): void {
    this.#collect(facts);
    if (this.#events.length + this.#unmatched.length >= BATCH) this.#write(pipeline.checkpoint, {});
  }

  /**
   * Stores what the end of the input closes too, but goes on from before it: a last record may still grow. An input that
   * ends before what was read of the log already is an older copy, and adds nothing.
   */
  finish(pipeline: Pipeline, bytes: number, tail: string): number | null {
    if (bytes < this.#row.bytes) return this.#row.lastAt;
    const checkpoint = pipeline.checkpoint;
    this.#collect(pipeline.end());
    const lines = Math.max(pipeline.lines, this.#row.lines);
    const times = this.#extent(tail);
    const overlong = this.#row.overlong + pipeline.overlong;
    this.#write(checkpoint, { bytes, lines, overlong, ...times });
    return times.lastAt;
  }

  #collect(facts: readonly Fact[]): void {
    for (const fact of facts) {
      if (fact.kind === 'event') this.#events.push(fact.event);
      else this.#unmatched.push(fact.unmatched);
    }
  }

  #write(checkpoint: { offset: number; line: number }, extent: Partial<Facts['progress']>): void {
    const [events, unmatched] = [this.#events, this.#unmatched];
    this.#events = [];
    this.#unmatched = [];
    const row = this.#row;
    const place = {
      checkpoint: Math.max(checkpoint.offset, row.checkpoint),
      checkpointLine: Math.max(checkpoint.line, row.checkpointLine),
    };
    const { path, bytes, lines, firstAt, lastAt, overlong } = row;
    const grown =
      this.#head.length > row.headLength
        ? { headLength: this.#head.length, headHash: hashOf(this.#head) }
        : { headLength: row.headLength, headHash: row.headHash };
    const progress = { path, bytes, lines, firstAt, lastAt, overlong, ...grown, ...place, ...extent };
    guarded(this.#options.storePath, () =>
      this.#db
        .transaction(() => {
          if (!this.#begun) forgetAfterCheckpoint(this.#db, row);
          writeFacts(this.#db, { source: row.id, events, unmatched, progress });
          this.#options.derive(events);
        })
        .immediate(),
    );
    this.#begun = true;
  }

  /** Times of the first and the last record in the log, whatever they say. */
  #extent(tail: string): { firstAt: number | null; lastAt: number | null } {
    const last = firstTime(tail.split('\n').reverse(), this.#context.clock);
    const firstAt = this.#row.firstAt ?? this.#firstAt;
    return { firstAt, lastAt: last ?? this.#row.lastAt ?? firstAt };
  }
}

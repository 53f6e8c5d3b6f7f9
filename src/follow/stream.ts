import { UNREAD } from '../known-source.ts';
import { contextOf, type HostOffsets, type ReadOptions } from '../log-context.ts';
import { firstTime, headLines, LastBytes } from '../log-extent.ts';
import { type Fact, type LogContext, Pipeline } from '../pipeline.ts';
import { forgetAfterCheckpoint, type SourceRow, sourceRows, writeFacts } from '../store/facts.ts';
import { cursorOf, writeCursor } from '../store/generations.ts';
import type { Handle } from '../store/open.ts';
import { HEAD_BYTES, hashOf } from '../tail/identity.ts';
import { isJournal, JournalCut } from '../tail/journal.ts';
import { newRow } from './identify.ts';
import type { LiveJudge } from './live-judge.ts';
import type { Writer } from './writer.ts';

/** More than this (bytes) is not taken while the store cannot be written. */
const MOST_WAITING = 8 * 1024 * 1024;

export interface StreamOptions {
  readonly db: Handle;
  readonly reading: { readonly options: ReadOptions; readonly offsets: HostOffsets };
  readonly live: LiveJudge;
  readonly writer: Writer;
  readonly now: () => number;
}

/**
 * A log that comes through a pipe and cannot be read again: a new log each time, but for the journal, which goes on where
 * its cursor stands. What cannot be stored is kept until it can.
 */
export class Stream {
  readonly #on: StreamOptions;
  #row: SourceRow | null = null;
  #context: LogContext | null = null;
  #pipeline: Pipeline | null = null;
  #journal: JournalCut | null = null;
  #head: Buffer = Buffer.alloc(0);
  #waiting: Buffer[] = [];
  #facts: Fact[] = [];
  #firstAt: number | null = null;
  readonly #last = new LastBytes();
  #position = 0;
  #isNew = true;

  constructor(options: StreamOptions) {
    this.#on = options;
  }

  /** Takes what has come. False where no more should come for now: `retry` until it gives true. */
  push(bytes: Buffer): boolean {
    this.#waiting.push(bytes);
    return this.retry();
  }

  /** Stores what waits. False where too much of it waits. */
  retry(): boolean {
    if (this.#on.writer.ready && (this.#row !== null || this.#begin())) {
      for (const bytes of this.#waiting.splice(0)) this.#read(bytes);
      if (this.#save(this.#pipeline?.peek() ?? [])) return true;
    }
    const size = this.#waiting.reduce((sum, { length }) => sum + length, 0);
    return size < MOST_WAITING && this.#facts.length < 100_000;
  }

  /** Nothing more will come. */
  end(): void {
    if (this.#row === null && !this.#begin(true)) return;
    this.retry();
    this.#save(this.#pipeline?.end() ?? []);
  }

  /** What a stream is like is told by its first line. */
  #begin(whatever = false): boolean {
    const head = Buffer.concat(this.#waiting).subarray(0, HEAD_BYTES);
    if (head.length === 0 || (!whatever && !head.includes(10))) return false;
    const { db, writer } = this.#on;
    let row: SourceRow | null = null;
    let cursor: string | null = null;
    const journal = isJournal(head);
    const stored = writer.attempt(() => {
      const known = journal
        ? sourceRows(db).find(({ id, path }) => path === '-' && cursorOf(db, id) !== null)
        : undefined;
      row = known ?? newRow(db, { path: '-', host: this.#on.reading.options.hostOf('-') });
      cursor = cursorOf(db, row.id);
      return 0;
    });
    if (!stored || row === null) return false;
    this.#start(row, head);
    if (journal) this.#journal = new JournalCut(cursor);
    return true;
  }

  #start(row: SourceRow, head: Buffer): void {
    const { options, offsets } = this.#on.reading;
    const context = contextOf({ path: '-', host: null }, head, options, offsets, this.#on.now());
    // What came before cannot be read again.
    this.#row = { ...row, checkpoint: row.bytes, checkpointLine: row.lines + 1 };
    this.#isNew = row.bytes === 0;
    this.#context = context;
    this.#position = row.bytes;
    this.#firstAt = row.firstAt ?? firstTime(headLines(head), context.clock);
    this.#pipeline = new Pipeline(context, { offset: row.bytes, line: row.lines + 1 });
  }

  #read(bytes: Buffer): void {
    const wanted = this.#journal === null ? bytes : this.#journal.take(bytes);
    if (wanted.length === 0) return;
    if (this.#isNew && this.#head.length < HEAD_BYTES)
      this.#head = Buffer.concat([this.#head, wanted.subarray(0, HEAD_BYTES - this.#head.length)]);
    for (const fact of this.#pipeline?.push(wanted) ?? []) this.#facts.push(fact);
    this.#last.add(wanted);
    this.#position += wanted.length;
  }

  #save(open: readonly Fact[]): boolean {
    const [row, pipeline, context] = [this.#row, this.#pipeline, this.#context];
    if (row === null || pipeline === null || context === null) return false;
    const facts = [...this.#facts, ...open];
    const events = facts.flatMap((fact) => (fact.kind === 'event' ? [fact.event] : []));
    const unmatched = facts.flatMap((fact) => (fact.kind === 'unmatched' ? [fact.unmatched] : []));
    const next = { ...row, ...this.#progress(row, pipeline, context) };
    const stored = this.#on.writer.attempt(() => {
      forgetAfterCheckpoint(this.#on.db, row);
      writeFacts(this.#on.db, { source: row.id, events, unmatched, progress: next });
      if (this.#journal?.cursor) writeCursor(this.#on.db, row.id, this.#journal.cursor);
      return this.#on.live.take(next, events);
    });
    if (stored) this.#facts = [];
    if (stored) this.#row = next;
    return stored;
  }

  #progress(row: SourceRow, pipeline: Pipeline, { clock }: LogContext) {
    const { offset, line } = pipeline.checkpoint;
    const lastAt = firstTime(this.#last.text.split('\n').reverse(), clock) ?? row.lastAt;
    const head =
      this.#head.length > row.headLength ? { headLength: this.#head.length, headHash: hashOf(this.#head) } : {};
    const place = { checkpoint: offset, checkpointLine: line, bytes: this.#position, lines: pipeline.lines };
    return { ...place, ...head, firstAt: this.#firstAt, lastAt, overlong: UNREAD.overlong + pipeline.overlong };
  }
}

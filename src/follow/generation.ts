import { UNREAD } from '../known-source.ts';
import { contextOf, type HostOffsets, type ReadOptions } from '../log-context.ts';
import { firstTime, headLines, LastBytes, originOf, wasMisread } from '../log-extent.ts';
import type { LogEvent, Unmatched } from '../model.ts';
import type { Clock } from '../parse/clock.ts';
import { type Fact, type LogContext, Pipeline } from '../pipeline.ts';
import type { Facts, SourceRow } from '../store/facts.ts';
import type { LogFile } from '../tail/discover.ts';
import type { FileId } from '../tail/file-id.ts';
import type { FileState, GrowingFile } from '../tail/growing.ts';
import { HEAD_BYTES, Head } from '../tail/identity.ts';

/** What was read of one file since its last commit, ready to be written. */
export interface Reading {
  readonly row: SourceRow;
  readonly events: readonly LogEvent[];
  readonly unmatched: readonly Unmatched[];
  readonly progress: Facts['progress'];
  /** How many of the events, the first ones, are of records that are closed and will not come again. */
  readonly closed: number;
}

/** How reading of a file went: to its end, to the end of this turn's share, or it is another log now. */
export type Turn = 'end' | 'more' | 'rewritten';

/** A file just opened, and the row of the log that it holds. */
export interface Opened {
  readonly id: FileId;
  readonly file: GrowingFile;
  readonly row: SourceRow;
  readonly now: number;
  /** The log that the file held before. */
  readonly replaces: number | null;
}

/** Bytes that are read in one turn: other files, and who wants the program to end, wait no longer. */
const SHARE = 4 * 1024 * 1024;

/**
 * One file that holds a log, from when it is opened until it is let go: what is read of it becomes facts, which lie here
 * until they are stored. Where storing fails, `revert` goes back to what is stored.
 */
export class Generation {
  readonly id: FileId;
  readonly file: GrowingFile;
  readonly replaces: number | null;
  /** What the log is from its first dated line on; null before that line is whole. */
  origin: string | null = null;
  path: string;
  row: SourceRow;
  /** When bytes came last, and since when nothing leads to it under the name of the log (ms, the tail's clock). */
  grownAt: number;
  retiredAt: number | null = null;
  state: FileState;
  /** True where the row in the store does not tell yet of all that was read. */
  unsaved = false;
  savedAt = 0;
  /** True where every byte was read that was there when it was looked at last. */
  caughtUp = false;
  #context!: LogContext;
  #pipeline!: Pipeline;
  #facts: Fact[] = [];
  #last = new LastBytes();
  #head = new Head(Buffer.alloc(0));
  #overlongBefore = 0;
  #offsetKnown = false;
  #firstAt: number | null = null;
  /** Where the wanted part of a log begins of which an earlier part is not wanted, or another source. */
  readonly #partFrom: number;
  readonly #host: string | null;
  readonly #options: ReadOptions;
  readonly #offsets: HostOffsets;

  /** Reading goes on at the row's checkpoint. `predecessor`: the context of the log before it on the same host. */
  constructor(
    { path, host }: LogFile,
    { id, file, row, now, replaces }: Opened,
    { options, offsets }: { options: ReadOptions; offsets: HostOffsets },
    predecessor: Generation | null,
  ) {
    this.replaces = replaces;
    this.id = id;
    this.file = file;
    this.path = path;
    this.row = row;
    this.#partFrom = row.headLength === 0 ? row.checkpoint : 0;
    this.grownAt = now;
    this.savedAt = now;
    this.state = file.state();
    this.#host = host;
    this.#options = options;
    this.#offsets = offsets;
    this.#begin(row, predecessor?.context.clock ?? null, predecessor?.row.lastAt ?? null);
    if (row.firstAt !== null && wasMisread(row.firstAt, this.#firstAt)) this.#startAnew();
  }

  /** Host, as stated or by the path; null where the lines themselves must tell. */
  get host(): string | null {
    return this.#context.statedHost ?? this.#context.pathHost;
  }

  /** Bytes that are known to be there and were not read. */
  get lag(): number {
    return Math.max(0, this.state.size - this.file.position);
  }

  get context(): LogContext {
    return this.#context;
  }

  /** Facts that wait to be stored. */
  get waiting(): number {
    return this.#facts.length;
  }

  /** True where what was read says something, a record that is still open included. */
  get says(): boolean {
    return this.#facts.length > 0 || this.#pipeline.peek().length > 0;
  }

  /** Lines read past so far. */
  get lines(): number {
    return this.#pipeline.lines;
  }

  /** Reads what has come, at most a share of it. */
  read(now: number): Turn {
    this.state = this.file.state();
    const begun = this.file.position;
    for (;;) {
      const found = this.file.next(this.state);
      if (found.kind === 'bytes') this.#push(found.bytes);
      else if (found.kind === 'hole') this.#passOver(found.until);
      this.caughtUp = found.kind === 'end';
      if (found.kind === 'rewritten') return 'rewritten';
      const done = found.kind === 'end' || this.file.position - begun >= SHARE;
      if (!done) continue;
      if (this.file.position === begun) return 'end';
      this.grownAt = now;
      this.unsaved = true;
      if (this.#isReadRight()) return found.kind === 'end' ? 'end' : 'more';
      this.#startAnew();
      return 'more';
    }
  }

  /**
   * What is to be stored now. The record that is open counts as it stands: the next commit writes it again. `last`: nothing more will come, a line without a line feed counts too.
   */
  take({ last = false } = {}): Reading {
    const { offset, line } = this.#pipeline.checkpoint;
    const lines = Math.max(this.#pipeline.lines, this.row.lines);
    if (last) this.#facts.push(...this.#pipeline.end());
    const facts = [...this.#facts, ...(last ? [] : this.#pipeline.peek())];
    const place = { checkpoint: offset, checkpointLine: line, bytes: this.file.position, lines };
    const { headLength, headHash } = this.#head.length > this.row.headLength ? this.#head.identity : this.row;
    const firstAt = this.row.firstAt ?? this.#firstAt;
    const lastAt = this.#lastTime() ?? this.row.lastAt ?? firstAt;
    const overlong = this.#overlongBefore + this.#pipeline.overlong;
    const progress = { path: this.path, headLength, headHash, ...place, firstAt, lastAt, overlong };
    return {
      row: this.row,
      events: facts.flatMap((fact) => (fact.kind === 'event' ? [fact.event] : [])),
      closed: this.#facts.filter(({ kind }) => kind === 'event').length,
      unmatched: facts.flatMap((fact) => (fact.kind === 'unmatched' ? [fact.unmatched] : [])),
      progress,
    };
  }

  /** What `take` gave is stored. */
  saved({ row, progress }: Reading, now: number): void {
    this.row = { ...row, ...progress };
    this.#facts = [];
    this.unsaved = false;
    this.savedAt = now;
    const begun = this.#last.text.slice(this.#last.text.lastIndexOf('\n') + 1);
    this.#last = new LastBytes();
    this.#last.add(Buffer.from(begun));
  }

  /** What was read since the last commit could not be stored: it will be read again. */
  revert(): void {
    this.#begin(this.row, this.#context.clock, null);
    this.unsaved = false;
  }

  #begin(row: SourceRow, taught: Clock | null, after: number | null): void {
    this.#context = this.#contextFor(taught);
    const resumed = row.checkpoint > 0 ? row.lastAt : after;
    if (resumed !== null) this.#context.clock.resumeAfter(resumed);
    this.#pipeline = new Pipeline(this.#context, { offset: row.checkpoint, line: row.checkpointLine });
    this.#overlongBefore = row.overlong;
    this.file.seek(row.checkpoint);
    this.#head = new Head(this.file.head(Math.min(HEAD_BYTES, row.checkpoint)));
    this.#facts = [];
    this.#last = new LastBytes();
    this.caughtUp = false;
  }

  #contextFor(taught: Clock | null): LogContext {
    const head = this.file.head(HEAD_BYTES);
    const file = { path: this.path, host: this.#host };
    const context = contextOf(file, head, this.#options, this.#offsets, this.state.changedAt);
    if (taught !== null) context.clock.learnFrom(taught);
    this.#offsetKnown = context.clock.offsetKnown;
    this.#firstAt = firstTime(headLines(head), context.clock);
    const origin = originOf(head);
    if (origin !== null) this.origin = this.#partFrom === 0 ? origin : `${origin}+${this.#partFrom}`;
    return context;
  }

  #push(bytes: Buffer): void {
    for (const fact of this.#pipeline.push(bytes)) this.#facts.push(fact);
    this.#last.add(bytes);
    this.#head.add(bytes);
  }

  /** A writer that was cut off goes on behind a hole of NUL bytes. */
  #passOver(until: number): void {
    const { line } = this.#pipeline.checkpoint;
    for (const fact of this.#pipeline.end()) this.#facts.push(fact);
    this.#overlongBefore += this.#pipeline.overlong;
    this.#pipeline = new Pipeline(this.#context, { offset: until, line });
    this.file.seek(until);
    this.#head = new Head(this.file.head(Math.min(HEAD_BYTES, until)));
  }

  /** False where it must be read from its beginning again: what it is like, or its clock, shows only now. */
  #isReadRight(): boolean {
    if (this.row.headLength >= HEAD_BYTES && this.#context.clock.offsetKnown === this.#offsetKnown) return true;
    const [before, firstAt] = [this.#context, this.#firstAt];
    const now = this.#contextFor(before.clock);
    const same = now.parts === before.parts && now.bare === before.bare && now.sieve === before.sieve;
    return same && (firstAt === null || !wasMisread(firstAt, this.#firstAt));
  }

  #startAnew(): void {
    this.row = { ...this.row, ...UNREAD };
    this.#begin(this.row, this.#context.clock, null);
  }

  #lastTime(): number | null {
    return firstTime(this.#last.text.split('\n').reverse(), this.#context.clock);
  }
}

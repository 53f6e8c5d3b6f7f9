import type { LogEvent } from '../model.ts';
import { type Announcement, markTold, untold } from '../store/announced.ts';
import { forgetAfterCheckpoint, writeFacts, writeOrigin } from '../store/facts.ts';
import { closeLost, lostRanges, shrinkLost, writeQuiet } from '../store/generations.ts';
import { guarded, type Handle, StoreError } from '../store/open.ts';
import type { Generation } from './generation.ts';
import type { LiveJudge } from './live-judge.ts';

/** After the store could not be written, the next attempt is made after so long (ms). */
const RETRY_MS = 1000;

/** What a writer tells. */
export interface WriterEvents {
  /** A verdict to be printed, once. */
  readonly announce: (announcement: Announcement) => void;
  /** The store could not be written (null: it can again). What was read is read again later. */
  readonly trouble: (error: StoreError | null) => void;
  /** A commit: events of closed records, number of unmatched records, how long it took (ms). */
  readonly stored: (events: readonly LogEvent[], unmatched: number, took_ms: number) => void;
}

/**
 * Stores what was read, with the place that was reached and all that follows from it, in one transaction. What cannot be
 * stored (the disk is full, the store is locked) is reverted, told, and read again later.
 */
export class Writer {
  readonly #db: Handle;
  readonly #path: string;
  readonly #live: LiveJudge;
  readonly #now: () => number;
  readonly #stopwatch: () => number;
  readonly #events: WriterEvents;
  #retryAt = 0;
  #failing = false;
  /** Logs of which something may be lost. */
  readonly #incomplete: Set<number>;

  constructor(
    { db, path, live }: { db: Handle; path: string; live: LiveJudge },
    { now, stopwatch }: { now: () => number; stopwatch: () => number },
    events: WriterEvents,
  ) {
    this.#db = db;
    this.#path = path;
    this.#live = live;
    this.#now = now;
    this.#stopwatch = stopwatch;
    this.#events = events;
    this.#incomplete = new Set(lostRanges(db).map(({ source }) => source));
  }

  /** False while the store is given time to recover. */
  get ready(): boolean {
    return this.#now() >= this.#retryAt;
  }

  /** Stores what a generation read. `last`: nothing more will come. False where it could not be stored. */
  save(generation: Generation, { last = false } = {}): boolean {
    const now = this.#now();
    const reading = generation.take({ last });
    const row = { ...reading.row, ...reading.progress };
    const begun = this.#stopwatch();
    const stored = this.attempt(() => {
      forgetAfterCheckpoint(this.#db, reading.row);
      writeFacts(this.#db, { ...reading, source: row.id });
      if (generation.origin !== null) writeOrigin(this.#db, row.id, generation.origin);
      if (this.#incomplete.has(row.id)) shrinkLost(this.#db, row.id, row.bytes);
      if (generation.replaces !== null && row.firstAt !== null) closeLost(this.#db, generation.replaces, row.firstAt);
      return this.#live.take(row, reading.events);
    });
    if (!stored) {
      generation.revert();
      return false;
    }
    generation.saved(reading, now);
    this.#events.stored(reading.events.slice(0, reading.closed), reading.unmatched.length, this.#stopwatch() - begun);
    return true;
  }

  /** Stores that a log was seen to say no more up to a time of its own clock. */
  saveSilence({ row }: Generation, until: number): boolean {
    return this.attempt(() => {
      writeQuiet(this.#db, row.id, until);
      return this.#live.takeSilence(row, until);
    });
  }

  /** Something may be lost of this log from now on. */
  markIncomplete(source: number): void {
    this.#incomplete.add(source);
  }

  /** One transaction; `work` gives how many verdicts are to be announced, which is done after it. False where it failed. */
  attempt(work: () => number): boolean {
    let noted: number;
    try {
      noted = guarded(this.#path, () => this.#db.transaction(work).immediate());
      if (noted > 0) this.announce();
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#retryAt = this.#now() + RETRY_MS;
      this.#failing = true;
      this.#events.trouble(error);
      return false;
    }
    if (this.#failing) this.#events.trouble(null);
    this.#failing = false;
    return true;
  }

  /** Tells what is noted and not told yet, and notes that it is. */
  announce(): void {
    const announcements = untold(this.#db);
    for (const each of announcements) this.#events.announce(each);
    if (announcements.length > 0)
      guarded(this.#path, () => this.#db.transaction(() => markTold(this.#db, announcements)).immediate());
  }
}

import type { Report } from '../judgement.ts';
import { frontOf, type PageFront, type PageRow, rowOf } from '../report/index.ts';
import { StoreError } from '../store/open.ts';

/** What is shown of the store at one moment. */
export interface Snapshot {
  /** One more with every change. */
  readonly number: number;
  readonly report: Report;
  readonly front: PageFront;
  readonly rows: readonly PageRow[];
}

export interface BoardOptions {
  /** A number that changes with every commit to the store. Throws StoreError. */
  readonly version: () => number;
  /** The report of what is in the store now. Rejects with StoreError. */
  readonly judge: () => Promise<Report>;
  /** True while somebody waits for changes. */
  readonly isWatched: () => boolean;
  /** Milliseconds that only go on. */
  readonly stopwatch: () => number;
  /** What is wrong with the store, each time anew. */
  readonly warn: (message: string) => void;
}

/** A store that grows all the time is judged for no more than this share of the time. */
const SHARE = 1 / 10;
/** After so long without a question, and with nobody who waits for changes, the store is not judged until the next question. */
const IDLE_MS = 30_000;

/** The newest snapshot of a store, and who is told of the next one. Nothing happens by itself: `look` about once a second. */
export class Board {
  readonly #options: BoardOptions;
  readonly #listeners = new Set<(snapshot: Snapshot) => void>();
  /** Called after the next attempt to make a snapshot, be it a failure. */
  readonly #waiting = new Set<() => void>();
  #snapshot: Snapshot | null = null;
  #problem: StoreError | null = null;
  #seen: number | null = null;
  #askedAt = 0;
  #notBefore = Number.NEGATIVE_INFINITY;
  #judging = false;

  constructor(options: BoardOptions) {
    this.#options = options;
  }

  /**
   * The newest there is; where there is none yet, the first one; where nobody has asked for long, a new one. Rejects with
   * StoreError where there is none and none can be made.
   */
  async snapshot(): Promise<Snapshot> {
    const isIdle = !this.#isWanted;
    this.#askedAt = this.#options.stopwatch();
    if (isIdle) await this.look();
    if (this.#snapshot === null && this.#problem === null) await new Promise<void>((done) => this.#waiting.add(done));
    if (this.#snapshot === null) throw this.#problem;
    return this.#snapshot;
  }

  /** Tells of each new snapshot, until the function that it gives is called. */
  listen(listener: (snapshot: Snapshot) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Judges the store again where it has changed, unless that is being done or was just done. */
  async look(): Promise<void> {
    const { stopwatch, warn } = this.#options;
    if (this.#judging || !this.#isWanted || stopwatch() < this.#notBefore) return;
    this.#judging = true;
    try {
      await this.#refresh();
      this.#problem = null;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#problem = error;
      warn(error.message);
    } finally {
      this.#judging = false;
      for (const done of this.#waiting) done();
      this.#waiting.clear();
    }
  }

  get #isWanted(): boolean {
    const { isWatched, stopwatch } = this.#options;
    return this.#snapshot === null || isWatched() || stopwatch() - this.#askedAt < IDLE_MS;
  }

  async #refresh(): Promise<void> {
    const { version, judge, stopwatch } = this.#options;
    const seen = version();
    if (seen === this.#seen) return;
    const begun = stopwatch();
    const report = await judge();
    const ended = stopwatch();
    this.#seen = seen;
    this.#notBefore = ended + (ended - begun) * (1 / SHARE - 1);
    const number = (this.#snapshot?.number ?? 0) + 1;
    this.#snapshot = { number, report, front: frontOf(report), rows: report.migrations.map(rowOf) };
    for (const listener of [...this.#listeners]) listener(this.#snapshot);
  }
}

import { extname } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { UserGrammar } from './parse/user-grammar.ts';
import { type PieceJob, type PieceRead, readPiece } from './pieces.ts';
import type { Told } from './read-worker.ts';
import { InputError } from './tail/bytes.ts';

/** Pieces that a thread is given at once, so that it need not wait while this one stores; as many this one may read in the meantime. */
const GIVEN = 4;

/** Events and the like that are kept of pieces read ahead: where every line is one, a piece holds thousands. */
const FACTS_AHEAD = 8000;

/** A piece that is to be read, or was. */
class Asked {
  readonly job: PieceJob;
  isSettled = false;
  readonly #answer = Promise.withResolvers<PieceRead>();

  constructor(job: PieceJob) {
    this.job = job;
    // Who asked may be behind with earlier pieces.
    this.#answer.promise.catch(() => {});
  }

  get piece(): Promise<PieceRead> {
    return this.#answer.promise;
  }

  /** Rejects with InputError. */
  settle(told: Exclude<Told, 'ready'>): void {
    this.isSettled = true;
    if ('piece' in told) this.#answer.resolve(told.piece);
    else this.#answer.reject(new InputError(told.problem));
  }

  fail(error: unknown): void {
    this.isSettled = true;
    this.#answer.reject(error);
  }
}

/** Reads pieces of logs: in this thread, and in others. Close them, or the program does not end. */
export class Readers {
  readonly #user: UserGrammar | null;
  readonly #others: readonly Other[];
  /** No thread reads them yet. */
  readonly #waiting: Asked[] = [];

  /** `others`: threads besides this one. `user`: looked for in this thread only. */
  constructor(others: number, user: UserGrammar | null) {
    this.#user = user;
    this.#others = Array.from({ length: others }, () => new Other(() => this.#waiting.shift()));
  }

  /** Reads pieces, some of them ahead, and gives them in their order. Rejects with InputError. */
  async *inOrder(jobs: Iterator<PieceJob>): AsyncGenerator<PieceRead, void, void> {
    const ahead: Asked[] = [];
    let most = 2;
    try {
      for (;;) {
        this.#ask(jobs, most - ahead.length, ahead);
        const [first] = ahead;
        if (first === undefined) return;
        while (!first.isSettled && this.#readOne()) await turn();
        const piece = await first.piece;
        ahead.shift();
        most = this.#aheadOf(piece);
        yield piece;
      }
    } finally {
      await this.#forget(ahead);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#others.map((other) => other.close()));
  }

  /** How many pieces are worth reading ahead where they hold as much as this one. */
  #aheadOf({ events, unmatched }: PieceRead): number {
    const facts = Math.max(1, events.length + unmatched.length);
    return Math.max(2, Math.min(2 + 2 * GIVEN * this.#others.length, Math.floor(FACTS_AHEAD / facts)));
  }

  /** Where nothing of a log is asked for yet, its first piece is for this thread, which has nothing else to do. */
  #ask(jobs: Iterator<PieceJob>, count: number, asked: Asked[]): void {
    const begins = asked.length === 0;
    for (let left = count; left > 0; left -= 1) {
      const next = jobs.next();
      if (next.done) break;
      const one = new Asked(next.value);
      asked.push(one);
      this.#waiting.push(one);
    }
    const first = begins && asked[0] !== undefined ? this.#waiting.splice(this.#waiting.indexOf(asked[0]), 1) : [];
    for (const other of this.#others) other.take();
    this.#waiting.unshift(...first);
  }

  /** Nothing reads the file any more when this is done, for whoever opened it lets it go. */
  async #forget(asked: readonly Asked[]): Promise<void> {
    const isForgotten = (one: Asked) => {
      const place = this.#waiting.indexOf(one);
      return place >= 0 && this.#waiting.splice(place, 1).length > 0;
    };
    await Promise.allSettled(asked.filter((one) => !isForgotten(one)).map(({ piece }) => piece));
  }

  /** Reads the piece that waits longest in this thread; false where none does. */
  #readOne(): boolean {
    const asked = this.#waiting.shift();
    if (asked === undefined) return false;
    try {
      asked.settle({ piece: readPiece(asked.job, this.#user) });
    } catch (error) {
      asked.fail(error);
    }
    return true;
  }
}

/** Another thread; it takes pieces from when it has begun. */
class Other {
  readonly #worker: Worker;
  readonly #next: () => Asked | undefined;
  readonly #given: Asked[] = [];
  #ready = false;

  constructor(next: () => Asked | undefined) {
    this.#next = next;
    // In the sources this file is TypeScript, in the package JavaScript.
    const script = new URL(`./read-worker${extname(import.meta.filename)}`, import.meta.url);
    this.#worker = new Worker(script);
    this.#worker.on('message', (told: Told) => this.#hear(told));
    this.#worker.on('error', (error) => this.#end(error));
  }

  take(): void {
    while (this.#ready && this.#given.length < GIVEN) {
      const asked = this.#next();
      if (asked === undefined) return;
      this.#given.push(asked);
      this.#worker.postMessage(asked.job);
    }
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  /** Throws where nobody waits for what failed: only a mistake of ours ends a thread. */
  #end(error: unknown): void {
    this.#ready = false;
    if (this.#given.length === 0) throw error;
    for (const asked of this.#given.splice(0)) asked.fail(error);
  }

  #hear(told: Told): void {
    if (told === 'ready') this.#ready = true;
    else this.#given.shift()?.settle(told);
    this.take();
  }
}

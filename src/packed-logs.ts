import { extname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Worker } from 'node:worker_threads';
import { readingOf } from './log-context.ts';
import type { PartTold, Told } from './packed-worker.ts';
import { placed, timesOf } from './pieces.ts';
import type { LogContext, Reading } from './pipeline.ts';
import type { Part } from './read-log.ts';
import { InputError } from './tail/bytes.ts';

/** A packed log to be read from a place on; plain data, for another thread. */
export interface PackedJob {
  readonly path: string;
  /** What it is known by: another file may have come to its path. */
  readonly head: Head;
  readonly start: Part['checkpoint'];
  readonly reading: Reading;
}

/** The first bytes of a log, as many as were looked at. */
export interface Head {
  readonly length: number;
  readonly hash: string;
}

/**
 * Reads packed logs in other threads, each of them whole in one, in the order in which they were planned, ahead of who asks
 * for them. Close it, or the program does not end.
 */
export class PackedLogs {
  readonly #most: number;
  readonly #threads: Thread[] = [];
  readonly #planned = new Map<string, Planned>();
  readonly #waiting: Planned[] = [];

  /** `most`: threads; they begin as logs are planned. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Has a log read; those that are planned before it must not wait for it. False where there is no thread for that. */
  plan({ path, head, start }: Place, context: LogContext): boolean {
    if (this.#most === 0) return false;
    const planned = new Planned({ path, head, start, reading: readingOf(context) });
    this.#planned.set(path, planned);
    this.#waiting.push(planned);
    const isBusy = this.#threads.every((thread) => !thread.take());
    if (isBusy && this.#threads.length < this.#most) this.#threads.push(new Thread(() => this.#waiting.shift()));
    return true;
  }

  /** The parts of a log that was planned, from the same place on; null of any other. They reject with InputError. */
  parts({ path, head, start }: Place, context: LogContext): AsyncGenerator<Part, void, void> | null {
    const planned = this.#planned.get(path);
    if (planned === undefined || !isDeepStrictEqual(placeOf(planned.job), { path, head, start })) return null;
    this.#planned.delete(path);
    return partsFrom(planned, context);
  }

  /** Lets go of a log whose parts nobody has asked for, so that others can be read. */
  drop(path: string): void {
    const planned = this.#planned.get(path);
    if (planned === undefined) return;
    this.#planned.delete(path);
    const place = this.#waiting.indexOf(planned);
    if (place >= 0) this.#waiting.splice(place, 1);
    else planned.drop();
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }
}

type Place = Pick<PackedJob, 'path' | 'head' | 'start'>;

function placeOf({ path, head, start }: PackedJob): Place {
  return { path, head, start };
}

async function* partsFrom(planned: Planned, context: LogContext): AsyncGenerator<Part, void, void> {
  for (;;) {
    const { part, moments } = await planned.next();
    const times = timesOf(moments, context.clock);
    const end = part.end && { ...part.end, lastAt: part.end.lastAt === null ? null : (times[part.end.lastAt] ?? null) };
    yield { ...part, ...placed(part, times, 0), end };
    if (end !== null) return;
  }
}

/** A log that is to be read, or is being read, and what was read of it and nobody has asked for yet. */
class Planned {
  readonly job: PackedJob;
  readonly #parts: Promise<PartTold>[] = [];
  #wanted: PromiseWithResolvers<PartTold> | null = null;
  #isDropped = false;
  /** Lets the thread that reads it go on. */
  goOn: () => void = () => {};

  constructor(job: PackedJob) {
    this.job = job;
  }

  /** Rejects with InputError where it cannot be read. To be asked up to the end only, one after the other. */
  next(): Promise<PartTold> {
    this.goOn();
    const part = this.#parts.shift();
    if (part !== undefined) return part;
    this.#wanted = Promise.withResolvers();
    return this.#wanted.promise;
  }

  add(part: Promise<PartTold>): void {
    // Who asks for it may be behind.
    part.catch(() => {});
    if (this.#isDropped) this.goOn();
    else if (this.#wanted === null) this.#parts.push(part);
    else this.#wanted.resolve(part);
    this.#wanted = null;
  }

  /** Nobody will ask for it. */
  drop(): void {
    this.#isDropped = true;
    for (const _part of this.#parts.splice(0)) this.goOn();
  }
}

class Thread {
  readonly #worker: Worker;
  readonly #next: () => Planned | undefined;
  #reading: Planned | null = null;

  constructor(next: () => Planned | undefined) {
    this.#next = next;
    // In the sources this file is TypeScript, in the package JavaScript.
    const script = new URL(`./packed-worker${extname(import.meta.filename)}`, import.meta.url);
    this.#worker = new Worker(script);
    this.#worker.on('message', (told: Told) => this.#hear(told));
    this.#worker.on('error', (error) => this.#end(error));
    this.take();
  }

  /** Begins with the next log that waits; false where one is being read. */
  take(): boolean {
    if (this.#reading !== null) return false;
    const planned = this.#next() ?? null;
    this.#reading = planned;
    if (planned === null) return true;
    planned.goOn = () => {
      if (this.#reading === planned) this.#worker.postMessage('go on');
    };
    this.#worker.postMessage(planned.job);
    return true;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #hear(told: Told): void {
    const hasEnded = 'problem' in told || told.part.end !== null;
    const part = 'problem' in told ? Promise.reject(new InputError(told.problem)) : Promise.resolve(told);
    this.#reading?.add(part);
    if (!hasEnded) return;
    this.#reading = null;
    this.take();
  }

  /** Only a mistake of ours ends a thread. */
  #end(error: unknown): void {
    if (this.#reading === null) throw error;
    this.#reading.add(Promise.reject(error));
  }
}

import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { LogJob, Part } from './read-log.ts';
import type { Order, Told } from './read-worker.ts';
import { InputError } from './tail/bytes.ts';

/** Threads that read logs, as many at a time as there are threads. Close them, or the program does not end. */
export class Readers {
  readonly #idle: Worker[];
  readonly #all: readonly Worker[];
  readonly #waiting: ((worker: Worker) => void)[] = [];

  constructor(count: number) {
    // In the sources this file is TypeScript, in the package JavaScript.
    const script = new URL(`./read-worker${extname(import.meta.filename)}`, import.meta.url);
    this.#all = Array.from({ length: count }, () => new Worker(script));
    this.#idle = [...this.#all];
  }

  /** Does something with the next thread that is free, which reads what it is given. */
  async use<Result>(action: (read: (job: LogJob) => AsyncGenerator<Part>) => Promise<Result>): Promise<Result> {
    const worker = this.#idle.pop() ?? (await new Promise<Worker>((free) => this.#waiting.push(free)));
    try {
      return await action((job) => partsFrom(worker, job));
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#idle.push(worker);
      else next(worker);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((worker) => worker.terminate()));
  }
}

/** Throws InputError. */
async function* partsFrom(worker: Worker, job: LogJob): AsyncGenerator<Part, void, void> {
  for (let order: Order = { read: job }; ; order = { next: true }) {
    worker.postMessage(order);
    const [told] = (await once(worker, 'message')) as [Told];
    if ('problem' in told) throw new InputError(told.problem);
    yield told.part;
    if (told.part.end !== null) return;
  }
}

// A thread that reads logs: it is given one at a time, and gives a part whenever it is asked for the next.

import { parentPort } from 'node:worker_threads';
import { type LogJob, type Part, partsOfJob } from './read-log.ts';
import { InputError } from './tail/bytes.ts';

/** What the thread is told, and what it tells. */
export type Order = { readonly read: LogJob } | { readonly next: true };
export type Told = { readonly part: Part } | { readonly problem: string };

let parts: AsyncGenerator<Part> | null = null;
/** Read while the part before is stored. */
let ahead: Promise<Told> | null = null;

parentPort?.on('message', async (order: Order) => {
  if ('read' in order) {
    parts = partsOfJob(order.read);
    ahead = null;
  }
  const told = await (ahead ?? tell());
  const ended = 'problem' in told || told.part.end !== null;
  ahead = ended ? null : tell();
  parentPort?.postMessage(told);
});

async function tell(): Promise<Told> {
  try {
    const next = await parts?.next();
    if (next === undefined || next.done) throw new Error('there is no further part');
    return { part: next.value };
  } catch (error) {
    if (error instanceof InputError) return { problem: error.message };
    throw error;
  }
}

// A thread that reads packed logs, one after the other, and waits where nobody takes what it has read.

import { parentPort } from 'node:worker_threads';
import { contextFor } from './log-context.ts';
import type { PackedJob } from './packed-logs.ts';
import { type Moment, Moments } from './pieces.ts';
import { type Part, partsOf } from './read-log.ts';
import { InputError } from './tail/bytes.ts';
import { hashOf } from './tail/identity.ts';
import { Input, replaced } from './tail/input.ts';

/** A part in which each time is the number of the moment that tells it. */
export interface PartTold {
  readonly part: Part;
  readonly moments: readonly Moment[];
}

/** What the thread tells: each part of a log, or why it cannot be read. */
export type Told = PartTold | { readonly problem: string };

/** Parts that nobody has taken yet; they are of some 250 facts. */
const AHEAD = 16;

let ahead = 0;
let goOn = Promise.withResolvers<void>();

parentPort?.on('message', (told: PackedJob | 'go on') => {
  if (told !== 'go on') void read(told);
  else {
    ahead -= 1;
    goOn.resolve();
  }
});

async function read({ path, head, start, reading }: PackedJob): Promise<void> {
  ahead = 0;
  try {
    const input = await Input.open(path);
    if (hashOf(input.head.subarray(0, head.length)) !== head.hash) throw replaced(path);
    const moments = new Moments();
    for await (const part of partsOf(input, contextFor(reading, moments, null), start)) {
      parentPort?.postMessage({ part, moments: moments.take() } satisfies Told);
      ahead += 1;
      while (ahead >= AHEAD) {
        goOn = Promise.withResolvers();
        await goOn.promise;
      }
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    parentPort?.postMessage({ problem: error.message } satisfies Told);
  }
}

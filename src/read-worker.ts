// A thread that reads pieces of logs, as they are given to it, one after the other.

import { parentPort } from 'node:worker_threads';
import { type PieceJob, type PieceRead, readPiece } from './pieces.ts';
import { InputError } from './tail/bytes.ts';

/** What the thread tells: that it has begun, then of each piece in turn what it read. */
export type Told = 'ready' | { readonly piece: PieceRead } | { readonly problem: string };

parentPort?.on('message', (job: PieceJob) => parentPort?.postMessage(told(job)));
parentPort?.postMessage('ready' satisfies Told);

function told(job: PieceJob): Told {
  try {
    return { piece: readPiece(job, null) };
  } catch (error) {
    if (error instanceof InputError) return { problem: error.message };
    throw error;
  }
}

import { closeSync } from 'node:fs';
import { readingOf } from './log-context.ts';
import { TAIL_BYTES } from './log-extent.ts';
import { PIECE_BYTES, type PieceJob, pieceBytesFor, piecesOf, placed, timesOf } from './pieces.ts';
import type { LogContext } from './pipeline.ts';
import { lastTime, type Part } from './read-log.ts';
import type { Readers } from './readers.ts';
import { InputError } from './tail/bytes.ts';
import { replaced } from './tail/input.ts';
import { bytesAt, type OpenFile, openFile } from './tail/open-file.ts';

/** A log in a file, by its head. `size`: its bytes when it was looked at; it may have grown. */
export interface LogInFile {
  readonly path: string;
  readonly head: Buffer;
  readonly size: number;
  readonly context: LogContext;
}

/** Reads a log part by part, each of them a piece; one that breaks off ends with what came before. Throws InputError. */
export async function* partsByPieces(
  readers: Readers,
  log: LogInFile,
  start: Part['checkpoint'],
): AsyncGenerator<Part, void, void> {
  const file = openFile(log.path);
  try {
    if (!bytesAt(file, 0, log.head.length).equals(log.head)) throw replaced(log.path);
    yield* partsIn(file, readers, log, start);
  } finally {
    closeSync(file.fd);
  }
}

async function* partsIn(
  file: OpenFile,
  readers: Readers,
  { size, context }: LogInFile,
  start: Part['checkpoint'],
): AsyncGenerator<Part, void, void> {
  let before = start.line - 1;
  let overlong = 0;
  let pieceBytes = PIECE_BYTES;
  let last: Pick<Part, 'read' | 'checkpoint'> = { read: start.offset, checkpoint: start };
  const ended = (problem: string | null) => {
    const from = Math.max(start.offset, last.read - TAIL_BYTES);
    const tail = bytesAt(file, from, last.read - from).toString('utf8');
    return { lines: before, overlong, lastAt: lastTime(tail, context), problem, isDamaged: false };
  };
  try {
    for await (const piece of readers.inOrder(jobsFor(file, context, start.offset, size, () => pieceBytes))) {
      pieceBytes = pieceBytesFor(piece.events.length + piece.unmatched.length, piece.read - last.read);
      const facts = placed(piece, timesOf(piece.moments, context.clock), before);
      const { offset, line } = piece.checkpoint;
      last = { read: piece.read, checkpoint: { offset, line: line + before } };
      before += piece.lines;
      overlong += piece.overlong;
      yield { ...facts, ...last, end: piece.isLast ? ended(null) : null };
      if (piece.isLast) return;
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    yield { events: [], unmatched: [], ...last, end: ended(error.message) };
  }
}

function* jobsFor(
  file: OpenFile,
  context: LogContext,
  from: number,
  size: number,
  wanted: () => number,
): Generator<PieceJob> {
  const reading = readingOf(context);
  for (const range of piecesOf(file, from, size, wanted)) yield { file, range, reading };
}

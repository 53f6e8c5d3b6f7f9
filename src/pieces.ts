// A log that lies in a file as it was written is read piece by piece. A piece begins with the first line of a record, so that what
// stands before it does not matter: any thread can read any piece. What depends on the order, times and line numbers, is told
// after, when the pieces are put one behind the other.

import { contextFor } from './log-context.ts';
import type { LocalTime, LogEvent, Stamp, Unmatched } from './model.ts';
import { opensRecord } from './parse/assemble.ts';
import type { UserGrammar } from './parse/user-grammar.ts';
import { type Dating, Pipeline, type Reading } from './pipeline.ts';
import { FactsRead } from './read-log.ts';
import { blocksOfFile, bytesAt, type OpenFile, type Range } from './tail/open-file.ts';

/** So much takes some milliseconds. */
export const PIECE_BYTES = 2 * 1024 * 1024;
/** Less is not worth handing over. */
const SMALLEST_PIECE_BYTES = 128 * 1024;
/** More of them in one piece take much memory, for several pieces are read ahead. */
const FACTS_IN_PIECE = 2000;
/** How far behind the place of a cut the first line of a record is looked for. */
const SEARCHED_BYTES = 1024 * 1024;
const LINE_FEED = 0x0a;

/** A piece to be read; plain data, for another thread of this process. */
export interface PieceJob {
  readonly file: OpenFile;
  readonly range: Range;
  readonly reading: Reading;
}

/** What a record's clock is asked, in the order of the records. */
export type Moment = { readonly stamp: Stamp } | { readonly local: LocalTime; readonly epoch_s: number };

/** What was read of a piece. Line numbers count from 1 in it; an `at` is the number of the moment that tells it. */
export interface PieceRead {
  readonly events: readonly LogEvent[];
  readonly unmatched: readonly Unmatched[];
  readonly moments: readonly Moment[];
  /** Offset of its end. */
  readonly read: number;
  /** False where another is to follow; a file that was cut meanwhile ends before it was to. */
  readonly isLast: boolean;
  /** After the last record that nothing can be added to any more. */
  readonly checkpoint: { readonly offset: number; readonly line: number };
  readonly lines: number;
  readonly overlong: number;
}

/**
 * Cuts what stands in a file of `size` bytes from an offset on, at which a record begins, into pieces of about as many bytes
 * as `wanted` gives each time. The last one has no end, for the file may grow. Throws InputError.
 */
export function* piecesOf(
  file: OpenFile,
  from: number,
  size: number,
  wanted: () => number = () => PIECE_BYTES,
): Generator<Range> {
  let begin = from;
  for (let at = from + wanted(); at + wanted() <= size; at += wanted()) {
    const end = nextRecord(file, at);
    if (end === null || end <= begin) continue;
    yield { from: begin, to: end };
    begin = end;
    at = Math.max(at, end);
  }
  yield { from: begin, to: null };
}

/** How large the next pieces are to be where one of `bytes` holds so many facts. */
export function pieceBytesFor(facts: number, bytes: number): number {
  const bytesAFact = bytes / Math.max(1, facts);
  return Math.round(Math.min(PIECE_BYTES, Math.max(SMALLEST_PIECE_BYTES, FACTS_IN_PIECE * bytesAFact)));
}

/** Offset of the first line at or behind a place with which a record begins; null where there is none near it. */
function nextRecord(file: OpenFile, at: number): number | null {
  for (let length = SEARCHED_BYTES / 256; length <= SEARCHED_BYTES; length *= 4) {
    const bytes = bytesAt(file, at - 1, length);
    for (let begin = bytes.indexOf(LINE_FEED) + 1; begin > 0; begin = bytes.indexOf(LINE_FEED, begin) + 1) {
      const end = bytes.indexOf(LINE_FEED, begin);
      if (end >= 0 && opensRecord(bytes.toString('utf8', begin, end))) return at - 1 + begin;
    }
  }
  return null;
}

/** Reads a piece. Throws InputError. */
export function readPiece({ file, range, reading }: PieceJob, user: UserGrammar | null): PieceRead {
  const moments = new Moments();
  const pipeline = new Pipeline(contextFor(reading, moments, user), { offset: range.from, line: 1 });
  const facts = new FactsRead();
  let read = range.from;
  for (const block of blocksOfFile(file, range)) {
    facts.add(pipeline.push(block));
    read += block.length;
  }
  const isLast = range.to !== read;
  const { checkpoint: open } = pipeline;
  facts.add(pipeline.end());
  // Where another record begins behind it, nothing can be added any more.
  const checkpoint = isLast ? open : pipeline.checkpoint;
  const { lines, overlong } = pipeline;
  return { ...facts.taken, moments: moments.take(), read, isLast, checkpoint, lines, overlong };
}

/** Takes down what a clock is to be asked; an answer is the number of the question. */
export class Moments implements Dating {
  #asked: Moment[] = [];

  /** What was asked since this was called last; numbers begin anew. */
  take(): Moment[] {
    const asked = this.#asked;
    this.#asked = [];
    return asked;
  }

  at(stamp: Stamp): number | null {
    return stamp === null ? null : this.#asked.push({ stamp }) - 1;
  }

  learn(local: LocalTime, epoch_s: number): void {
    this.#asked.push({ local, epoch_s });
  }
}

/** What a log's clock answers to each moment in turn (ms). */
export function timesOf(moments: readonly Moment[], clock: Dating): (number | null)[] {
  return moments.map((moment) => {
    if ('stamp' in moment) return clock.at(moment.stamp);
    clock.learn(moment.local, moment.epoch_s);
    return null;
  });
}

/** Facts of a piece with their times, and with their lines, of which `before` stand before it. */
export function placed(
  { events, unmatched }: Pick<PieceRead, 'events' | 'unmatched'>,
  times: readonly (number | null)[],
  before: number,
): { events: LogEvent[]; unmatched: Unmatched[] } {
  const place = <Fact extends Pick<LogEvent, 'at' | 'ref'>>({ at, ref, ...fact }: Fact) => ({
    ...fact,
    at: at === null ? null : (times[at] ?? null),
    ref: { ...ref, line: ref.line + before },
  });
  return { events: events.map(place), unmatched: unmatched.map(place) };
}

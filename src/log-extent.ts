import type { Clock } from './parse/clock.ts';
import { unwrap } from './parse/envelope.ts';
import { hashOf } from './tail/identity.ts';

/** The time of the first of the lines that prints one, in ms; null where the first thousand print none. */
export function firstTime(lines: readonly string[], clock: Pick<Clock, 'at'>): number | null {
  for (const line of lines.slice(0, 1000)) {
    const read = unwrap(line);
    if (read.kind === 'header' && read.header.stamp !== null) return clock.at(read.header.stamp);
  }
  return null;
}

/** The lines of a log's head; one that is not complete yet counts only where it is the only one. */
export function headLines(head: Buffer): string[] {
  const text = head.toString('utf8');
  const end = text.lastIndexOf('\n');
  return (end < 0 ? text : text.slice(0, end)).split('\n');
}

/**
 * What a log is from its first dated line on, however long it grows: the hash of its beginning up to the end of that line.
 * Null where that line is not whole yet, or stands too far down.
 */
export function originOf(head: Buffer): string | null {
  let begin = 0;
  for (let end = head.indexOf(LINE_FEED); end >= 0; end = head.indexOf(LINE_FEED, begin)) {
    const read = unwrap(head.toString('utf8', begin, end));
    begin = end + 1;
    if (read.kind === 'header' && read.header.stamp !== null) return hashOf(head.subarray(0, begin));
  }
  return null;
}

const LINE_FEED = 0x0a;

/**
 * True where what is stored of a log was misread, told by the time of its first line: there was none yet, so that loose
 * lines were taken for messages, or it is off by what zones differ in, for the host's offset became known, or was stated,
 * after a part of the log was read.
 */
export function wasMisread(stored: number | null, now: number | null): boolean {
  if (now === null || stored === now) return false;
  if (stored === null) return true;
  const off = Math.abs(stored - now);
  return off <= LARGEST_DIFFERENCE && off % QUARTER_OF_AN_HOUR === 0;
}

const QUARTER_OF_AN_HOUR = 900_000;
const LARGEST_DIFFERENCE = 28 * 3_600_000;

/** As many of a log's last bytes as its last time is looked for in. */
export const TAIL_BYTES = 32 * 1024;

/** The last bytes that went by, as many as TAIL_BYTES. */
export class LastBytes {
  readonly #kept = Buffer.alloc(TAIL_BYTES);
  #length = 0;

  add(block: Buffer): void {
    const more = block.subarray(-TAIL_BYTES);
    const left = Math.min(this.#length, TAIL_BYTES - more.length);
    this.#kept.copyWithin(0, this.#length - left, this.#length);
    this.#kept.set(more, left);
    this.#length = left + more.length;
  }

  get text(): string {
    return this.#kept.toString('utf8', 0, this.#length);
  }
}

import type { LogLine } from '../model.ts';

const LINE_FEED = 10;
/** A longer line is cut: its head is kept, the rest is read past. Nova's longest useful lines are some kB. */
const LONGEST_LINE = 1024 * 1024;

/**
 * Cuts blocks of bytes into lines with exact offsets, and hands over only those that hold a needle, or that follow while
 * `following()` says so (the rest of an open record). Memory is bounded by the longest line, 1 MiB.
 */
export class LineReader {
  /** Offset and number of the first line not yet handed over or passed by. */
  offset: number;
  line: number;
  /** Lines of more than 1 MiB, which were cut. */
  overlong = 0;
  readonly #needles: readonly Buffer[];
  readonly #following: () => boolean;
  #carry: Buffer = Buffer.alloc(0);
  #cutting = false;
  #cutBytes = 0;

  /** No needles: every line is wanted. */
  constructor(needles: readonly string[], following: () => boolean, start: { offset: number; line: number }) {
    this.#needles = needles.map((needle) => Buffer.from(needle));
    this.#following = following;
    this.offset = start.offset;
    this.line = start.line;
  }

  /** The wanted lines that this block completes, in order. */
  *push(block: Buffer): Generator<LogLine, void, void> {
    let data = block;
    if (this.#cutting) {
      const end = data.indexOf(LINE_FEED);
      if (end < 0) {
        this.#cutBytes += data.length;
        return;
      }
      yield* this.#endOverlong(end + 1);
      data = data.subarray(end + 1);
    }
    if (this.#carry.length > 0) data = Buffer.concat([this.#carry, data]);
    const complete = data.lastIndexOf(LINE_FEED) + 1;
    if (complete > 0) yield* this.#complete(data.subarray(0, complete));
    this.#keep(data.subarray(complete));
  }

  /** The last line, where the file does not end in a line feed. */
  *end(): Generator<LogLine, void, void> {
    const bytes = this.#carry;
    if (bytes.length === 0) return;
    const at = { line: this.line, offset: this.offset, end: this.offset + bytes.length + this.#cutBytes };
    this.#carry = Buffer.alloc(0);
    this.#cutting = false;
    this.#cutBytes = 0;
    this.line += 1;
    this.offset = at.end;
    if (this.#following() || this.#holdsNeedle(bytes)) yield { ...at, text: bytes.toString('utf8'), terminated: false };
  }

  /** True while the bytes read so far end inside a line. */
  get insideLine(): boolean {
    return this.#carry.length > 0;
  }

  *#complete(data: Buffer): Generator<LogLine, void, void> {
    const base = this.offset;
    const search = new NeedleSearch(data, this.#needles);
    let position = 0;
    while (position < data.length) {
      if (this.#needles.length > 0 && !this.#following()) {
        const hit = search.next(position);
        if (hit < 0) break;
        const start = data.lastIndexOf(LINE_FEED, hit) + 1;
        this.#pass(data, position, Math.max(start, position), base);
        position = Math.max(start, position);
      }
      const end = data.indexOf(LINE_FEED, position);
      const kept = data.subarray(position, Math.min(end, position + LONGEST_LINE));
      const line = { line: this.line, offset: base + position };
      this.line += 1;
      this.offset = base + end + 1;
      position = end + 1;
      if (end - line.offset + base > LONGEST_LINE) {
        this.overlong += 1;
        if (!this.#following() && !this.#holdsNeedle(kept)) continue;
      }
      yield { ...line, text: kept.toString('utf8'), end: this.offset, terminated: true };
    }
    this.#pass(data, position, data.length, base);
  }

  #pass(data: Buffer, from: number, to: number, base: number): void {
    for (let feed = from - 1; ; this.line += 1) {
      feed = data.indexOf(LINE_FEED, feed + 1);
      if (feed < 0 || feed >= to) break;
    }
    this.offset = base + to;
  }

  #keep(rest: Buffer): void {
    if (rest.length <= LONGEST_LINE) {
      this.#carry = Buffer.from(rest);
      return;
    }
    this.#carry = Buffer.from(rest.subarray(0, LONGEST_LINE));
    this.#cutBytes = rest.length - LONGEST_LINE;
    this.#cutting = true;
  }

  *#endOverlong(rest: number): Generator<LogLine, void, void> {
    const bytes = this.#carry;
    const end = this.offset + bytes.length + this.#cutBytes + rest;
    const line = { text: bytes.toString('utf8'), line: this.line, offset: this.offset, end, terminated: true };
    this.#carry = Buffer.alloc(0);
    this.#cutting = false;
    this.#cutBytes = 0;
    this.line += 1;
    this.offset = end;
    this.overlong += 1;
    if (this.#following() || this.#holdsNeedle(bytes)) yield line;
  }

  #holdsNeedle(bytes: Buffer): boolean {
    return this.#needles.length === 0 || new NeedleSearch(bytes, this.#needles).next(0) >= 0;
  }
}

/** The next place, at or after a position, of any needle; each needle is searched once over the data. */
class NeedleSearch {
  readonly #data: Buffer;
  readonly #needles: readonly Buffer[];
  readonly #found: number[];

  constructor(data: Buffer, needles: readonly Buffer[]) {
    this.#data = data;
    this.#needles = needles;
    this.#found = needles.map(() => -1);
  }

  next(position: number): number {
    let nearest = Number.POSITIVE_INFINITY;
    for (const [index, needle] of this.#needles.entries()) {
      let found = this.#found[index] ?? -1;
      if (found < position) {
        const hit = this.#data.indexOf(needle, position);
        found = hit < 0 ? Number.POSITIVE_INFINITY : hit;
        this.#found[index] = found;
      }
      if (found < nearest) nearest = found;
    }
    return nearest === Number.POSITIVE_INFINITY ? -1 : nearest;
  }
}

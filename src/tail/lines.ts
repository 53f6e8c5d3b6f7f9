import type { LogLine } from '../model.ts';
import { NeedleScan } from './scan.ts';

const LINE_FEED = 10;
/** A longer line is cut: its head is kept, the rest is read past. Nova's longest useful lines are some kB. */
export const LONGEST_LINE = 1024 * 1024;
const NOTHING: Buffer = Buffer.alloc(0);

/** `isCandidate`: it holds a needle. */
type Take = (line: LogLine, isCandidate: boolean) => void;

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
  readonly #scan: NeedleScan;
  readonly #sieving: boolean;
  readonly #following: () => boolean;
  #carry = NOTHING;
  #cutting = false;
  #cutBytes = 0;

  /** Needles are of 1 to 16 bytes; none: every line is wanted. */
  constructor(needles: readonly string[], following: () => boolean, start: { offset: number; line: number }) {
    this.#scan = new NeedleScan(needles);
    this.#sieving = needles.length > 0;
    this.#following = following;
    this.offset = start.offset;
    this.line = start.line;
  }

  /** Hands over the wanted lines that this block completes, in order. `take` must not have another reader read. */
  push(block: Buffer, take: Take): void {
    let rest = block;
    if (this.#cutting) {
      const end = rest.indexOf(LINE_FEED);
      if (end < 0) {
        this.#cutBytes += rest.length;
        return;
      }
      this.#endOverlong(end + 1, take);
      rest = rest.subarray(end + 1);
    }
    const data = this.#scan.load(this.#carry, rest);
    const complete = data.lastIndexOf(LINE_FEED) + 1;
    this.#keep(data.subarray(complete));
    if (complete > 0) this.#complete(data.subarray(0, complete), take);
  }

  /** Hands over the last line, where the file does not end in a line feed. */
  end(take: Take): void {
    const bytes = this.#carry;
    if (bytes.length === 0) return;
    const at = { line: this.line, offset: this.offset, end: this.offset + bytes.length + this.#cutBytes };
    this.#carry = NOTHING;
    this.#cutting = false;
    this.#cutBytes = 0;
    this.line += 1;
    this.offset = at.end;
    this.#offer({ ...at, text: bytes.toString('utf8'), terminated: false }, bytes, take);
  }

  /** True while the bytes read so far end inside a line. */
  get insideLine(): boolean {
    return this.#carry.length > 0;
  }

  #complete(data: Buffer, take: Take): void {
    const base = this.offset;
    let position = 0;
    // The first needle from here on: no byte is searched twice.
    let hit = this.#sieving ? -1 : Number.POSITIVE_INFINITY;
    while (position < data.length) {
      if (hit < position) hit = this.#scan.next(position) ?? data.length;
      if (this.#sieving && !this.#following()) {
        if (hit >= data.length) break;
        const start = Math.max(position, data.lastIndexOf(LINE_FEED, hit) + 1);
        this.line += this.#scan.feeds(position, start);
        position = start;
      }
      const end = data.indexOf(LINE_FEED, position);
      const kept = Math.min(end, position + LONGEST_LINE);
      const text = data.toString('utf8', position, kept);
      const line = { line: this.line, offset: base + position };
      this.line += 1;
      this.offset = base + end + 1;
      const overlong = end - position > LONGEST_LINE;
      const isCandidate = !this.#sieving || hit < kept;
      position = end + 1;
      if (overlong) this.overlong += 1;
      if (isCandidate || this.#following()) take({ text, ...line, end: this.offset, terminated: true }, isCandidate);
    }
    this.line += this.#scan.feeds(position, data.length);
    this.offset = base + data.length;
  }

  #keep(rest: Buffer): void {
    this.#carry = rest.length === 0 ? NOTHING : Buffer.from(rest.subarray(0, LONGEST_LINE));
    this.#cutBytes = Math.max(0, rest.length - LONGEST_LINE);
    this.#cutting = this.#cutBytes > 0;
  }

  #endOverlong(rest: number, take: Take): void {
    const bytes = this.#carry;
    const end = this.offset + bytes.length + this.#cutBytes + rest;
    const line = { text: bytes.toString('utf8'), line: this.line, offset: this.offset, end, terminated: true };
    this.#carry = NOTHING;
    this.#cutting = false;
    this.#cutBytes = 0;
    this.line += 1;
    this.offset = end;
    this.overlong += 1;
    this.#offer(line, bytes, take);
  }

  #offer(line: LogLine, bytes: Buffer, take: Take): void {
    this.#scan.load(bytes, NOTHING);
    const isCandidate = !this.#sieving || this.#scan.next(0) !== null;
    if (isCandidate || this.#following()) take(line, isCandidate);
  }
}

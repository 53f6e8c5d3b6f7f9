import { pipeline, Readable } from 'node:stream';
import split2 from 'split2';
import type { LogLine } from '../model.ts';
import { LONGEST_LINE } from './lines.ts';

/**
 * Every line of a stream of bytes, with exact offsets, by split2: for who wants all of them, one after the other. What
 * `LineReader` hands over is among them, line for line the same.
 */
export async function* splitLines(blocks: AsyncIterable<Buffer>): AsyncGenerator<LogLine, void, void> {
  const input = new Limited(blocks);
  const lines = split2('\n', { decodeStrings: false });
  // An error in the blocks ends the lines with it.
  pipeline(Readable.from(input.texts()), lines, () => {});
  let offset = 0;
  let number = 0;
  let held: LogLine | null = null;
  for await (const latin1 of lines) {
    if (held !== null) yield held;
    const bytes = Buffer.from(latin1 as string, 'latin1');
    number += 1;
    const end: number = offset + bytes.length + input.dropped(number) + 1;
    held = { text: bytes.toString('utf8'), line: number, offset, end, terminated: true };
    offset = end;
  }
  if (held !== null) yield input.terminated ? held : { ...held, end: held.end - 1, terminated: false };
}

/** A character for each byte, so that no offset is lost, and of each line no more than 1 MiB, for split2 keeps it whole. */
class Limited {
  /** False while the bytes so far do not end in a line feed. */
  terminated = true;
  readonly #blocks: AsyncIterable<Buffer>;
  readonly #dropped = new Map<number, number>();
  #line = 1;
  #length = 0;

  constructor(blocks: AsyncIterable<Buffer>) {
    this.#blocks = blocks;
  }

  async *texts(): AsyncGenerator<string, void, void> {
    for await (const block of this.#blocks) yield this.#limited(block).toString('latin1');
  }

  /** How many bytes of a line were left out. */
  dropped(line: number): number {
    const count = this.#dropped.get(line) ?? 0;
    this.#dropped.delete(line);
    return count;
  }

  #limited(block: Buffer): Buffer {
    const kept: Buffer[] = [];
    for (let at = 0; at < block.length; ) {
      const feed = block.indexOf(10, at);
      const end = feed < 0 ? block.length : feed;
      const room = Math.max(0, Math.min(end - at, LONGEST_LINE - this.#length));
      kept.push(block.subarray(at, at + room));
      if (at + room < end) this.#dropped.set(this.#line, (this.#dropped.get(this.#line) ?? 0) + end - at - room);
      this.#length += room;
      this.terminated = feed >= 0;
      if (feed >= 0) {
        kept.push(block.subarray(feed, feed + 1));
        this.#line += 1;
        this.#length = 0;
      }
      at = end + 1;
    }
    return Buffer.concat(kept);
  }
}

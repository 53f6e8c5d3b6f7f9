import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogLine } from '../../src/model.ts';
import { LineReader } from '../../src/tail/lines.ts';

const START = { offset: 0, line: 1 };
const MIB = 1024 * 1024;

/** Bytes that are likely to break lines wrongly: feeds, returns, NULs, needles, halves of characters. */
const piece = fc.oneof(
  fc
    .constantFrom('\n', '\r\n', '\r', '\0', '\u2028', 'Migrat', 'igrat', 'Live ', 'ä€', '\ufeff')
    .map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
);
const content = fc.array(piece, { maxLength: 60 }).map((pieces) => Buffer.concat(pieces));
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 30 });

describe('whatever the bytes and wherever blocks end', () => {
  test('every line is handed over, with its number and its offsets', () => {
    fc.assert(
      fc.property(content, sizes, (bytes, cuts) => {
        expect(read(bytes, cuts, [])).toEqual(naive(bytes));
      }),
      { numRuns: 500 },
    );
  });

  test('with needles, the lines that hold one', () => {
    fc.assert(
      fc.property(content, sizes, (bytes, cuts) => {
        const wanted = naive(bytes).filter((line) => /Migrat|Live /.test(line.text));
        expect(read(bytes, cuts, ['Migrat', 'Live '])).toEqual(wanted);
      }),
      { numRuns: 500 },
    );
  });

  test('while a record is open, the lines that follow', () => {
    fc.assert(
      fc.property(content, sizes, fc.integer({ min: 1, max: 4 }), (bytes, cuts, more) => {
        const lines = naive(bytes);
        const wanted = new Set<number>();
        let left = 0;
        for (const [index, { text }] of lines.entries()) {
          if (left === 0 && !text.includes('Migrat')) continue;
          wanted.add(index);
          left = text.includes('Migrat') ? more : left - 1;
        }
        let open = 0;
        const reader = new LineReader(['Migrat'], () => open > 0, START);
        const taken: ReturnType<typeof naive> = [];
        const take = (line: ReturnType<typeof naive>[number]) => {
          open = line.text.includes('Migrat') ? more : open - 1;
          taken.push(line);
        };
        for (const block of blocks(bytes, cuts)) reader.push(block, take);
        reader.end(take);
        expect(taken).toEqual(lines.filter((_, index) => wanted.has(index)));
      }),
      { numRuns: 500 },
    );
  });

  test('offset and line stand behind the last complete line, then behind the last', () => {
    fc.assert(
      fc.property(content, sizes, (bytes, cuts) => {
        const reader = new LineReader(['Migrat'], () => false, START);
        for (const block of blocks(bytes, cuts)) reader.push(block, () => {});
        expect(reader.offset).toBe(bytes.lastIndexOf(10) + 1);
        expect(reader.line).toBe(bytes.filter((byte) => byte === 10).length + 1);
        expect(reader.insideLine).toBe(reader.offset < bytes.length);
        reader.end(() => {});
        expect(reader.offset).toBe(bytes.length);
        expect(reader.line).toBe(naive(bytes).length + 1);
      }),
    );
  });

  test('reading may begin at any line', () => {
    fc.assert(
      fc.property(content, sizes, fc.nat(), (bytes, cuts, choice) => {
        const lines = naive(bytes);
        const from = lines[choice % Math.max(1, lines.length)] ?? { offset: 0, line: 1 };
        const rest = lines.filter(({ line }) => line >= from.line);
        const reader = new LineReader([], () => false, { offset: from.offset, line: from.line });
        expect(all(reader, bytes.subarray(from.offset), cuts)).toEqual(rest);
      }),
    );
  });
});

describe('a line of more than 1 MiB', () => {
  const before = Buffer.from('Live before\n');
  const after = Buffer.from('Live after\nno\nLive last');
  const long = (size: number) => Buffer.concat([Buffer.from('Live long '), Buffer.alloc(size, 'x'), Buffer.from('\n')]);
  const SIZES = [MIB - 20, MIB - 11, MIB - 10, MIB - 9, MIB, MIB + 1, 3 * MIB];

  test.each(SIZES.flatMap((size) => [4096, 65_536, 262_144, 8 * MIB].map((block) => [size, block] as const)))(
    'of %i bytes in blocks of %i',
    (size, block) => {
      const bytes = Buffer.concat([before, long(size), after]);
      const reader = new LineReader(['Live '], () => false, START);
      const told = all(reader, bytes, [block]).map(({ line, offset, end, text }) => [line, offset, end, text.length]);
      const length = 10 + size;
      const second = 12 + length + 1;
      expect(told).toEqual([
        [1, 0, 12, 11],
        [2, 12, second, Math.min(length, MIB)],
        [3, second, second + 11, 10],
        [5, second + 14, bytes.length, 9],
      ]);
      expect(reader.overlong).toBe(length > MIB ? 1 : 0);
    },
  );

  test('that never ends', () => {
    const reader = new LineReader(['Live '], () => false, START);
    expect(all(reader, long(3 * MIB).subarray(0, -1), [65_536])).toMatchObject([
      { line: 1, offset: 0, end: 3 * MIB + 10, terminated: false },
    ]);
  });
});

function read(bytes: Buffer, cuts: readonly number[], needles: readonly string[]) {
  return all(new LineReader(needles, () => false, START), bytes, cuts);
}

function all(reader: LineReader, bytes: Buffer, cuts: readonly number[]) {
  const found: LogLine[] = [];
  for (const block of blocks(bytes, cuts)) reader.push(block, (line) => found.push(line));
  reader.end((line) => found.push(line));
  return found;
}

/** Blocks of the given sizes, over and over; each is overwritten once it was read, as a reused buffer is. */
function* blocks(bytes: Buffer, cuts: readonly number[]): Generator<Buffer> {
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = cuts[turn % cuts.length] ?? 1;
    const block = Buffer.from(bytes.subarray(at, at + size));
    yield block;
    block.fill('#');
    at += size;
  }
}

function naive(bytes: Buffer) {
  const lines = [];
  for (let offset = 0, line = 1; offset < bytes.length; line += 1) {
    const feed = bytes.indexOf(10, offset);
    const end = feed < 0 ? bytes.length : feed + 1;
    const text = bytes.toString('utf8', offset, feed < 0 ? end : feed);
    lines.push({ text, line, offset, end, terminated: feed >= 0 });
    offset = end;
  }
  return lines;
}

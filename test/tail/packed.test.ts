import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blocksOf, InputError, unpacked } from '../../src/tail/bytes.ts';
import { scratch } from '../scratch.ts';

const MIB = 1024 * 1024;
const PACK = { gzip: gzipSync, zstd: zstdCompressSync };
const ways = (['gzip', 'zstd'] as const).flatMap((packing) => [
  { packing, from: 'a file' as const },
  { packing, from: 'a pipe' as const },
]);

interface Read {
  readonly bytes: Buffer;
  readonly largest: number;
  readonly problem: string | null;
}

/** Reads packed bytes out of a file that is made, or, in pieces of so many bytes, out of a pipe. */
async function read(path: string, packed: Buffer, from: 'a file' | 'a pipe', pieceBytes = 1000): Promise<Read> {
  if (from === 'a file') writeFileSync(path, packed);
  const parts: Buffer[] = [];
  let problem: string | null = null;
  try {
    const blocks = from === 'a file' ? blocksOf(path) : unpacked(cut(packed, pieceBytes), path);
    for await (const block of blocks) parts.push(Buffer.from(block));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    problem = error.message;
  }
  return { bytes: Buffer.concat(parts), largest: Math.max(0, ...parts.map(({ length }) => length)), problem };
}

async function* cut(bytes: Buffer, pieceBytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

/** Bytes as logs have them, and bytes that cannot be packed. */
const parts = fc.array(
  fc.oneof(
    fc.tuple(fc.string({ minLength: 1, maxLength: 60 }), fc.nat(40_000)).map(([text, n]) => text.repeat(n)),
    fc.uint8Array({ maxLength: 5000 }),
  ),
  { minLength: 1, maxLength: 4 },
);

describe.each(ways)('$packing from $from', ({ packing, from }) => {
  test('is unpacked to what it was made of, all of what was put one behind the other', async () => {
    const path = join(scratch(), 'packed');
    await fc.assert(
      fc.asyncProperty(parts, fc.integer({ min: 1, max: 70_000 }), async (plain, pieceBytes) => {
        const packed = Buffer.concat(plain.map((part) => PACK[packing](part)));
        const { bytes, problem } = await read(path, packed, from, pieceBytes);
        expect(problem).toBeNull();
        expect(bytes.equals(Buffer.concat(plain.map((part) => Buffer.from(part))))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test('gives what stands before the place where it breaks off, and says that it does', async () => {
    const path = join(scratch(), 'packed');
    const lines = Array.from({ length: 20_000 }, (_, line) => `${line} ${(line * 7919) % 10_007}\n`);
    const text = Buffer.from(lines.join(''));
    const packed = Buffer.concat([PACK[packing](text), PACK[packing](text)]);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 6, max: packed.length - 1 }), async (length) => {
        fc.pre(length !== packed.length / 2);
        const { bytes, problem } = await read(path, packed.subarray(0, length), from);
        expect(problem).toContain('break off in the middle');
        expect(bytes.equals(Buffer.concat([text, text]).subarray(0, bytes.length))).toBe(true);
        // One unfinished piece, and what the decoder holds back.
        expect(bytes.length).toBeGreaterThan((length / packed.length) * 2 * text.length - MIB / 4);
      }),
      { numRuns: 50 },
    );
  });

  test('is never handed over in much at once, however small it was', async () => {
    const path = join(scratch(), 'packed');
    const { bytes, largest, problem } = await read(path, PACK[packing](Buffer.alloc(64 * MIB)), from);
    expect({ problem, length: bytes.length }).toEqual({ problem: null, length: 64 * MIB });
    expect(largest).toBeLessThanOrEqual(MIB / 4);
  });
});

test.each(['a file', 'a pipe'] as const)('zeros behind gzip, as tapes pad, are no damage: from %s', async (from) => {
  const path = join(scratch(), 'packed');
  const { bytes, problem } = await read(path, Buffer.concat([gzipSync('line\n'), Buffer.alloc(512)]), from);
  expect({ problem, text: bytes.toString() }).toEqual({ problem: null, text: 'line\n' });
});

test.each(['gzip', 'zstd'] as const)(
  'all that stands before the damage is got out of a file of %s',
  async (packing) => {
    const path = join(scratch(), 'packed');
    const text = Buffer.from(
      Array.from({ length: 20_000 }, (_, line) => `${line} ${(line * 7919) % 10_007}\n`).join(''),
    );
    const garbage = Buffer.from('something else that somebody has put behind it');
    const { bytes, problem } = await read(path, Buffer.concat([PACK[packing](text), garbage]), 'a file');
    expect(problem).toContain('the compressed data are damaged');
    expect(bytes.equals(text)).toBe(true);
  },
);

/** RFC 8878: magic, no content size, a window of 2 to this power, one raw block. */
function frame(text: string, windowLog: number): Buffer {
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, (windowLog - 10) << 3, (text.length << 3) | 1, 0, 0]);
  return Buffer.concat([head, Buffer.from(text)]);
}

test.each(['a file', 'a pipe'] as const)(
  'pzstd begins with a frame that is to be passed over: from %s',
  async (from) => {
    const path = join(scratch(), 'packed');
    const passedOver = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]);
    const { bytes, problem } = await read(path, Buffer.concat([passedOver, frame('line\n', 20)]), from);
    expect({ problem, text: bytes.toString() }).toEqual({ problem: null, text: 'line\n' });
  },
);

test('a window that would take too much memory is no damage', async () => {
  const { problem } = await read(join(scratch(), 'packed'), frame('line\n', 31), 'a file');
  expect(problem).toMatch(/is compressed with a window of more than 128 MiB, .*unpack it first: zstd -d --long=31/);
});

test('while a file is unpacked, whatever else the thread does gets its turns', async () => {
  const path = join(scratch(), 'packed');
  writeFileSync(path, gzipSync(Buffer.alloc(64 * MIB)));
  let turns = 0;
  let timer = setImmediate(function again() {
    turns += 1;
    timer = setImmediate(again);
  });
  for await (const _block of blocksOf(path));
  clearImmediate(timer);
  expect(turns).toBeGreaterThan(30);
});

import { closeSync, fstatSync, type Stats, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { Decoder, type Packing } from './decoder.ts';
import { asInputError, InputError } from './input-error.ts';
import { BLOCK, blocksOfFile, blocksOfPipe, bytesAt, type OpenFile, openFile } from './open-file.ts';

export { InputError } from './input-error.ts';

/** Does something with an input, and adds what is wrong with it to `problems`, once, so that the other inputs are read all the same. */
export async function attempt(problems: InputError[], action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    if (!problems.some(({ message }) => message === error.message)) problems.push(error);
  }
}

/**
 * The uncompressed bytes of a file (plain, gzip, zstd; `-` is stdin) from byte `from` on, block by block. A block is
 * valid only until the next one is asked for. Throws InputError where the input cannot be read or breaks off; what came
 * before it has been delivered.
 */
export async function* blocksOf(path: string, from = 0): AsyncGenerator<Buffer, void, void> {
  if (path === '-') return yield* skip(unpacked(streamBlocks(process.stdin, path), path), from);
  if (!statOfPath(path).isFile()) return yield* skip(unpacked(plainBlocks(path, 0), path), from);
  const compression = compressionOf(path);
  if (compression === 'none') return yield* plainBlocks(path, from);
  yield* skip(inTurns(unpackedBlocks(path, compression)), from);
}

/** Size on disk and time of the last change (ms); null size for what has none (a pipe, stdin). Throws InputError. */
export function statOf(path: string): { size: number | null; changedAt: number | null } {
  if (path === '-') return { size: null, changedAt: null };
  const stat = statOfPath(path);
  if (stat.isDirectory()) throw new InputError(`${path}: is a folder, not a log`);
  return { size: stat.isFile() ? stat.size : null, changedAt: stat.isFile() ? stat.mtimeMs : null };
}

/** True where the file must be read from its beginning to get at its middle. */
export function isCompressed(path: string): boolean {
  return path !== '-' && compressionOf(path) !== 'none';
}

/** What can be read only once, unpacked where its first bytes say that it is packed. Throws InputError. */
export async function* unpacked(
  blocks: AsyncIterable<Buffer> | Iterable<Buffer>,
  path: string,
): AsyncGenerator<Buffer, void, void> {
  async function* copies() {
    for await (const block of blocks) yield Buffer.from(block);
  }
  const source = copies();
  let begun = Buffer.alloc(0);
  while (begun.length < MAGIC_BYTES) {
    const { value, done } = await source.next();
    if (done) break;
    begun = Buffer.concat([begun, value]);
  }
  async function* whole() {
    if (begun.length > 0) yield begun;
    yield* source;
  }
  const compression = compressionIn(begun, path);
  if (compression === 'none') yield* whole();
  else yield* decoded(whole(), compression, path);
}

/** The unpacked bytes of a file, like `blocksOfFile`; where it is damaged, what stands before is got out in small pieces. */
function* unpackedBlocks(path: string, packing: Packing): Generator<Buffer, void, void> {
  const file = openFile(path);
  let done = 0;
  let problem: unknown;
  try {
    for (const pieceBytes of [BLOCK, undefined]) {
      let position = 0;
      try {
        for (const block of decodedFile(file, packing, pieceBytes)) {
          position += block.length;
          if (position <= done) continue;
          yield block.subarray(Math.max(0, block.length - (position - done)));
          done = position;
        }
        return;
      } catch (error) {
        problem = error;
      }
    }
  } finally {
    closeSync(file.fd);
  }
  throw asInputError(problem, path);
}

function* decodedFile(file: OpenFile, packing: Packing, pieceBytes?: number): Generator<Buffer, void, void> {
  const decoder = new Decoder(packing, pieceBytes);
  try {
    for (const block of blocksOfFile(file, { from: 0, to: null })) yield* decoder.push(block);
    yield* decoder.end();
  } finally {
    decoder.close();
  }
}

async function* decoded(blocks: AsyncIterable<Buffer>, packing: Packing, path: string): AsyncGenerator<Buffer> {
  const decoder = new Decoder(packing);
  try {
    for await (const block of blocks) yield* decoder.push(block);
    yield* decoder.end();
  } catch (error) {
    throw asInputError(error, path);
  } finally {
    decoder.close();
  }
}

/** A named pipe must not be opened for this: its writer goes when the first reader does. */
function statOfPath(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    throw asInputError(error, path);
  }
}

function* plainBlocks(path: string, from: number): Generator<Buffer, void, void> {
  const file = openFile(path);
  try {
    yield* fstatSync(file.fd).isFile() ? blocksOfFile(file, { from, to: null }) : blocksOfPipe(file);
  } finally {
    closeSync(file.fd);
  }
}

async function* streamBlocks(stream: Readable, path: string): AsyncGenerator<Buffer, void, void> {
  try {
    for await (const block of stream) yield block as Buffer;
  } catch (error) {
    throw asInputError(error, path);
  }
}

/** To unpack a large log takes seconds, in which whatever else this thread does gets its turns. */
async function* inTurns(blocks: Iterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  let bytes = 0;
  for (const block of blocks) {
    yield block;
    bytes += block.length;
    if (bytes < TURN_BYTES) continue;
    bytes = 0;
    await turn();
  }
}

const TURN_BYTES = 1024 * 1024;

async function* skip(blocks: AsyncGenerator<Buffer>, from: number): AsyncGenerator<Buffer, void, void> {
  let position = 0;
  for await (const block of blocks) {
    if (position + block.length > from) yield block.subarray(Math.max(0, from - position));
    position += block.length;
  }
}

type Compression = 'none' | Packing;

const UNREADABLE = [
  { magic: Buffer.from('BZh'), name: 'bzip2', unpack: 'bzip2 -dc' },
  { magic: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]), name: 'xz', unpack: 'xz -dc' },
];

const MAGIC_BYTES = 6;

function compressionOf(path: string): Compression {
  if (!statOfPath(path).isFile()) return 'none';
  const file = openFile(path);
  try {
    return compressionIn(bytesAt(file, 0, MAGIC_BYTES), path);
  } finally {
    closeSync(file.fd);
  }
}

function compressionIn(head: Buffer, path: string): Compression {
  if (head.length >= 2 && head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  if (head.length >= 4 && head.readUInt32LE(0) === 0xfd2fb528) return 'zstd';
  const other = UNREADABLE.find(({ magic }) => head.subarray(0, magic.length).equals(magic));
  if (other === undefined) return 'none';
  throw new InputError(
    `${path}: is compressed with ${other.name}, which novatrail does not read (gzip and zstd it does).\n` +
      `  Unpack it first: ${other.unpack} ${path === '-' ? '' : `${path} `}| novatrail audit --host NAME=- -`,
  );
}

import { closeSync, fstatSync, type Stats, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { Decoder, type Packing } from './decoder.ts';
import { asInputError, DamageError, InputError } from './input-error.ts';
import { BLOCK, blocksOfFile, blocksOfPipe, bytesAt, type OpenFile, openFile } from './open-file.ts';

export { DamageError, InputError } from './input-error.ts';

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

/** The unpacked bytes of a file, like `blocksOfFile`; where it is damaged, all that can be got out before the damage. */
function* unpackedBlocks(path: string, packing: Packing): Generator<Buffer, void, void> {
  const file = openFile(path);
  const reached = { input: 0, output: 0 };
  try {
    yield* decodedFile(file, packing, reached);
  } catch (error) {
    const problem = asInputError(error, path);
    // A step that fails hands over nothing: so the last ones are made as small as can be.
    if (problem instanceof DamageError) yield* untilDamage(file, packing, reached);
    throw problem;
  } finally {
    closeSync(file.fd);
  }
}

/** Up to which byte of a packed file, and of what was in it, unpacking has come. */
interface Reached {
  input: number;
  output: number;
}

function* decodedFile(file: OpenFile, packing: Packing, reached: Reached): Generator<Buffer, void, void> {
  const decoder = new Decoder(packing, BLOCK);
  try {
    for (const input of blocksOfFile(file, { from: 0, to: null })) {
      for (const output of decoder.push(input)) {
        yield output;
        reached.output += output.length;
      }
      reached.input += input.length;
    }
    yield* decoder.end();
  } finally {
    decoder.close();
  }
}

/** Goes on where unpacking failed, byte by byte. */
function* untilDamage(file: OpenFile, packing: Packing, { input, output }: Reached): Generator<Buffer, void, void> {
  const decoder = new Decoder(packing);
  let position = 0;
  let unpacked = 0;
  try {
    for (const block of blocksOfFile(file, { from: 0, to: null })) {
      const step = position < input ? block.length : 1;
      for (let at = 0; at < block.length; at += step) {
        for (const bytes of decoder.push(block.subarray(at, at + step))) {
          unpacked += bytes.length;
          if (unpacked > output) yield bytes.subarray(Math.max(0, bytes.length - (unpacked - output)));
        }
      }
      position += block.length;
    }
  } catch (error) {
    // As the first time.
    if (!(asInputError(error, file.path) instanceof DamageError)) throw error;
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
  const zstd = head.length >= 4 ? head.readUInt32LE(0) : 0;
  // A frame, or one that is to be passed over, with which pzstd begins (RFC 8878).
  if (zstd === 0xfd2fb528 || zstd >>> 4 === 0x184d2a5) return 'zstd';
  const other = UNREADABLE.find(({ magic }) => head.subarray(0, magic.length).equals(magic));
  if (other === undefined) return 'none';
  throw new InputError(
    `${path}: is compressed with ${other.name}, which novatrail does not read (gzip and zstd it does).\n` +
      `  Unpack it first: ${other.unpack} ${path === '-' ? '' : `${path} `}| novatrail audit --host NAME=- -`,
  );
}

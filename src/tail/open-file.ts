import { openSync, readSync } from 'node:fs';
import { asInputError } from './input-error.ts';

/** A file that is open, and what it is called. */
export interface OpenFile {
  readonly fd: number;
  readonly path: string;
}

/** Bytes from `from` up to `to`; null: up to the end. */
export interface Range {
  readonly from: number;
  readonly to: number | null;
}

/** What is read at once. */
export const BLOCK = 256 * 1024;

/** Throws InputError where it cannot be opened. */
export function openFile(path: string): OpenFile {
  try {
    return { fd: openSync(path, 'r'), path };
  } catch (error) {
    throw asInputError(error, path);
  }
}

/** As many bytes as there are, at most `length`, at an offset. Throws InputError. */
export function bytesAt({ fd, path }: OpenFile, offset: number, length: number): Buffer {
  try {
    const bytes = Buffer.allocUnsafe(length);
    return bytes.subarray(0, readSync(fd, bytes, 0, length, offset));
  } catch (error) {
    throw asInputError(error, path);
  }
}

/** The bytes of a range, or what there is of them; a block is valid only until the next one is asked for. Throws InputError. */
export function* blocksOfFile({ fd, path }: OpenFile, { from, to }: Range): Generator<Buffer, void, void> {
  const block = spareBlocks.pop() ?? Buffer.allocUnsafe(BLOCK);
  try {
    for (let position = from; position < (to ?? Number.POSITIVE_INFINITY); ) {
      const length = readSync(fd, block, 0, to === null ? BLOCK : Math.min(BLOCK, to - position), position);
      if (length === 0) return;
      yield block.subarray(0, length);
      position += length;
    }
  } catch (error) {
    throw asInputError(error, path);
  } finally {
    spareBlocks.push(block);
  }
}

/** Blocks that nobody reads into: a new one for each of a thousand small logs would be a lot to collect. */
const spareBlocks: Buffer[] = [];

/** What comes through a pipe, once. Throws InputError. */
export function* blocksOfPipe({ fd, path }: OpenFile): Generator<Buffer, void, void> {
  const block = Buffer.allocUnsafe(BLOCK);
  try {
    for (let length = readSync(fd, block); length > 0; length = readSync(fd, block)) yield block.subarray(0, length);
  } catch (error) {
    throw asInputError(error, path);
  }
}

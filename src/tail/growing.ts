import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { InputError } from './bytes.ts';
import { type FileId, fileIdOf } from './file-id.ts';

const BLOCK = 256 * 1024;
/** Bytes before the place of reading that must still stand there: a file that was written anew has others. */
const ANCHOR = 256;
/** Runs of NUL bytes longer than this are passed over: a line in which they stood would be cut. */
const LONG_HOLE = 1024 * 1024;
/** Read into, never kept: every file is read in turn. */
const scratch = Buffer.allocUnsafe(ANCHOR + BLOCK);

/** What a look at the end of a file finds. `hole`: nothing but NUL bytes up to `until`, where the next line begins. */
export type Found =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'hole'; readonly until: number }
  | { readonly kind: 'end' }
  | { readonly kind: 'rewritten' };

/** State of an open file: bytes, names that lead to it, time of the last write (ms). */
export interface FileState {
  readonly size: number;
  readonly links: number;
  readonly changedAt: number;
}

/**
 * An open file that others append to, cut off, rename and delete. It is read from `position` on; bytes that were read are
 * not read again, whatever its name is now.
 */
export class GrowingFile {
  readonly #fd: number;
  #position = 0;
  #anchor: Buffer = Buffer.alloc(0);
  /** NUL bytes before this offset are followed by others. */
  #solid = 0;
  #emptyAt = '';

  /** Throws InputError where the file cannot be opened. */
  constructor(path: string) {
    try {
      this.#fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch (error) {
      throw new InputError(`${path}: cannot be opened (${(error as Error).message})`, { cause: error });
    }
  }

  get position(): number {
    return this.#position;
  }

  /** Goes on from an offset; what stands before it there is what must stay there. */
  seek(offset: number): void {
    const length = Math.min(ANCHOR, offset);
    const anchor = Buffer.alloc(length);
    const read = readSync(this.#fd, anchor, 0, length, offset - length);
    this.#anchor = anchor.subarray(0, read);
    this.#position = offset;
  }

  get id(): FileId {
    return fileIdOf(fstatSync(this.#fd, { bigint: true }));
  }

  state(): FileState {
    const { size, nlink, mtimeMs } = fstatSync(this.#fd);
    return { size, links: nlink, changedAt: mtimeMs };
  }

  /** The file's first bytes, as many of so many as there are. */
  head(length: number): Buffer {
    const head = Buffer.alloc(length);
    return head.subarray(0, readSync(this.#fd, head, 0, length, 0));
  }

  /**
   * What stands after `position`, at most 256 KiB, valid until the next call for any file. NUL bytes at the end are left: a
   * network file system shows them before the data come.
   */
  next(state: FileState): Found {
    // It may have grown since it was looked at.
    if (state.size < this.#position && this.state().size < this.#position) return { kind: 'rewritten' };
    const before = this.#anchor.length;
    const length = readSync(this.#fd, scratch, 0, before + BLOCK, this.#position - before);
    if (length < before || !scratch.subarray(0, before).equals(this.#anchor)) return { kind: 'rewritten' };
    const block = scratch.subarray(before, length);
    const bytes = block.subarray(0, this.#usable(block, state));
    if (bytes.length > 0) return { kind: 'bytes', bytes: this.#take(bytes) };
    if (this.#solid - this.#position > LONG_HOLE) return { kind: 'hole', until: this.#solid };
    return block.length > 0 && this.#solid > this.#position
      ? { kind: 'bytes', bytes: this.#take(block) }
      : { kind: 'end' };
  }

  /** True where both files begin with the same so many bytes. */
  beginsAs(other: GrowingFile, length: number): boolean {
    const [a, b] = [Buffer.allocUnsafe(BLOCK), Buffer.allocUnsafe(BLOCK)];
    for (let position = 0; position < length; ) {
      const wanted = Math.min(BLOCK, length - position);
      const read = readSync(this.#fd, a, 0, wanted, position);
      if (read === 0 || readSync(other.#fd, b, 0, read, position) !== read) return false;
      if (!a.subarray(0, read).equals(b.subarray(0, read))) return false;
      position += read;
    }
    return true;
  }

  /** Where the line at an offset ends, if it begins with a text; null where another stands there, or it has no end. */
  endOfLine(offset: number, text: string): number | null {
    const begin = Buffer.from(text);
    const block = Buffer.allocUnsafe(BLOCK);
    const length = readSync(this.#fd, block, 0, BLOCK, offset);
    const end = block.subarray(0, length).indexOf(10);
    return end >= begin.length && block.subarray(0, begin.length).equals(begin) ? offset + end + 1 : null;
  }

  /** How many lines end before an offset, and where the last of them ends. */
  linesBefore(offset: number): { readonly offset: number; readonly line: number } {
    const block = Buffer.allocUnsafe(BLOCK);
    const place = { offset: 0, line: 1 };
    for (let position = 0; position < offset; ) {
      const read = readSync(this.#fd, block, 0, Math.min(BLOCK, offset - position), position);
      if (read === 0) break;
      for (let feed = block.indexOf(10); feed >= 0 && feed < read; feed = block.indexOf(10, feed + 1)) {
        place.offset = position + feed + 1;
        place.line += 1;
      }
      position += read;
    }
    return place;
  }

  close(): void {
    closeSync(this.#fd);
  }

  #take(bytes: Buffer): Buffer {
    this.#position += bytes.length;
    const joined = bytes.length >= ANCHOR ? bytes : Buffer.concat([this.#anchor, bytes]);
    this.#anchor = Buffer.from(joined.subarray(-ANCHOR));
    return bytes;
  }

  /** How much of a block there is before NUL bytes that nothing follows yet. */
  #usable(block: Buffer, state: FileState): number {
    let end = block.length;
    while (end > 0 && block[end - 1] === 0) end -= 1;
    if (end === block.length || end > 0) return end;
    const seen = `${state.size} ${state.changedAt}`;
    if (block.length === 0 || this.#solid > this.#position || this.#emptyAt === seen) return 0;
    const found = this.#dataAfter(this.#position + block.length);
    if (found === null) this.#emptyAt = seen;
    else this.#solid = found;
    return 0;
  }

  #dataAfter(offset: number): number | null {
    const block = Buffer.allocUnsafe(BLOCK);
    for (let position = offset; ; ) {
      const length = readSync(this.#fd, block, 0, BLOCK, position);
      if (length === 0) return null;
      const data = block.subarray(0, length).findIndex((byte) => byte !== 0);
      if (data >= 0) return position + data;
      position += length;
    }
  }
}

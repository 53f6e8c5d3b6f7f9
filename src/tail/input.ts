import { closeSync } from 'node:fs';
import { blocksOf, InputError, isCompressed, statOf } from './bytes.ts';
import { HEAD_BYTES } from './identity.ts';
import { bytesAt, openFile } from './open-file.ts';

/**
 * A log's bytes with its head looked at first: its identity and its kind are told from it. What can be read only once
 * (stdin, a pipe) is not read twice. Reading throws InputError.
 */
export class Input {
  /** The first 64 KiB, or what there is. */
  readonly head: Buffer;
  readonly #path: string;
  readonly #begun: Buffer;
  readonly #rest: AsyncGenerator<Buffer> | null;

  private constructor(path: string, begun: Buffer, rest: AsyncGenerator<Buffer> | null) {
    this.#path = path;
    this.#begun = begun;
    this.#rest = rest;
    this.head = begun.subarray(0, HEAD_BYTES);
  }

  static async open(path: string): Promise<Input> {
    if (statOf(path).size !== null && !isCompressed(path)) return new Input(path, headOf(path), null);
    const stream = blocksOf(path);
    const parts: Buffer[] = [];
    let length = 0;
    let rest = stream;
    try {
      while (length < HEAD_BYTES) {
        const { value, done } = await stream.next();
        if (done) break;
        parts.push(Buffer.from(value));
        length += value.length;
      }
    } catch (error) {
      if (length === 0) throw error;
      rest = failing(error);
    }
    const begun = Buffer.concat(parts);
    if (statOf(path).size === null) return new Input(path, begun, rest);
    await stream.return();
    return new Input(path, begun, null);
  }

  /** The bytes from an offset on, block by block; a block is valid only until the next one is asked for. */
  async *blocks(from = 0): AsyncGenerator<Buffer> {
    if (this.#rest === null) return yield* this.#again(from);
    let position = this.#begun.length;
    if (position > from) yield this.#begun.subarray(from);
    for await (const block of this.#rest) {
      if (position + block.length > from) yield block.subarray(Math.max(0, from - position));
      position += block.length;
    }
  }

  /** The file is opened anew: it must still be the one whose head was looked at. */
  async *#again(from: number): AsyncGenerator<Buffer> {
    if (!isCompressed(this.#path)) {
      this.#check(headOf(this.#path), 0);
      return yield* blocksOf(this.#path, from);
    }
    let position = 0;
    for await (const block of blocksOf(this.#path)) {
      this.#check(block, position);
      if (position + block.length > from) yield block.subarray(Math.max(0, from - position));
      position += block.length;
    }
  }

  #check(block: Buffer, position: number): void {
    const shared = Math.min(block.length, this.head.length - position);
    if (shared > 0 && this.head.compare(block, 0, shared, position, position + shared) !== 0)
      throw replaced(this.#path);
  }
}

export function replaced(path: string): InputError {
  return new InputError(`${path}: was replaced while it was read; read it again`);
}

function headOf(path: string): Buffer {
  const file = openFile(path);
  try {
    return bytesAt(file, 0, HEAD_BYTES);
  } finally {
    closeSync(file.fd);
  }
}

/** What is damaged after its beginning is told when reading comes to it. */
async function* failing(error: unknown): AsyncGenerator<Buffer, void, void> {
  yield* [];
  throw error;
}

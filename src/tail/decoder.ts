// Unpacks gzip and zstd in this thread, into one block that is used again and again: half the time of Node's streams, which hand
// each piece over to another thread and make a new block of it, and which end with the first of several zstd frames (Node 24).
// Node offers no public call for that; what is used of its decoders is looked for first.

import { constants, createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from 'node:zlib';

export type Packing = 'gzip' | 'zstd';

/** What a decoder hands over at once, by default: of a piece that it cannot finish nothing is handed over. */
const PIECE = 16 * 1024;

/** What Node's decoders keep inside them (lib/zlib.js, Node 22 and 24). */
interface Inner {
  readonly _handle: {
    writeSync(
      flush: number,
      input: Uint8Array,
      inputOffset: number,
      inputLength: number,
      output: Uint8Array,
      outputOffset: number,
      outputLength: number,
    ): void;
  };
  /** After each call: how much of the output is still free, how much of the input still to be taken. */
  readonly _writeState: Uint32Array;
}

/** Unpacks what it is given, block by block; a block is valid only until the next one is asked for. To be closed. */
export class Decoder {
  readonly #packing: Packing;
  readonly #inner: (Gunzip | ZstdDecompress) & Inner;
  readonly #output: Buffer;
  #hasEnded = false;

  /** `pieceBytes`: largest block that is handed over. Throws where this Node's decoders are others than those known here. */
  constructor(packing: Packing, pieceBytes = PIECE) {
    const decoder = packing === 'gzip' ? createGunzip() : createZstdDecompress();
    if (!isInner(decoder)) throw new Error(`this Node.js (${process.version}) unpacks in a way that is not known here`);
    // `errored` tells what is wrong at once, the event later.
    decoder.on('error', () => {});
    this.#packing = packing;
    this.#inner = decoder;
    this.#output = Buffer.allocUnsafe(pieceBytes);
  }

  /** Throws the decoder's error where the data are damaged. */
  *push(input: Buffer): Generator<Buffer, void, void> {
    let left = this.#hasEnded ? 0 : input.length;
    let isFull = false;
    while (left > 0 || isFull) {
      const more = this.#step(GOING_ON[this.#packing], input.subarray(input.length - left));
      if (this.#free < this.#output.length) yield this.#unpacked;
      isFull = this.#free === 0;
      // Zeros behind the packed data; a decoder of gzip passes on to further members by itself, one of zstd with the next step.
      this.#hasEnded = more > 0 && !isFull && (this.#packing === 'gzip' || more === left);
      left = this.#hasEnded ? 0 : more;
    }
  }

  /** Throws the decoder's error where the data break off. */
  *end(): Generator<Buffer, void, void> {
    if (this.#hasEnded) return;
    this.#step(ENDING[this.#packing], NOTHING);
    if (this.#free < this.#output.length) yield this.#unpacked;
  }

  close(): void {
    this.#inner.destroy();
  }

  /** Gives how much of the input is still to be taken. */
  #step(flush: number, input: Buffer): number {
    const { _handle: handle, _writeState: state } = this.#inner;
    handle.writeSync(flush, input, 0, input.length, this.#output, 0, this.#output.length);
    if (this.#inner.errored) throw this.#inner.errored;
    return state[1] ?? 0;
  }

  get #free(): number {
    return this.#inner._writeState[0] ?? 0;
  }

  get #unpacked(): Buffer {
    return this.#output.subarray(0, this.#output.length - this.#free);
  }
}

const NOTHING = Buffer.alloc(0);
const GOING_ON = { gzip: constants.Z_NO_FLUSH, zstd: constants.ZSTD_e_continue };
const ENDING = { gzip: constants.Z_FINISH, zstd: constants.ZSTD_e_end };

function isInner<Stream extends object>(decoder: Stream): decoder is Stream & Inner {
  const { _handle: handle, _writeState: state } = decoder as Partial<Inner>;
  return typeof handle?.writeSync === 'function' && state instanceof Uint32Array && state.length === 2;
}

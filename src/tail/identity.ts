import { createHash } from 'node:crypto';

/** As many bytes of a file's beginning as its identity rests on. */
export const HEAD_BYTES = 64 * 1024;

/** The beginning of a file as it is read: what was read tells what it was, whatever is in the file now. */
export class Head {
  length = 0;
  readonly #hash = createHash('sha256');

  constructor(begun: Buffer) {
    this.add(begun);
  }

  add(bytes: Buffer): void {
    if (this.length >= HEAD_BYTES) return;
    const more = bytes.subarray(0, HEAD_BYTES - this.length);
    this.#hash.update(more);
    this.length += more.length;
  }

  get identity(): { readonly headLength: number; readonly headHash: string } {
    return { headLength: this.length, headHash: this.#hash.copy().digest('hex') };
  }
}

/** A file known from before: the hash of the first `headLength` bytes of its content. */
export interface KnownFile {
  readonly id: number;
  readonly host: string | null;
  readonly headLength: number;
  readonly headHash: string;
}

/** Hash of a file's beginning: the file's name in the store, whatever it is called on disk. */
export function hashOf(head: Buffer): string {
  return createHash('sha256').update(head).digest('hex');
}

/** Below this, two logs of different hosts may begin alike without being the same log. */
const TELLING_BYTES = 1024;

/**
 * The known file that begins as this one does: the same log under another name, or the same log grown. A short
 * beginning shared with a file of another host that has since gone on otherwise is no proof.
 */
export function recogniseFile(head: Buffer, host: string | null, known: readonly KnownFile[]): KnownFile | null {
  const candidates = known.filter((file) => file.headLength > 0 && file.headLength <= head.length);
  const hashes = hashesAt(
    head,
    candidates.map(({ headLength }) => headLength),
  );
  const same = candidates
    .filter((file) => hashes.get(file.headLength) === file.headHash)
    .filter((file) => file.headLength === head.length || tells(file.headLength, host, file))
    .sort((a, b) => b.headLength - a.headLength);
  return same[0] ?? null;
}

/** The hashes of the beginnings of so many bytes, each byte looked at once: a thousand small logs may be known. */
function hashesAt(head: Buffer, lengths: readonly number[]): Map<number, string> {
  const hash = createHash('sha256');
  let done = 0;
  const entries = [...new Set(lengths)].sort((a, b) => a - b);
  return new Map(
    entries.map((length) => {
      hash.update(head.subarray(done, length));
      done = length;
      return [length, hash.copy().digest('hex')];
    }),
  );
}

/**
 * The known file of which this one is a copy made when it was shorter: `eventsOf` gives what is stored of a file's first
 * bytes, which must stand at the same places in this one. A file without an event in them needs no recognising.
 */
export function recogniseOlderCopy<File extends KnownFile>(
  head: Buffer,
  host: string | null,
  known: readonly File[],
  eventsOf: (file: File) => readonly { readonly offset: number; readonly text: string }[],
): File | null {
  const longer = known.filter((file) => file.headLength > head.length && tells(head.length, host, file));
  const isCopy = (file: File) => {
    const events = eventsOf(file).filter(({ offset, text }) => offset + Buffer.byteLength(text) <= head.length);
    return events.length > 0 && events.every(({ offset, text }) => startsWith(head.subarray(offset), text));
  };
  return longer.find(isCopy) ?? null;
}

/** Whether so many equal bytes at the beginning of two files tell that they are one. */
function tells(length: number, host: string | null, file: KnownFile): boolean {
  return length >= TELLING_BYTES || file.host === host;
}

function startsWith(bytes: Buffer, text: string): boolean {
  return bytes.subarray(0, Buffer.byteLength(text)).toString('utf8').startsWith(text);
}

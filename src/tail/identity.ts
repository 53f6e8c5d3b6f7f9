import { createHash } from 'node:crypto';

/** As many bytes of a file's beginning as its identity rests on. */
export const HEAD_BYTES = 64 * 1024;

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
  const hashes = new Map<number, string>();
  const hashAt = (length: number) => {
    const hash = hashes.get(length) ?? hashOf(head.subarray(0, length));
    hashes.set(length, hash);
    return hash;
  };
  const same = known
    .filter(
      (file) => file.headLength > 0 && file.headLength <= head.length && hashAt(file.headLength) === file.headHash,
    )
    .filter((file) => file.headLength === head.length || file.headLength >= TELLING_BYTES || file.host === host)
    .sort((a, b) => b.headLength - a.headLength);
  return same[0] ?? null;
}

import { type BigIntStats, statSync } from 'node:fs';

/** A file, whatever it is called: device and inode number in decimal. They have 64 bits; Node's numbers would round them. */
export interface FileId {
  readonly device: string;
  readonly inode: string;
}

/** What a path leads to now. `other`: no regular file. */
export type Seen =
  | { readonly kind: 'file'; readonly id: FileId; readonly size: number; readonly changedAt: number }
  | { readonly kind: 'other' }
  | { readonly kind: 'missing' };

/** Looks where a path leads; what cannot be looked at now counts as missing. `stat` stands for `fs.statSync` in tests. */
export function lookAt(path: string, stat: (path: string) => BigIntStats | undefined = bigStat): Seen {
  const stats = stat(path);
  if (stats === undefined) return { kind: 'missing' };
  if (!stats.isFile()) return { kind: 'other' };
  return { kind: 'file', id: fileIdOf(stats), size: Number(stats.size), changedAt: Number(stats.mtimeMs) };
}

/** The numbers of a file; some systems give them as negative. */
export function fileIdOf({ dev, ino }: Pick<BigIntStats, 'dev' | 'ino'>): FileId {
  return { device: BigInt.asUintN(64, dev).toString(), inode: BigInt.asUintN(64, ino).toString() };
}

/** One text for a file, to look it up by. */
export function keyOf({ device, inode }: FileId): string {
  return `${device}:${inode}`;
}

function bigStat(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    // No right to look, a link in a circle, a mount that hangs: the next look may find it.
    return undefined;
  }
}

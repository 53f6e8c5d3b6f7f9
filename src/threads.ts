import { availableParallelism } from 'node:os';
import type { UserGrammar } from './parse/user-grammar.ts';
import { InputError, isCompressed, statOf } from './tail/bytes.ts';

/** Less is read before a thread has begun. */
const WORTH_A_THREAD = 16 * 1024 * 1024;
/** Logs are so many times as large unpacked, about. */
const PACKED_RATIO = 6;
/** More read no faster than one can store, and each takes some 15 MiB. */
const MOST = 4;

interface Seen {
  readonly size: number;
  readonly isPacked: boolean;
}

/** Size on disk; none of what has no size, or cannot be looked at, which reading will tell. */
export function lookAt(path: string): Seen {
  try {
    return { size: statOf(path).size ?? 0, isPacked: isCompressed(path) };
  } catch (error) {
    if (error instanceof InputError) return { size: 0, isPacked: false };
    throw error;
  }
}

/**
 * How many threads read these logs besides this one, which stores what they have read. It reads what is not packed, too, and
 * a single packed log as fast as another could. A user's grammar stays in it.
 */
export function threadsFor(
  files: readonly { readonly path: string }[],
  { user, threads = Math.min(MOST, availableParallelism()) }: { user: UserGrammar | null; threads?: number },
): { others: number; unpacking: number } {
  const seen = files.map(({ path }) => lookAt(path));
  const packed = seen.filter(({ isPacked }) => isPacked);
  const isWorth = (logs: readonly Seen[]) => user === null && threads > 1 && unpackedBytes(logs) >= WORTH_A_THREAD;
  return {
    others: isWorth(seen.filter(({ isPacked }) => !isPacked)) ? threads - 1 : 0,
    unpacking: packed.length > 1 && isWorth(packed) ? threads : 0,
  };
}

/** True of logs that take so long to read that it pays to prepare for it. */
export function areLarge(files: readonly { readonly path: string }[]): boolean {
  return unpackedBytes(files.map(({ path }) => lookAt(path))) >= WORTH_A_THREAD;
}

/** About. */
function unpackedBytes(logs: readonly Seen[]): number {
  return logs.reduce((sum, { size, isPacked }) => sum + (isPacked ? PACKED_RATIO : 1) * size, 0);
}

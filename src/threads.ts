import { availableParallelism } from 'node:os';
import type { UserGrammar } from './parse/user-grammar.ts';
import { InputError, isCompressed, statOf } from './tail/bytes.ts';

/** Less is read before a thread has begun. */
const WORTH_A_THREAD = 16 * 1024 * 1024;
/** Logs are so many times as large unpacked, about. */
const PACKED_RATIO = 6;
/** More read no faster than one can store, and each takes some 15 MiB. */
const MOST = 4;

/** Size on disk; none of what has no size, or cannot be looked at, which reading will tell. */
export function lookAt(path: string): { size: number; isPacked: boolean } {
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
  const bytes = (logs: typeof seen) => logs.reduce((sum, { size }) => sum + size, 0);
  const isWorth = (size: number) => user === null && threads > 1 && size >= WORTH_A_THREAD;
  return {
    others: isWorth(bytes(seen) - bytes(packed)) ? threads - 1 : 0,
    unpacking: packed.length > 1 && isWorth(PACKED_RATIO * bytes(packed)) ? threads : 0,
  };
}

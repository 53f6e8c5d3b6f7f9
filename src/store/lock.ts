import { closeSync, existsSync, openSync } from 'node:fs';
import Database from 'better-sqlite3';
import { StoreError } from './open.ts';

/**
 * Keeps other tails off a store until the program ends, however it ends: the lock is the operating system's. Gives what
 * releases it. Throws StoreError where another holds it, or where the folder cannot be written.
 */
export function lockStore(path: string): () => void {
  const beside = `${path}-lock`;
  try {
    if (!existsSync(beside)) closeSync(openSync(beside, 'a', 0o600));
    const lock = new Database(beside, { timeout: 0 });
    try {
      lock.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      lock.close();
      throw error;
    }
    return () => lock.close();
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    const why = code?.startsWith('SQLITE_BUSY')
      ? 'another novatrail tail writes to this store; stop it first, or give another --db'
      : `cannot be locked (${beside}: ${message})`;
    throw new StoreError(`${path}: ${why}`, { cause: error });
  }
}

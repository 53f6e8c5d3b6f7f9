import { lockStore } from '../store/lock.ts';
import { type Handle, openStore } from '../store/open.ts';

/** Does something with a store that no other program writes to meanwhile. `cache_kib`: what SQLite keeps of it in memory. Throws StoreError. */
export async function withOwnStore(path: string, cache_kib: number, use: (db: Handle) => Promise<void>): Promise<void> {
  const unlock = lockStore(path);
  try {
    const db = openStore(path);
    db.pragma(`cache_size = -${cache_kib}`);
    try {
      await use(db);
    } finally {
      db.close();
    }
  } finally {
    unlock();
  }
}

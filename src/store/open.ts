import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { ROOT } from '../root.ts';

/** What is wrong with a store, in words for its user. */
export class StoreError extends Error {
  override name = 'StoreError';
}

export type Handle = Database.Database;

const SCHEMA = join(ROOT, 'migrations.sql');

/**
 * Opens a store for writing and steps an older schema up; creates it (mode 0600, it holds tenants' data) where there is
 * none. Without a path: a throwaway on disk. Throws StoreError for a newer schema, a damaged file, a foreign database.
 */
export function openStore(path: string | null): Handle {
  return guarded(path ?? '(throwaway store)', () => {
    if (path !== null && !existsSync(path)) closeSync(openSync(path, 'a', 0o600));
    const db = new Database(path ?? '');
    try {
      db.pragma('journal_mode = WAL');
      db.pragma('synchronous = NORMAL');
      db.pragma('foreign_keys = ON');
      db.pragma('cache_size = -4096');
      db.pragma('wal_autocheckpoint = 16384');
      stepUp(db, path ?? '');
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/** Opens a store for reading only. Throws StoreError where there is none, or none of this program's. */
export function openReadOnly(path: string): Handle {
  if (!existsSync(path)) throw noStore(path);
  return guarded(path, () => {
    const db = new Database(path, { readonly: true });
    try {
      const version = versionOf(db);
      refuseNewer(version, path);
      if (!isOurs(db)) throw new StoreError(`${path}: is not a novatrail store`);
      if (version < newestVersion()) {
        throw new StoreError(
          `${path}: was written by an older novatrail (schema ${version}, this one reads ${newestVersion()}).\n  Step it up, its logs need not be read again: novatrail rebuild --db ${path}`,
        );
      }
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

const statements = new WeakMap<Handle, Map<string, Database.Statement<unknown[]>>>();

/** A statement, prepared once for each open store. */
export function prepared(db: Handle, sql: string): Database.Statement<unknown[]> {
  const known = statements.get(db) ?? new Map<string, Database.Statement<unknown[]>>();
  statements.set(db, known);
  const statement = known.get(sql) ?? db.prepare(sql);
  known.set(sql, statement);
  return statement;
}

/** What to say where a store is to be read and there is none. */
export function noStore(path: string): StoreError {
  return new StoreError(`${path}: there is no such store; make one with: novatrail ingest --db ${path} LOG...`);
}

/** Runs an action on the store; what SQLite says of damage, a full disk or a lock is told in words. Throws StoreError. */
export function guarded<Result>(path: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    throw asStoreError(error, path);
  }
}

interface SchemaStep {
  readonly number: number;
  readonly title: string;
  readonly sql: string;
}

function schemaSteps(): SchemaStep[] {
  const parts = readFileSync(SCHEMA, 'utf8').split(/^-- (\d+): (.*)$/m);
  const steps: SchemaStep[] = [];
  for (let part = 1; part + 2 < parts.length; part += 3) {
    steps.push({ number: Number(parts[part]), title: parts[part + 1] ?? '', sql: parts[part + 2] ?? '' });
  }
  return steps;
}

function stepUp(db: Handle, path: string): void {
  const version = versionOf(db);
  refuseNewer(version, path);
  if (!isOurs(db) && (version > 0 || db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() !== 0)) {
    throw new StoreError(`${path}: is a database of something else; give another path with --db`);
  }
  for (const step of schemaSteps().filter(({ number }) => number > version)) {
    db.transaction(() => {
      db.exec(step.sql);
      db.pragma(`user_version = ${step.number}`);
    }).immediate();
  }
}

/** Bytes of a store that hold something; what was freed is written to again. */
export function usedBytes(db: Handle): number {
  const number = (name: string) => db.pragma(name, { simple: true }) as number;
  return (number('page_count') - number('freelist_count')) * number('page_size');
}

/** The number of the store's schema. */
export function versionOf(db: Handle): number {
  return db.pragma('user_version', { simple: true }) as number;
}

/** By what the first schema step makes: other programs number their schemas too. */
function isOurs(db: Handle): boolean {
  const columns = db.prepare("SELECT name FROM pragma_table_info('sources')").pluck().all();
  return versionOf(db) > 0 && columns.includes('head_sha256');
}

function newestVersion(): number {
  return schemaSteps().at(-1)?.number ?? 0;
}

function refuseNewer(version: number, path: string): void {
  const newest = newestVersion();
  if (version > newest) {
    throw new StoreError(
      `${path}: was written by a newer novatrail (schema ${version}, this one knows up to ${newest}).\n  Use that novatrail, or another --db.`,
    );
  }
}

const REASONS: readonly [RegExp, string][] = [
  [/NOTADB|CORRUPT/, 'is damaged or is no SQLite database. Move it away and read the logs again, or give another --db'],
  [
    /CANTOPEN|EACCES|EPERM|READONLY|ENOENT|EISDIR/,
    'cannot be opened for this use; check the folder, its rights, and that it is a file',
  ],
  [/FULL/, 'the disk is full; make room and run it again: what was committed stays'],
  [/BUSY|LOCKED/, 'another program is writing to it; wait for that to end'],
  [/IOERR/, 'could not be read or written by the disk'],
];

function asStoreError(error: unknown, path: string): unknown {
  const code = (error as { code?: unknown }).code;
  if (error instanceof StoreError || typeof code !== 'string') return error;
  const reason = REASONS.find(([pattern]) => pattern.test(code))?.[1];
  if (reason === undefined) return error;
  return new StoreError(`${path}: ${reason} (${(error as Error).message})`, { cause: error });
}

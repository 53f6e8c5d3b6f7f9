import type { Handle } from './open.ts';

/** The rows of a query: column names and values, in order. Rows are made one at a time. */
export interface Rows {
  readonly columns: readonly string[];
  readonly rows: Iterable<readonly unknown[]>;
}

/** Names of the views, the named queries. */
export function viewNames(db: Handle): string[] {
  return db.prepare("SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name").pluck().all() as string[];
}

/** Runs one statement that only reads; integers come as bigint. Throws what SQLite says of it. */
export function readRows(db: Handle, sql: string): Rows {
  const statement = db.prepare(sql);
  if (!statement.readonly) throw new Error('the statement would change the store; novatrail only reads');
  if (!statement.reader) throw new Error('the statement returns no rows; novatrail only reads');
  return {
    columns: statement.columns().map(({ name }) => name),
    rows: statement.raw().safeIntegers().iterate() as Iterable<readonly unknown[]>,
  };
}

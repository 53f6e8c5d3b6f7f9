import { printableJson, tableLines } from '../report/index.ts';
import { guarded, type Handle, openReadOnly } from '../store/open.ts';
import { type Rows, readRows, viewNames } from '../store/query.ts';
import { printOut } from './output.ts';
import { UsageError } from './usage-error.ts';

export interface QueryFlags {
  readonly query?: string | undefined;
  readonly db: string;
  readonly format: string;
}

/** Read-only SQL on a store, or one of its views by name; without either, the names. Exit 0. */
export async function query(flags: QueryFlags): Promise<number> {
  const db = openReadOnly(flags.db);
  try {
    const views = viewNames(db);
    if (flags.query === undefined) {
      process.stdout.write(`${views.join('\n')}\n`);
      return 0;
    }
    const sql = views.includes(flags.query) ? `SELECT * FROM ${flags.query}` : flags.query;
    await show(flags.db, rowsOf(db, sql, views), flags.format);
    return 0;
  } finally {
    db.close();
  }
}

function rowsOf(db: Handle, sql: string, views: readonly string[]): Rows {
  const mistake = (error: unknown) => {
    const { code, message } = error as { code?: string; message: string };
    // Without a code it is better-sqlite3 or ours that refuses; others than these tell of the file, not of the SQL.
    if (code !== undefined && !/^SQLITE_(?:ERROR|MISMATCH|TOOBIG|RANGE|AUTH)/.test(code)) return error;
    const named = /^\w+$/.test(sql) ? `there is no query ${sql}, and no SQL (${message})` : `${sql}\n  ${message}`;
    return new UsageError(`${named}\n  Named queries: ${views.join(', ')}`, { cause: error });
  };
  try {
    const { columns, rows } = readRows(db, sql);
    return { columns, rows: plainRows(translated(rows, mistake)) };
  } catch (error) {
    throw mistake(error);
  }
}

/** What SQLite finds wrong only while it makes the rows is a mistake in the SQL too. */
function* translated<Row>(rows: Iterable<Row>, mistake: (error: unknown) => unknown): Generator<Row, void, void> {
  try {
    yield* rows;
  } catch (error) {
    throw mistake(error);
  }
}

/** What no format can write as it is: a blob becomes its hex digits, an integer that no double holds its decimal ones. */
function* plainRows(rows: Iterable<readonly unknown[]>): Generator<readonly unknown[], void, void> {
  for (const row of rows) yield row.map(plainValue);
}

function plainValue(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value.toString('hex');
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

const CHUNK = 64 * 1024;

/** Prints in chunks, and stops making rows where nobody reads them. */
async function show(path: string, rows: Rows, format: string): Promise<void> {
  const lines = linesOf(rows, format);
  for (let open = true; open; ) {
    let text = '';
    guarded(path, () => {
      while (open && text.length < CHUNK) {
        const { value, done } = lines.next();
        if (done) open = false;
        else text += `${value}\n`;
      }
    });
    if (!(await printOut(text))) lines.return();
  }
}

function* linesOf({ columns, rows }: Rows, format: string): Generator<string, void, void> {
  const object = (row: readonly unknown[]) =>
    printableJson(JSON.stringify(Object.fromEntries(columns.map((name, index) => [name, row[index]]))));
  if (format === 'ndjson') {
    for (const row of rows) yield object(row);
  } else if (format === 'csv') {
    yield columns.map(csv).join(',');
    for (const row of rows) yield row.map(csv).join(',');
  } else if (format === 'json') {
    let before: string | null = null;
    for (const row of rows) {
      yield before === null ? '[' : `${before},`;
      before = `  ${object(row)}`;
    }
    yield before === null ? '[]' : `${before}\n]`;
  } else {
    yield* tableLines(columns, [...rows], process.stdout.isTTY ? process.stdout.columns : undefined);
  }
}

function csv(value: unknown): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

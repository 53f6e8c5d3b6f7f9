import { printableJson } from '../report/index.ts';
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
    yield* table(columns, [...rows]);
  }
}

function csv(value: unknown): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const WIDEST = 60;

function table(columns: readonly string[], rows: readonly (readonly unknown[])[]): string[] {
  const cell = (value: unknown) => {
    const text =
      value === null ? '-' : typeof value === 'number' && !Number.isInteger(value) ? value.toFixed(3) : String(value);
    const line = text.replace(/[\x00-\x1f\x7f-\x9f]/g, ' ');
    return line.length > WIDEST ? `${line.slice(0, WIDEST - 1)}\u2026` : line;
  };
  const cells = [columns, ...rows].map((row) => row.map(cell));
  const widths = columns.map((_, column) =>
    cells.reduce((widest, row) => Math.max(widest, (row[column] ?? '').length), 0),
  );
  const line = (row: readonly string[]) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const [head, ...body] = cells.map(line);
  return [head ?? '', widths.map((width) => '-'.repeat(width)).join('  '), ...body];
}

import { guarded, type Handle, openReadOnly } from '../store/open.ts';
import { type Rows, readRows, viewNames } from '../store/query.ts';
import { UsageError } from './shared.ts';

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
    guarded(flags.db, () => print(run(db, sql, views), flags.format));
    return 0;
  } finally {
    db.close();
  }
}

function run(db: Handle, sql: string, views: readonly string[]): Rows {
  try {
    return readRows(db, sql);
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code !== undefined && code !== 'SQLITE_ERROR') throw error;
    throw new UsageError(`${sql}\n  ${message}\n  Named queries: ${views.join(', ')}`, { cause: error });
  }
}

function print({ columns, rows }: Rows, format: string): void {
  const out = (line: string) => process.stdout.write(`${line}\n`);
  const object = (row: readonly unknown[]) =>
    JSON.stringify(Object.fromEntries(columns.map((name, index) => [name, row[index]])));
  if (format === 'ndjson') {
    for (const row of rows) out(object(row));
  } else if (format === 'csv') {
    out(columns.map(csv).join(','));
    for (const row of rows) out(row.map(csv).join(','));
  } else if (format === 'json') {
    const all = [...rows].map((row) => `  ${object(row)}`);
    out(all.length === 0 ? '[]' : `[\n${all.join(',\n')}\n]`);
  } else {
    table(columns, [...rows]).forEach(out);
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
  const widths = columns.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const [head, ...body] = cells.map(line);
  return [head ?? '', widths.map((width) => '-'.repeat(width)).join('  '), ...body];
}

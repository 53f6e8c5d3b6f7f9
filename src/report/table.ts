const WIDEST = 60;

/**
 * Rows of any values as lines: a table with a heading, or, where that is wider than `width` characters, each row as a record
 * of its own, a column a line. Null is a dash.
 */
export function tableLines(
  columns: readonly string[],
  rows: readonly (readonly unknown[])[],
  width = Number.POSITIVE_INFINITY,
): string[] {
  const cells = rows.map((row) => row.map(textOf));
  const table = asTable(columns, cells);
  const isWide = cells.length > 0 && (table[1] ?? '').length > width;
  return isWide ? asRecords(columns, cells, width) : table;
}

function textOf(value: unknown): string {
  if (value === null) return '-';
  const text = typeof value === 'number' && !Number.isInteger(value) ? value.toFixed(3) : String(value);
  return text.replace(/[\x00-\x1f\x7f-\x9f]/g, ' ');
}

function asTable(columns: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const cells = [columns, ...rows].map((row) => row.map((text) => cut(text, WIDEST)));
  const widths = columns.map((_, column) =>
    cells.reduce((widest, row) => Math.max(widest, (row[column] ?? '').length), 0),
  );
  const line = (row: readonly string[]) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const [head, ...body] = cells.map(line);
  return [head ?? '', widths.map((each) => '-'.repeat(each)).join('  '), ...body];
}

function asRecords(columns: readonly string[], rows: readonly (readonly string[])[], width: number): string[] {
  const label = columns.reduce((widest, name) => Math.max(widest, name.length), 0) + 2;
  return rows.flatMap((row, index) => [
    cut(`-- ${index + 1} of ${rows.length} --`, width),
    ...columns.map((name, column) => cut(name.padEnd(label) + (row[column] ?? ''), width)),
  ]);
}

function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, Math.max(0, width - 1))}\u2026` : text;
}

import type { Migration } from '../model.ts';

const COLUMNS = 62;
const LABEL = 10;
const MEMORY_ROWS = 8;
const DOWNTIME_ROWS = 4;
const GIB = 1073741824;

/** A point of a chart: seconds from the start, and a value. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * Memory remaining and allowed downtime over time as plain text of 80 columns; without such lines no text. A column shows the
 * highest value in it: `*` what a line says, `#` the downtime allowed from one line to the next.
 */
export function chartOf(migration: Migration): string {
  const { startedAt } = migration;
  if (startedAt === null) return '';
  const { memory, steps } = seriesOf(migration);
  const end = [...memory, ...steps, { x: migration.duration_s ?? 0, y: 0 }].reduce(
    (most, { x }) => Math.max(most, x),
    0,
  );
  if (memory.length + steps.length < 2 || end <= 0) return '';
  const charts: string[] = [];
  if (memory.length > 0) charts.push('memory remaining', ...plot(dots(memory, end), MEMORY_ROWS, memoryLabel, '*'));
  if (steps.length > 0) charts.push('downtime allowed', ...plot(bars(steps, end), DOWNTIME_ROWS, downtimeLabel, '#'));
  const last = `${end.toFixed(0)} s`;
  return [...charts, `${' '.repeat(LABEL)}  0 s${last.padStart(COLUMNS - 3)}`].join('\n');
}

/** What a chart shows: bytes remaining and downtime allowed (ms) by seconds from the start, where lines say so. */
export function seriesOf(migration: Migration): { memory: Point[]; steps: Point[] } {
  return {
    memory: pointsOf(migration, 'progress', 'memory_remaining').filter(({ y }) => y > 0),
    steps: pointsOf(migration, 'downtime-step', 'downtime_ms'),
  };
}

function pointsOf({ timeline, startedAt }: Migration, type: string, field: string): Point[] {
  return timeline.flatMap((event) => {
    if (event.type !== type || event.at === null || startedAt === null) return [];
    return [{ x: Math.max(0, (event.at - startedAt) / 1000), y: Number(event.fields[field]) }];
  });
}

function columnOf(x: number, end: number): number {
  return Math.min(COLUMNS - 1, Math.floor((x / end) * COLUMNS));
}

/** The highest point of each column; null where there is none. */
function dots(points: readonly Point[], end: number): (number | null)[] {
  const columns: (number | null)[] = Array.from({ length: COLUMNS }, () => null);
  for (const { x, y } of points) columns[columnOf(x, end)] = Math.max(columns[columnOf(x, end)] ?? 0, y);
  return columns;
}

/** What holds in each column from the last point on. */
function bars(points: readonly Point[], end: number): (number | null)[] {
  return Array.from(
    { length: COLUMNS },
    (_, column) => points.findLast(({ x }) => columnOf(x, end) <= column)?.y ?? null,
  );
}

function plot(
  columns: readonly (number | null)[],
  rows: number,
  label: (value: number) => string,
  mark: string,
): string[] {
  const highest = columns.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
  const height = (value: number) => Math.max(1, Math.ceil((value / highest) * rows));
  return Array.from({ length: rows }, (_, index) => {
    const row = rows - index;
    const cells = columns.map((value) => {
      if (value === null) return ' ';
      return (mark === '#' ? height(value) >= row : height(value) === row) ? mark : ' ';
    });
    return `${(index === 0 ? label(highest) : '').padStart(LABEL)} |${cells.join('').trimEnd()}`;
  });
}

function memoryLabel(bytes: number): string {
  return bytes >= GIB ? `${(bytes / GIB).toFixed(1)} GiB` : `${Math.ceil(bytes / 1048576)} MiB`;
}

function downtimeLabel(ms: number): string {
  return `${ms} ms`;
}

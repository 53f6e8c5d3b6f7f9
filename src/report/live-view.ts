import type { Migration, Outcome, Settings, StoredEvent } from '../model.ts';
import { highest, MIB } from '../numbers.ts';
import { type Paint, plain } from './layout.ts';
import { plural } from './plural.ts';
import { printableName } from './printable.ts';
import { elapsed } from './time.ts';

/** What a live view shows of one migration; null where its lines do not tell. */
export interface LiveRow {
  readonly id: string;
  readonly instance: string;
  readonly sourceHost: string | null;
  readonly destinationHost: string | null;
  readonly outcome: Outcome;
  /** Seconds from the start to the last line about it. */
  readonly told_s: number | null;
  /** Share of the memory that does not remain, from 0 to 1. */
  readonly done: number | null;
  readonly remaining_bytes: number | null;
  /** Between the last two progress lines. */
  readonly wire_bytes_s: number | null;
  /** Seconds; 0 where there is none. */
  readonly timeout_s: number | null;
  readonly timeoutDeclared: boolean;
}

/** The figures of a migration for a live view. */
export function liveRow(migration: Migration, { timeout_s }: Pick<Settings, 'timeout_s'>): LiveRow {
  const { id, instance, sourceHost, destinationHost, outcome, startedAt, timeline } = migration;
  const last = highest(timeline.flatMap(({ at }) => at ?? []));
  const progress = timeline.filter(({ type, fields }) => type === 'progress' && Number(fields.memory_total) > 0);
  const latest = progress.at(-1);
  const remaining_bytes = latest === undefined ? null : Number(latest.fields.memory_remaining);
  return {
    ...{ id, instance, sourceHost, destinationHost, outcome },
    told_s: startedAt === null || !Number.isFinite(last) ? null : (last - startedAt) / 1000,
    done: remaining_bytes === null ? null : 1 - Math.min(1, remaining_bytes / Number(latest?.fields.memory_total)),
    remaining_bytes,
    wire_bytes_s: rateOf(progress.at(-2), latest),
    timeout_s: timeout_s.value,
    timeoutDeclared: timeout_s.declared,
  };
}

function rateOf(before: StoredEvent | undefined, after: StoredEvent | undefined): number | null {
  if (before?.at == null || after?.at == null) return null;
  const sent = Number(after.fields.memory_processed) - Number(before.fields.memory_processed);
  return after.at > before.at && sent >= 0 ? (sent * 1000) / (after.at - before.at) : null;
}

/** The size of a terminal in characters. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** No more of the terminal than this is the live view's. */
const SHARE = 0.6;
/** A smaller terminal has no room for it. */
const SMALLEST: Size = { columns: 20, rows: 8 };

/**
 * The live view: a heading, and of each migration its way and time, a bar of the memory done, what remains, the wire rate and
 * the time to its deadline. `since_s`: how long ago its last line came. Every line is shorter than the terminal is wide.
 */
export function liveLines(
  running: readonly { readonly row: LiveRow; readonly since_s: number }[],
  { columns, rows }: Size,
  paint: Paint = plain,
): string[] {
  if (running.length === 0 || columns < SMALLEST.columns || rows < SMALLEST.rows) return [];
  const room = Math.max(3, Math.floor(rows * SHARE) - 2);
  const shown: string[][] = [];
  let left = room;
  for (const { row, since_s } of running) {
    const lines = linesOf(row, since_s, columns, paint);
    if (shown.length > 0 && lines.length > left) break;
    shown.push(lines);
    left -= lines.length;
  }
  const more = running.length - shown.length;
  return [
    paint.dim(heading(running.length, columns)),
    ...shown.flat(),
    ...(more === 0 ? [] : [paint.dim(`and ${more} more`)]),
  ].slice(0, rows - 2);
}

function heading(count: number, columns: number): string {
  return `-- ${plural(count, 'migration')} running `.padEnd(Math.min(columns - 1, 79), '-').slice(0, columns - 1);
}

/** Part of a line: its text, and how it is painted. */
type Piece = readonly [text: string, paint: (text: string) => string];

function linesOf(row: LiveRow, since_s: number, columns: number, paint: Paint): string[] {
  const { id, sourceHost, destinationHost, told_s } = row;
  const elapsed_s = told_s === null ? null : told_s + since_s;
  const same = plain.bold;
  const head: Piece[] = [
    [printableName(id), paint.bold],
    [printableName(`${sourceHost ?? '?'} -> ${destinationHost ?? '?'}`), same],
    [elapsed_s === null ? '?' : elapsed(elapsed_s), same],
  ];
  const figures: Piece[] = [
    [bar(row.done, columns), same],
    [row.remaining_bytes === null ? 'no figures yet' : `${memory(row.remaining_bytes)} left`, same],
    ...(row.wire_bytes_s === null ? [] : [[`${(row.wire_bytes_s / MIB).toFixed(0)} MiB/s`, same] as const]),
    deadline(row, elapsed_s, paint),
  ];
  return [...flow(head, columns, ''), ...flow(figures, columns, '  ')];
}

/** Pieces side by side as long as the terminal is wide enough. */
function flow(pieces: readonly Piece[], columns: number, indent: string): string[] {
  const lines: string[] = [];
  let width = Number.POSITIVE_INFINITY;
  for (const [text, paint] of pieces) {
    const piece = cut(text, columns - indent.length);
    if (width + 2 + piece.length > columns - 1) {
      lines.push(indent + paint(piece));
      width = indent.length + piece.length;
    } else {
      lines[lines.length - 1] += `  ${paint(piece)}`;
      width += 2 + piece.length;
    }
  }
  return lines;
}

function cut(text: string, columns: number): string {
  return text.length < columns ? text : `${text.slice(0, Math.max(0, columns - 2))}\u2026`;
}

function bar(done: number | null, columns: number): string {
  const width = Math.max(6, Math.min(24, columns - 64));
  const filled = done === null ? '' : '#'.repeat(Math.floor(done * width));
  const percent = done === null ? '?' : String(Math.floor(done * 100));
  return `[${filled.padEnd(width, '.')}] ${percent.padStart(3)} %`;
}

function memory(bytes: number): string {
  return bytes >= 1024 * MIB ? `${(bytes / 1024 / MIB).toFixed(1)} GiB` : `${(bytes / MIB).toFixed(0)} MiB`;
}

function deadline({ timeout_s, timeoutDeclared }: LiveRow, elapsed_s: number | null, paint: Paint): Piece {
  if (timeout_s === 0) return ['no timeout', plain.bold];
  if (timeout_s === null || elapsed_s === null) return ['timeout unknown', plain.bold];
  const left = timeout_s - elapsed_s;
  const assumed = timeoutDeclared ? '' : ' (assumed)';
  if (left < 0) return [`timeout passed ${elapsed(-left)} ago${assumed}`, paint.red];
  return [`timeout in ${elapsed(left)}${assumed}`, left < NEAR_S ? paint.yellow : plain.bold];
}

const NEAR_S = 30;

import { wrapAnsi } from 'fast-wrap-ansi';
import type { Evidence } from '../model.ts';
import { printable, printableName } from './printable.ts';

/** Colours of a terminal; `plain` for everything else. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
}

const same = (text: string) => text;
export const plain: Paint = { bold: same, dim: same, red: same, green: same, yellow: same };

/** Columns of everything for people. */
export const WIDTH = 80;

/** Wrapped to 80 columns, every line set in. */
export function indent(text: string, by: number): string {
  const wrapped = wrapAnsi(text, WIDTH - by, { hard: true, trim: true });
  return wrapped
    .split('\n')
    .map((line) => ' '.repeat(by) + line)
    .join('\n');
}

/** Set in, and cut at a word where one row of 80 columns does not hold it. */
export function oneRow(text: string, by: number): string {
  const [row = '', ...more] = wrapAnsi(text, WIDTH - by - 1, { hard: true, trim: true }).split('\n');
  return ' '.repeat(by) + row + (more.length > 0 ? '\u2026' : '');
}

/** A line of evidence: where it stands, and what it says. */
export function evidence({ path, line, text }: Evidence, paint: Paint): string {
  return `${indent(printableName(`${path}:${line}`), 6)}\n${paint.dim(indent(shortened(printable(text)), 8))}`;
}

/** A line with its ids by their first eight digits: the place beside it leads to the whole. */
export function shortened(text: string): string {
  return text
    .replace(/\[(?:None )?(req-[0-9a-f]{8})[^\]]{0,500}\]/, '[$1\u2026]')
    .replace(/\[instance: ([0-9a-f]{8})-[0-9a-f-]{27}\]/, '[instance: $1\u2026]');
}

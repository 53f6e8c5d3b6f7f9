import wrapAnsi from 'wrap-ansi';
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

const WIDTH = 80;

/** A line of evidence: where it stands, and what it says. */
export function evidence({ path, line, text }: Evidence, paint: Paint): string {
  return `${indent(printableName(`${path}:${line}`), 6)}\n${paint.dim(indent(shortened(printable(text)), 8))}`;
}

/** Ids are shown by their first eight digits: the place above the line leads to the whole. */
function shortened(text: string): string {
  return text
    .replace(/\[(?:None )?(req-[0-9a-f]{8})[^\]]{0,500}\]/, '[$1\u2026]')
    .replace(/\[instance: ([0-9a-f]{8})-[0-9a-f-]{27}\]/, '[instance: $1\u2026]');
}

/** `1 log`, `2 logs`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Wraps a text to the report's width, every line behind so many blanks. */
export function indent(text: string, by: number): string {
  const wrapped = wrapAnsi(text, WIDTH - by, { hard: true, trim: true });
  return wrapped
    .split('\n')
    .map((line) => ' '.repeat(by) + line)
    .join('\n');
}

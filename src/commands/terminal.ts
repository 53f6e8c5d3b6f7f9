import { styleText } from 'node:util';
import { type Paint, plain } from '../report/index.ts';
import type { SharedFlags } from './shared.ts';

/** Colours, where stdout is a terminal and nobody said otherwise (`--no-color`, NO_COLOR). */
export function paintFor(flags: SharedFlags): Paint {
  const wanted = process.stdout.isTTY && flags.color !== false && !process.env.NO_COLOR;
  if (!wanted) return plain;
  const style = (format: Parameters<typeof styleText>[0]) => (text: string) =>
    styleText(format, text, { validateStream: false });
  return { bold: style('bold'), dim: style('dim'), red: style('red'), green: style('green'), yellow: style('yellow') };
}

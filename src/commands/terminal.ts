import { styleText } from 'node:util';
import { type Paint, plain, printableName } from '../report/index.ts';
import type { SharedFlags } from './shared.ts';

/** Colours, where stdout is a terminal and nobody said otherwise (`--no-color`, NO_COLOR). */
export function paintFor(flags: SharedFlags): Paint {
  const wanted = process.stdout.isTTY && flags.color !== false && !process.env.NO_COLOR;
  if (!wanted) return plain;
  const style = (format: Parameters<typeof styleText>[0]) => (text: string) =>
    styleText(format, text, { validateStream: false });
  return { bold: style('bold'), dim: style('dim'), red: style('red'), green: style('green'), yellow: style('yellow') };
}

const FIRST_SHOWN_MS = 500;
const EVERY_MS = 100;
const BAR = 24;

/** A progress bar on stderr for reads of more than half a second, at a terminal only. `done` wipes it. */
export function progressBar(flags: SharedFlags): {
  show: (path: string, done: number, total: number | null) => void;
  done: () => void;
} {
  if (!process.stderr.isTTY || flags.quiet) return { show: () => {}, done: () => {} };
  const begun = Date.now();
  let shown = 0;
  return {
    show(path, done, total) {
      const now = Date.now();
      if (now - begun < FIRST_SHOWN_MS || now - shown < EVERY_MS) return;
      shown = now;
      const part = total ? Math.min(1, done / total) : 0;
      const bar = '#'.repeat(Math.round(part * BAR)).padEnd(BAR, '.');
      const rate = (done / 1048576 / Math.max(0.001, (now - begun) / 1000)).toFixed(0);
      process.stderr.write(
        `\r\x1b[K[${bar}] ${(part * 100).toFixed(0)} %  ${rate} MiB/s  ${printableName(path).slice(-40)}`,
      );
    },
    done() {
      if (shown > 0) process.stderr.write('\r\x1b[K');
    },
  };
}

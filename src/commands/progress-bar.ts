import { MIB } from '../numbers.ts';
import { elapsed, printableName } from '../report/index.ts';
import { InputError, isCompressed, statOf } from '../tail/bytes.ts';
import type { SharedFlags } from './shared.ts';

/** How far reading has come, at a terminal. */
export interface ProgressBar {
  /** `done`: up to which byte the file is read; the first one of a file is where reading begins. */
  readonly show: (path: string, done: number) => void;
  /** Wipes it. */
  readonly done: () => void;
}

/** Where a bar is drawn. */
export interface Row {
  readonly write: (text: string) => unknown;
  readonly columns: () => number;
}

/** A bar on stderr while files are read, at a terminal only. */
export function progressBar(
  flags: Pick<SharedFlags, 'quiet'>,
  files: readonly { readonly path: string }[],
): ProgressBar {
  if (!process.stderr.isTTY || flags.quiet) return { show: () => {}, done: () => {} };
  const stderr = { write: (text: string) => process.stderr.write(text), columns: () => process.stderr.columns || 80 };
  return barOn(stderr, totalOf(files.map(({ path }) => path)), () => performance.now());
}

const FIRST_SHOWN_MS = 500;
const EVERY_MS = 100;

/**
 * A bar in one row, from half a second on: the share of `total` bytes that is read, the rate, the time left at that rate, the
 * file. Without a total: how much is read, the rate, the file. `now`: ms that only go on.
 */
export function barOn({ write, columns }: Row, total: number | null, now: () => number): ProgressBar {
  const begun = now();
  const files = new Map<string, { readonly first: number; done: number }>();
  let shownAt = Number.NEGATIVE_INFINITY;
  return {
    show(path, done) {
      const file = files.get(path);
      if (file === undefined) files.set(path, { first: done, done });
      else file.done = done;
      const time = now();
      if (time - begun < FIRST_SHOWN_MS || time - shownAt < EVERY_MS) return;
      shownAt = time;
      const all = [...files.values()];
      const reached = all.reduce((sum, each) => sum + each.done, 0);
      const read = all.reduce((sum, each) => sum + each.done - each.first, 0);
      const figures = figuresOf(reached, read / ((time - begun) / 1000), total);
      write(`\r\x1b[K${rowOf(figures, path, columns())}`);
    },
    done() {
      if (Number.isFinite(shownAt)) write('\r\x1b[K');
      shownAt = Number.NEGATIVE_INFINITY;
    },
  };
}

const BAR = 24;

function figuresOf(reached: number, rate: number, total: number | null): string {
  const speed = `${(rate / MIB).toFixed(0)} MiB/s`;
  if (total === null) return `${(reached / MIB).toFixed(0)} MiB  ${speed}`;
  const part = Math.min(1, reached / Math.max(1, total));
  const bar = '#'.repeat(Math.floor(part * BAR)).padEnd(BAR, '.');
  const left = rate > 0 ? `  ${elapsed(Math.max(0, total - reached) / rate)} left` : '';
  return `[${bar}] ${String(Math.floor(part * 100)).padStart(3)} %  ${speed}${left}`;
}

/** The end of a path tells more than its beginning. */
function rowOf(figures: string, path: string, columns: number): string {
  const room = columns - figures.length - 3;
  return room < 8 ? figures.slice(0, Math.max(0, columns - 1)) : `${figures}  ${printableName(path).slice(-room)}`;
}

/** Bytes in files that are all plain; of what is compressed or comes through a pipe nobody knows how much it is. */
function totalOf(paths: readonly string[]): number | null {
  let total = 0;
  for (const path of paths) {
    const size = sizeOf(path);
    if (size === null) return null;
    total += size;
  }
  return total;
}

/** None of what cannot be looked at: reading will tell. */
function sizeOf(path: string): number | null {
  try {
    const { size } = statOf(path);
    return size === null || isCompressed(path) ? null : size;
  } catch (error) {
    if (error instanceof InputError) return 0;
    throw error;
  }
}

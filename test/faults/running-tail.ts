import { type ChildProcess, spawn } from 'node:child_process';
import { onTestFinished, vi } from 'vitest';
import { texts } from '../follow-rig.ts';
import { LAUNCHER } from '../scratch.ts';

/** The program, following; what it printed so far. */
export interface Running {
  readonly child: ChildProcess;
  readonly printed: { out: string; err: string };
  /** Its exit code; null where a signal ended it. */
  readonly ended: Promise<number | null>;
}

/** Starts `novatrail tail`. `first` is a program text that runs in it before anything else. */
export function startTail(
  folder: string,
  args: readonly string[],
  { first = '', env = {} }: { first?: string; env?: NodeJS.ProcessEnv } = {},
): Running {
  const options = first === '' ? [] : ['--import', `data:text/javascript,${encodeURIComponent(first)}`];
  const child = spawn(process.execPath, [...options, LAUNCHER, 'tail', ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const printed = { out: '', err: '' };
  child.stdout?.on('data', (data) => {
    printed.out += data;
  });
  child.stderr?.on('data', (data) => {
    printed.err += data;
  });
  const ended = new Promise<number | null>((over) => child.once('exit', (code) => over(code)));
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return { child, printed, ended };
}

/** Waits until so many events are stored. */
export function untilStored(db: string, count: number): Promise<void> {
  return until(() => texts(db).length >= count, `${count} events in ${db}`);
}

/** Waits until something is true of what others do. */
export function until(isSo: () => boolean, what: string): Promise<void> {
  return vi.waitFor(
    () => {
      if (!isSo()) throw new Error(`waited in vain for ${what}`);
    },
    { timeout: 30_000, interval: 20 },
  );
}

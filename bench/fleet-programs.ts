// The program, measured from outside, for bench/fleet.ts.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';

const LAUNCHER = join(import.meta.dirname, '../bin/novatrail.js');
const TICKS_A_SECOND = 100;

export interface Started {
  readonly child: ChildProcess;
  readonly code: Promise<number | null>;
  /** Waits until the program says something on stderr. */
  readonly says: (words: string) => Promise<void>;
}

/** Starts a command. */
export function start(folder: string, args: readonly string[]): Started {
  const child = spawn(process.execPath, [LAUNCHER, ...args], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  let told = '';
  child.stderr.on('data', (data) => {
    told += data;
  });
  const code = new Promise<number | null>((over) => child.once('exit', (ended) => over(ended)));
  const says = async (words: string) => {
    while (!told.includes(words)) {
      if (child.exitCode !== null) throw new Error(`novatrail ${args.join(' ')}: exit ${child.exitCode}: ${told}`);
      await pause(20);
    }
  };
  return { child, code, says };
}

/** Ends it as systemd does. */
export async function ended({ child, code }: Started): Promise<void> {
  child.kill('SIGTERM');
  await code;
}

/** Processor time that it has used. */
export function processor_s({ child }: { readonly child: ChildProcess }): number {
  const [user, system] = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
    .slice(11, 13);
  return (Number(user) + Number(system)) / TICKS_A_SECOND;
}

/** Most memory that it ever had. */
export function peak_mib({ child }: Started): number {
  const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kib) / 1024);
}

/** Number of rows; none where there is no store yet. */
export function countIn(path: string, what: string): number {
  if (!existsSync(path)) return 0;
  const db = new Database(path, { readonly: true });
  try {
    return db.prepare(`SELECT count(*) FROM ${what}`).pluck().get() as number;
  } catch (error) {
    if ((error as { code?: string }).code !== 'SQLITE_ERROR') throw error;
    // The schema is not there yet.
    return 0;
  } finally {
    db.close();
  }
}

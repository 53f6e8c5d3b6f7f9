import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { onTestFinished, vi } from 'vitest';
import { main } from '../src/cli.ts';
import { ingest } from '../src/commands/ingest.ts';

export const ROOT = join(import.meta.dirname, '..');
export const LAUNCHER = join(ROOT, 'bin/novatrail.js');

/** A folder that is gone after the test; `files` by their paths in it. */
export function scratch(files: Readonly<Record<string, string | Buffer>> = {}): string {
  const folder = temporary(files);
  onTestFinished(() => remove(folder));
  return folder;
}

/** A folder that the caller removes. */
export function temporary(files: Readonly<Record<string, string | Buffer>>, below = tmpdir()): string {
  const folder = mkdtempSync(join(below, 'novatrail-test-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** Removes a folder with all that is in it. */
export function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program as a user does, in a folder. */
export function novatrail(folder: string, args: readonly string[], input: string | Buffer = ''): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [LAUNCHER, ...args], {
    cwd: folder,
    input,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, NO_COLOR: '', FORCE_COLOR: '' },
  });
  return { code: status, stdout, stderr };
}

/** Reads logs into a store without starting a process. Gives the exit code. */
export function ingestInto(db: string, ...paths: readonly string[]): Promise<number> {
  return ingest({ paths, db, quiet: true });
}

export type Dump = Record<string, unknown[]>;

/** Every row of every table of a store. */
export function dump(path: string): Dump {
  return reading(path, (db) => {
    const tables = db
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'judged' ORDER BY name")
      .pluck()
      .all() as string[];
    return Object.fromEntries(tables.map((table) => [table, db.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all()]));
  });
}

/** The rows of one statement. */
export function rows(path: string, sql: string): Record<string, unknown>[] {
  return reading(path, (db) => db.prepare(sql).all() as Record<string, unknown>[]);
}

function reading<Result>(path: string, use: (db: Database.Database) => Result): Result {
  const db = new Database(path, { readonly: true });
  try {
    return use(db);
  } finally {
    db.close();
  }
}

/** Runs the program in this process, which takes less time; not for what reads stdin or prints help. */
export async function called(folder: string, args: readonly string[]): Promise<Ran> {
  const written = { stdout: '', stderr: '' };
  const [home, streams] = [process.cwd(), ['stdout', 'stderr'] as const];
  const listeners = streams.map((name) => process[name].rawListeners('error'));
  const spies = streams.map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation(taker(written, name) as never),
  );
  process.chdir(folder);
  process.exitCode = undefined;
  try {
    await main(args);
    return { code: Number(process.exitCode ?? 0), ...written };
  } finally {
    process.exitCode = undefined;
    process.chdir(home);
    for (const spy of spies) spy.mockRestore();
    for (const [index, name] of streams.entries()) {
      const added = process[name].rawListeners('error').filter((each) => !listeners[index]?.includes(each));
      for (const each of added) process[name].off('error', each as () => void);
    }
  }
}

function taker(written: Record<'stdout' | 'stderr', string>, name: 'stdout' | 'stderr') {
  return (text: string, taken?: () => void) => {
    written[name] += text;
    taken?.();
    return true;
  };
}

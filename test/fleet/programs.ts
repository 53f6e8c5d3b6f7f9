import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import type { Reported } from '../running.ts';
import { LAUNCHER, novatrail, rows } from '../scratch.ts';

/** The program, running until it is told to end. */
export interface Program {
  readonly child: ChildProcess;
  readonly printed: { out: string; err: string };
  /** Ends it as `signal` does; gives its exit code, null where the signal ended it. */
  readonly end: (signal?: NodeJS.Signals) => Promise<number | null>;
}

/** Starts a command that goes on by itself. */
export function started(folder: string, args: readonly string[]): Program {
  const child = spawn(process.execPath, [LAUNCHER, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const printed = { out: '', err: '' };
  child.stdout.on('data', (data) => {
    printed.out += data;
  });
  child.stderr.on('data', (data) => {
    printed.err += data;
  });
  const ended = new Promise<number | null>((over) => child.once('exit', (code) => over(code)));
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const end = (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal);
    return ended;
  };
  return { child, printed, end };
}

/** `fleet init` at a broker. */
export function initFleet(folder: string, url: string, replicas: number) {
  return novatrail(folder, ['fleet', 'init', '--nats', url, '--replicas', String(replicas), '--max-gib', '0.1']);
}

/** True where all that a node's store holds was published and acknowledged. */
export function isPublished(db: string): boolean {
  if (!existsSync(db)) return false;
  const [state] = read(
    db,
    `SELECT count(*) AS sources, sum(told IS NULL) AS untold,
       sum((SELECT count(*) FROM events e WHERE e.source = o.source AND e.offset >= o.published_to AND e.offset < s.checkpoint)) AS waiting
     FROM sources s LEFT JOIN outbox o ON o.source = s.id`,
  );
  return Number(state?.sources) > 0 && Number(state?.untold) === 0 && Number(state?.waiting) === 0;
}

/** True where a collector's store has what the nodes' stores have published. */
export function isCollected(central: string, nodes: Readonly<Record<string, string>>): boolean {
  return Object.entries(nodes).every(([node, db]) => {
    const published = read(
      db,
      'SELECT log, reading, revision, (SELECT count(*) FROM events WHERE source = o.source) AS events FROM outbox o ORDER BY log',
    );
    const collected = read(
      central,
      `SELECT log, reading, revision, (SELECT count(*) FROM events WHERE source = c.source) AS events FROM collected c
       WHERE node = '${node}' ORDER BY log`,
    );
    return published.length > 0 && JSON.stringify(published) === JSON.stringify(collected);
  });
}

/** Rows of a store that may not be there yet. */
function read(db: string, sql: string): Record<string, unknown>[] {
  try {
    return rows(db, sql);
  } catch (error) {
    if (error instanceof Database.SqliteError) return [];
    throw error;
  }
}

/** What `audit --format json` prints of logs, or of a store. */
export function auditOf(folder: string, args: readonly string[]): Reported {
  const { code, stdout, stderr } = novatrail(folder, ['audit', '--format', 'json', '--fail-on', 'never', ...args]);
  if (code !== 0) throw new Error(`audit ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as Reported;
}

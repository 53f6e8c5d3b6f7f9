// How fast events go into a store: the program's own way beside the least that SQLite needs for the same rows.

import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BatchWriter } from '../src/batch-writer.ts';
import { UNREAD } from '../src/known-source.ts';
import type { LogEvent } from '../src/model.ts';
import { Clock } from '../src/parse/clock.ts';
import { placed, readPiece, timesOf } from '../src/pieces.ts';
import { addSource } from '../src/store/facts.ts';
import { type Handle, openStore } from '../src/store/open.ts';
import { writeLog } from './input.ts';
import { type Measured, median } from './measure.ts';
import type { Asked, Result } from './scenarios.ts';

const MIB = 1024 * 1024;
const BATCH = 1000;
const HEAD = { headLength: 0, headHash: '' };
const COLUMNS = 'source, offset, line, at_ms, host, level, logger, pid, request_id, instance, type, fields, text';

type Row = readonly (string | number | null)[];

/** A way to get the events into a new store; what it gives is called when the clock runs, and ends with all in the file. */
type Way = (path: string) => () => void;

/** In this process, for to read them takes as long as to write them. */
export async function writing({ folder, mib, runs }: Asked): Promise<Result> {
  const log = join(folder, 'nova-compute.log');
  writeLog(log, { bytes: (mib * MIB) / 8, density: 1 });
  const events = eventsIn(log);
  const rows = events.map(rowOf);
  const csv = join(folder, 'events.csv');
  writeFileSync(csv, rows.map((row) => `${row.map(quoted).join(',')}\n`).join(''));
  const ways: Record<string, Way> = {
    novatrail: (path) => ownWay(path, events),
    'novatrail, synchronous = OFF': (path) => ownWay(path, events, (db) => db.pragma('synchronous = OFF')),
    'INSERT into the same table': (path) => inserts(path, rows),
    'INSERT, no index but the key': (path) => inserts(path, rows, withoutIndices),
    ...(spawnSync('sqlite3', ['--version']).error === undefined
      ? { 'sqlite3 .import into the same table': (path: string) => imported(path, csv) }
      : {}),
  };
  const measured = measure(ways, runs, join(folder, 'written.db'));
  const bytes = Math.round(statSync(join(folder, 'written.db')).size / events.length);
  const own = measured[0]?.seconds ?? Number.NaN;
  const rate = Math.round(events.length / own / 1000);
  const about = `${events.length.toLocaleString('en-US')} events, ${bytes} bytes each in the store: ${rate},000 events a second.`;
  return { title: 'Writing events', about, base: 'novatrail', measured };
}

function measure(ways: Record<string, Way>, runs: number, path: string): Measured[] {
  const taken = new Map(Object.keys(ways).map((name) => [name, [] as number[]]));
  for (let turn = 0; turn < runs; turn += 1) {
    for (const [name, way] of Object.entries(ways)) {
      for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true });
      const write = way(path);
      const begun = performance.now();
      write();
      taken.get(name)?.push((performance.now() - begun) / 1000);
    }
  }
  return [...taken].map(([name, seconds]) => ({ name, seconds: median(seconds), rss: null, runs }));
}

function eventsIn(path: string): LogEvent[] {
  const fd = openSync(path, 'r');
  try {
    const reading = {
      path,
      statedHost: null,
      pathHost: 'compute-0',
      added: [],
      parts: false,
      bare: false,
      everyTurn: false,
    };
    const piece = readPiece({ file: { fd, path }, range: { from: 0, to: null }, reading }, null);
    return placed(piece, timesOf(piece.moments, new Clock({ zone: 'UTC' })), 0).events;
  } finally {
    closeSync(fd);
  }
}

function ownWay(path: string, events: readonly LogEvent[], settle: (db: Handle) => void = () => {}): () => void {
  const db = openStore(path);
  settle(db);
  const source = addSource(db, { kind: 'log', path, host: null, ...HEAD, ...UNREAD });
  const writer = new BatchWriter(db, source, { ...HEAD, firstAt: null }, { storePath: path });
  return () => {
    for (let at = 0; at < events.length; at += BATCH) {
      const part = {
        events: events.slice(at, at + BATCH),
        unmatched: [],
        read: at,
        checkpoint: { offset: at, line: 1 },
      };
      writer.add({ ...part, end: null });
    }
    db.close();
  };
}

function inserts(path: string, rows: readonly Row[], settle: (db: Handle) => void = () => {}): () => void {
  const db = openStore(path);
  addSource(db, { kind: 'log', path, host: null, ...HEAD, ...UNREAD });
  settle(db);
  const insert = db.prepare(`INSERT INTO events (${COLUMNS}) VALUES (${COLUMNS.replaceAll(/\w+/g, '?')})`);
  const write = db.transaction((batch: readonly Row[]) => {
    for (const row of batch) insert.run(...row);
  });
  return () => {
    for (let at = 0; at < rows.length; at += BATCH) write.immediate(rows.slice(at, at + BATCH));
    db.close();
  };
}

function withoutIndices(db: Handle): void {
  const named = "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'events' AND sql IS NOT NULL";
  for (const name of db.prepare(named).pluck().all()) db.exec(`DROP INDEX ${name}`);
}

function imported(path: string, csv: string): () => void {
  const db = openStore(path);
  addSource(db, { kind: 'log', path, host: null, ...HEAD, ...UNREAD });
  db.close();
  return () => {
    execFileSync('sqlite3', [path, 'PRAGMA synchronous = NORMAL', `.import --csv ${csv} events`]);
  };
}

/** As the table has them, the first log's. */
function rowOf({ ref, at, host, level, logger, pid, requestId, instance, type, fields, text }: LogEvent): Row {
  return [
    1,
    ref.offset,
    ref.line,
    at,
    host,
    level,
    logger,
    pid,
    requestId,
    instance,
    type,
    JSON.stringify(fields),
    text,
  ];
}

function quoted(value: string | number | null): string {
  return `"${String(value ?? '').replaceAll('"', '""')}"`;
}

// What following a log costs: npm run build && node bench/tail.ts [seconds]
// Prints the share of one core and the memory at 1,000 DEBUG lines a second and idle, the time from a line's append to its event
// in the store, and the rate at which a backlog is caught up. Linux only: the figures are read from /proc.

import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';

const SECONDS = Number(process.argv[2] ?? 20);
const TICKS_A_SECOND = 100;
const launcher = join(import.meta.dirname, '../bin/novatrail.js');
const folder = mkdtempSync(join(tmpdir(), 'novatrail-bench-'));
const log = join(folder, 'nova-compute.log');
const db = join(folder, 'bench.db');

try {
  await backlog();
  await following();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function backlog(): Promise<void> {
  const block = debugLines(0, 50_000);
  const mebibytes = 1024;
  writeFileSync(log, '');
  for (let size = 0; size < mebibytes * 1024 * 1024; size += block.length) appendFileSync(log, block);
  const begun = performance.now();
  const tail = await started();
  const seconds = (performance.now() - begun) / 1000;
  const read = statSync(log).size / 1024 / 1024;
  console.log(
    `backlog: ${read.toFixed(0)} MiB in ${seconds.toFixed(1)} s with the start, ${(read / seconds).toFixed(0)} MiB/s`,
  );
  await ended(tail);
  rmSync(db);
  writeFileSync(log, '');
}

async function following(): Promise<void> {
  const tail = await started();
  const pid = tail.pid as number;
  const idle = await usedDuring(pid, () => pause(SECONDS * 1000));
  console.log(`idle: ${idle.percent.toFixed(2)} % of a core, ${idle.mebibytes} MiB`);
  for (const round of [1, 2]) {
    const busy = await usedDuring(pid, writeSteadily);
    console.log(`1,000 lines/s, round ${round}: ${busy.percent.toFixed(2)} % of a core, ${busy.mebibytes} MiB`);
  }
  await pause(3000);
  const delays: number[] = [];
  for (let turn = 0; turn < 100; turn += 1) delays.push(await delayOf(turn));
  delays.sort((a, b) => a - b);
  console.log(`append to event: median ${delays[50]?.toFixed(0)} ms, 95 % ${delays[95]?.toFixed(0)} ms`);
  await ended(tail);
}

async function started(): Promise<ChildProcess> {
  const tail = spawn(process.execPath, [launcher, 'tail', folder, '--db', db], { stdio: ['ignore', 'ignore', 'pipe'] });
  await new Promise<void>((ready) => {
    tail.stderr?.on('data', (text) => String(text).includes('following') && ready());
  });
  return tail;
}

async function ended(tail: ChildProcess): Promise<void> {
  const over = new Promise((exits) => tail.once('exit', exits));
  tail.kill('SIGTERM');
  await over;
}

async function writeSteadily(): Promise<void> {
  const begun = performance.now();
  for (let line = 0; line < SECONDS * 1000; ) {
    const due = Math.min(SECONDS * 1000, Math.floor(performance.now() - begun));
    for (; line < due; line += 1) appendFileSync(log, debugLines(line, 1));
    await pause(1);
  }
}

async function delayOf(turn: number): Promise<number> {
  const count = countOf();
  await pause(40 + (turn % 7) * 13);
  const begun = performance.now();
  appendFileSync(log, event(turn));
  while (countOf() === count) await pause(1);
  return performance.now() - begun;
}

function countOf(): number {
  const store = new Database(db, { readonly: true });
  const count = store.prepare('SELECT count(*) FROM events').pluck().get() as number;
  store.close();
  return count;
}

async function usedDuring(pid: number, action: () => Promise<unknown>) {
  const [before, begun] = [ticksOf(pid), performance.now()];
  await action();
  const seconds = (performance.now() - begun) / 1000;
  const percent = ((ticksOf(pid) - before) / TICKS_A_SECOND / seconds) * 100;
  const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
  return { percent, mebibytes: Math.round((pages * 4096) / 1024 / 1024) };
}

function ticksOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

function debugLines(first: number, count: number): string {
  const lines = Array.from({ length: count }, (_, index) => {
    const at = stamp(first + index);
    return `${at} 7 DEBUG nova.compute.resource_tracker [req-${first + index} - - - - -] Compute driver doesn't require allocation refresh _remove_deleted_instances_allocations /usr/lib/python3/dist-packages/nova/compute/resource_tracker.py:1474\n`;
  });
  return lines.join('');
}

function event(turn: number): string {
  const vm = `${turn.toString(16).padStart(8, '0')}-1111-4222-8333-444444444444`;
  return `${stamp(turn)} 7 INFO nova.compute.manager [req-1 - - - - -] [instance: ${vm}] VM Paused (Lifecycle Event)\n`;
}

function stamp(ms: number): string {
  return new Date(Date.UTC(2024, 4, 1) + ms).toISOString().replace('T', ' ').replace('Z', '');
}

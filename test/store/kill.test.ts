import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { logOf, type Told, uuid } from '../sample-log.ts';
import { dump, LAUNCHER, novatrail, rows, scratch } from '../scratch.ts';

const KILLS = 15;

test('killed anywhere and gone on with, an ingest ends as if nothing had happened', async () => {
  const folder = scratch({
    'compute-0/nova-compute.log': logOf(manyMigrations(0, 500)),
    'compute-1/nova-compute.log': logOf(manyMigrations(500, 100)),
  });
  const begun = performance.now();
  expect(novatrail(folder, ['ingest', '.', '--db', 'quiet.db'])).toMatchObject({ code: 0, stderr: '' });
  const whole = performance.now() - begun;
  const [first] = rows(join(folder, 'quiet.db'), 'SELECT count(*) AS events FROM events');
  expect(Number(first?.events)).toBeGreaterThan(24_000);

  const random = seeded(20_190_520);
  const reached = new Set<number>();
  for (let kill = 0; kill < KILLS; kill += 1) {
    await killedIngest(folder, random() * whole);
    if (existsSync(join(folder, 'killed.db'))) reached.add(eventsIn(join(folder, 'killed.db')));
  }
  expect(novatrail(folder, ['ingest', '.', '--db', 'killed.db'])).toMatchObject({ code: 0, stderr: '' });
  expect(reached.size, 'the kills met different states').toBeGreaterThan(1);
  expect(dump(join(folder, 'killed.db'))).toEqual(dump(join(folder, 'quiet.db')));
});

/** Starts the program and kills it after so many milliseconds: the delay is the fault. */
async function killedIngest(folder: string, after: number): Promise<void> {
  const child = spawn(process.execPath, [LAUNCHER, 'ingest', '.', '--db', 'killed.db'], {
    cwd: folder,
    stdio: 'ignore',
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), after);
  await new Promise((over) => child.once('exit', over));
  clearTimeout(timer);
}

function eventsIn(path: string): number {
  try {
    return Number(rows(path, 'SELECT count(*) AS events FROM events')[0]?.events);
  } catch {
    // Killed before the schema was there.
    return -1;
  }
}

function manyMigrations(first: number, count: number): Told[] {
  return Array.from({ length: count }, (_, index) => ({
    instance: uuid(1000 + first + index),
    request: `req-${first + index}`,
    from: 60 + index * 37,
    lasts: 900,
    steps: Array.from({ length: 11 }, (_step, step) => [step * 75, 50 + step * 45] as const),
    progress: Array.from({ length: 29 }, (_turn, turn) => [1 + turn * 30, turn * 300, 4000 - turn * 100] as const),
    tunnel: index % 2 === 0,
  }));
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
}

import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { writeLog } from '../../bench/input.ts';
import { ingestLogs } from '../../src/ingest.ts';
import { openStore } from '../../src/store/open.ts';
import { discoverLogs } from '../../src/tail/discover.ts';
import { threadsFor } from '../../src/threads.ts';
import { folderWith } from '../running.ts';

const MIB = 1024 * 1024;
let folder: string;

/** Two hosts with rotated sets: packed and plain, of few events and of many, and each log of one of them twice. */
beforeAll(() => {
  folder = folderWith({ 'c2/nova-compute.log': 'too little\n' });
  const log = (seed: number, mib: number, density: number): Buffer => {
    const path = join(folder, 'made');
    writeLog(path, { bytes: mib * MIB, density, seed });
    return readFileSync(path);
  };
  const [newest, plain, packed, dense] = [log(0, 3, 20), log(3, 12, 20), log(1, 3, 20), log(2, 3, 1)];
  for (const host of ['c0', 'c1']) mkdirSync(join(folder, host));
  const write = (name: string, bytes: Buffer) => writeFileSync(join(folder, name), bytes);
  write('c0/nova-compute.log', newest);
  write('c0/nova-compute.log.1.gz', gzipSync(packed));
  write('c0/nova-compute.log.2.zst', zstdCompressSync(dense));
  write('c0/nova-compute.log.3.gz', gzipSync(dense));
  write('c1/nova-compute.log', plain);
  write('c1/nova-compute.log.1', plain);
  write('c1/nova-compute.log.2.gz', gzipSync(log(4, 8, 2)));
  write('c1/nova-compute.log.3.gz', gzipSync(log(5, 8, 2)));
  rmSync(join(folder, 'made'));
});

test('these logs are worth threads of both kinds', () => {
  expect(threadsFor(discoverLogs([folder]), { user: null, threads: 3 })).toEqual({ others: 2, unpacking: 3 });
  expect(threadsFor(discoverLogs([folder]), { user: null, threads: 1 })).toEqual({ others: 0, unpacking: 0 });
});

test.each([2, 3, 8])('logs read by %i threads are stored as logs read one after the other', async (threads) => {
  const [alone, together] = [await ingested(1), await ingested(threads)];
  expect(alone.problems).toEqual([]);
  expect(alone.events.length).toBeGreaterThan(2000);
  expect(together).toEqual(alone);
});

test('the epochs in packed logs tell each thread the same offset of the host', async () => {
  const event =
    'DEBUG nova.virt.driver [-] Emitting event <LifecycleEvent: 1714554000.5, 0b1a9d5c-6f4e-4a57-9c0e-7d3f0c6f2b11 => Stopped>';
  const lines = Array.from({ length: 20_000 }, (_, n) => {
    const time = new Date(Date.UTC(2024, 4, 1, 12) + n * 10).toISOString().replace('T', ' ').replace('Z', '');
    return `${time} 9202 ${n === 50 ? event : 'INFO nova.compute.manager [-] [instance: 0b1a9d5c-6f4e-4a57-9c0e-7d3f0c6f2b11] Migrating instance to compute-1 finished successfully.'}`;
  });
  writeFileSync(join(folder, 'c1/nova-compute.log.4.gz'), gzipSync(`${lines.join('\n')}\n`));
  const [alone, together] = [await ingested(1, null), await ingested(3, null)];
  expect(alone.events).toContainEqual(expect.objectContaining({ host: 'c1', line: 1, at_ms: Date.UTC(2024, 4, 1, 9) }));
  expect(together).toEqual(alone);
});

test('logs that vanish when threads have begun with them are told of, and hold up no other', async () => {
  const vanishing = ['c0/nova-compute.log.2.zst', 'c0/nova-compute.log.3.gz'].map((name) => join(folder, name));
  const kept = vanishing.map((path) => readFileSync(path));
  // Older than they are, so that they are stored after it.
  writeFileSync(join(folder, 'c0/nova-compute.log.4'), readFileSync(join(folder, 'c1/nova-compute.log')));
  const { problems, events } = await ingested(2, 'America/Toronto', (path) => {
    if (path.endsWith('c0/nova-compute.log.4')) for (const gone of vanishing) rmSync(gone, { force: true });
  });
  for (const [at, path] of vanishing.entries()) writeFileSync(path, kept[at] ?? '');
  expect(problems.sort()).toEqual(vanishing.map((path) => expect.stringContaining(`${path}: there is no such file`)));
  const whole = (await ingested(1)).events as { path: string }[];
  expect(events).toEqual(whole.filter(({ path }) => !vanishing.includes(path)));
});

test('a log that is damaged is told of, and what stood before the damage is stored', async () => {
  truncateSync(join(folder, 'c0/nova-compute.log.1.gz'), 300_000);
  const [alone, together] = [await ingested(1), await ingested(3)];
  expect(together.problems).toEqual([expect.stringMatching(/nova-compute\.log\.1\.gz: the compressed data break off/)]);
  expect(together).toEqual(alone);
});

async function ingested(threads: number, zone: string | null = 'America/Toronto', progress = (_path: string) => {}) {
  const db = openStore(null);
  try {
    const { problems } = await ingestLogs(db, discoverLogs([folder]), {
      hostOf: () => null,
      zoneOf: () => zone,
      user: null,
      everyTurn: false,
      storePath: '(test)',
      progress,
      threads,
    });
    const sources =
      'SELECT path, host, checkpoint, checkpoint_line, bytes, lines, first_at_ms, last_at_ms FROM sources ORDER BY path';
    const events =
      'SELECT path, offset, line, at_ms, e.host, instance, type, fields, text FROM events e JOIN sources s ON s.id = source ORDER BY path, offset';
    return {
      problems: problems.map(({ message }) => message),
      sources: db.prepare(sources).all(),
      events: db.prepare(events).all(),
    };
  } finally {
    db.close();
  }
}

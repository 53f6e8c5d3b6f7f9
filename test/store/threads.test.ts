import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { writeLog } from '../../bench/input.ts';
import { ingestLogs } from '../../src/ingest.ts';
import { openStore } from '../../src/store/open.ts';
import { discoverLogs } from '../../src/tail/discover.ts';
import { folderWith } from '../running.ts';

const MIB = 1024 * 1024;
let folder: string;

beforeAll(() => {
  folder = folderWith({ 'c0/nova-compute.log': '', 'c1/nova-compute.log': '', 'c2/nova-compute.log': 'too little\n' });
  const path = (name: string) => join(folder, name);
  for (const [seed, name] of ['c0/nova-compute.log', 'c0/old', 'c0/older', 'c1/nova-compute.log'].entries())
    writeLog(path(name), { bytes: (seed < 3 ? 3 : 12) * MIB, density: 20, seed });
  writeFileSync(path('c0/nova-compute.log.1.gz'), gzipSync(readFileSync(path('c0/old'))));
  writeFileSync(path('c0/nova-compute.log.2.zst'), zstdCompressSync(readFileSync(path('c0/older'))));
  copyFileSync(path('c1/nova-compute.log'), path('c1/nova-compute.log.1'));
});

test('logs read side by side are stored as logs read one after the other', async () => {
  const [alone, together] = [await ingested(1), await ingested(3)];
  expect(alone.problems).toEqual([]);
  expect(alone.events.length).toBeGreaterThan(2000);
  expect(together).toEqual(alone);
});

test('a log that is damaged is told of, and what stood before the damage is stored', async () => {
  truncateSync(join(folder, 'c0/nova-compute.log.1.gz'), 300_000);
  const [alone, together] = [await ingested(1), await ingested(3)];
  expect(together.problems).toEqual([expect.stringMatching(/nova-compute\.log\.1\.gz: the compressed data break off/)]);
  expect(together).toEqual(alone);
});

async function ingested(threads: number) {
  const db = openStore(null);
  try {
    const { problems } = await ingestLogs(db, discoverLogs([folder]), {
      hostOf: () => null,
      zoneOf: () => 'America/Toronto',
      user: null,
      everyTurn: false,
      storePath: '(test)',
      progress: () => {},
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

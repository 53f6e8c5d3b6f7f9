// How long 10,000 migrations take to be judged, and in how much memory: node bench/judge.ts [COUNT]. Judging alone: the store
// is made before, and `rebuild` derives all of it again.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logOf, type Told, uuid } from '../test/sample-log.ts';
import { median, run } from './measure.ts';
import { NOVATRAIL } from './programs.ts';

const RUNS = 3;
const count = Number(process.argv[2] ?? 10_000);
const folder = mkdtempSync(join(tmpdir(), 'novatrail-judge-'));
try {
  const log = join(folder, 'compute-0.nova-compute.log');
  const store = join(folder, 'judge.db');
  writeFileSync(log, logOf(Array.from({ length: count }, (_, index) => told(index))));
  await run({ program: process.execPath, args: [NOVATRAIL, 'ingest', log, '--db', store, '--quiet'] });
  const runs = [];
  for (let turn = 0; turn < RUNS; turn += 1)
    runs.push(await run({ program: process.execPath, args: [NOVATRAIL, 'rebuild', '--db', store, '--quiet'] }));
  const seconds = median(runs.map((each) => each.seconds));
  const rss = Math.max(...runs.map((each) => each.rss ?? 0)) / 2 ** 20;
  process.stdout.write(
    `${count} migrations judged in ${seconds.toFixed(1)} s (median of ${RUNS}), ${rss.toFixed(0)} MiB at most\n`,
  );
} finally {
  rmSync(folder, { recursive: true });
}

/** A migration with all eleven steps and a progress line every 30 s; one in ten times out. */
function told(index: number): Told {
  const timesOut = index % 10 === 0;
  return {
    instance: uuid(index),
    request: `req-${uuid(index)}`,
    from: index * 7,
    lasts: timesOut ? 182 : 130,
    steps: Array.from({ length: 11 }, (_, step) => [step * 12, 50 + step * 45] as const),
    progress: [
      [0, 1, 4000],
      [30, 900, 3000],
      [60, 1800, 2000],
      [90, 2700, 1000],
      [120, 3600, 1200],
    ],
    ...(timesOut ? { timeout: { seconds: 180, lines: 3 } } : {}),
  };
}

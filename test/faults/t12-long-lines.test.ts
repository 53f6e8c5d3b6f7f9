import { appendFileSync, closeSync, openSync, writeSync } from 'node:fs';
import { expect, test } from 'vitest';
import { follow, placesIn, texts } from '../follow-rig.ts';
import { novatrail, rows, scratch } from '../scratch.ts';
import { append, eventLines } from './writer.ts';

test('a line of 64 MB, then a key line: that is found, memory stays, the long line is told', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': '' });
  const { log, db } = placesIn(folder);
  const rig = await follow(db, [folder]);
  rig.look();
  const before = process.memoryUsage().rss;
  const piece = Buffer.alloc(1024 * 1024, 'x');
  const nova = openSync(log, 'a');
  for (let megabyte = 0; megabyte < 64; megabyte += 1) {
    writeSync(nova, piece);
    if (megabyte % 16 === 0) rig.look();
  }
  closeSync(nova);
  rig.look();
  expect(process.memoryUsage().rss - before).toBeLessThan(60 * 1024 * 1024);
  appendFileSync(log, '\n');
  append(log, eventLines(2));
  rig.pass(2);
  expect(texts(db)).toEqual(eventLines(2));
  expect(rows(db, 'SELECT overlong, lines FROM sources')).toEqual([{ overlong: 1, lines: 3 }]);
  rig.stop();
  const { stderr } = novatrail(folder, ['ingest', '.', '--db', 'tail.db', '--quiet']);
  expect(stderr).toMatch(/1 of its lines are longer than 1 MiB/);
});

import { readdirSync, readlinkSync, renameSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { follow, placesIn, texts } from '../follow-rig.ts';
import { scratch } from '../scratch.ts';
import { append, eventLines } from './writer.ts';

test('a deleted file is read to its end and let go', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': '' });
  const { log, db } = placesIn(folder);
  const rig = await follow(db, [folder]);
  append(log, eventLines(3));
  rig.look();
  append(log, eventLines(2, 3));
  rmSync(log);
  rig.look();
  expect(texts(db)).toEqual(eventLines(5));
  expect(openBelow(folder).filter((path) => path.endsWith('(deleted)'))).toHaveLength(1);
  rig.pass(20);
  expect(openBelow(folder).filter((path) => path.endsWith('(deleted)'))).toEqual([]);
});

test('five hundred rotations leave no more open files than one', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': '' });
  const { log, db } = placesIn(folder);
  const rig = await follow(db, [folder]);
  const most: number[] = [];
  for (let rotation = 0; rotation < 500; rotation += 1) {
    append(log, eventLines(1, rotation));
    rig.look();
    renameSync(log, `${log}.1`);
    append(log, []);
    rig.now += 20_000;
    rig.look();
    if (rotation % 100 === 99) most.push(openBelow(folder).length);
  }
  rig.pass(70);
  expect(texts(db)).toEqual(eventLines(500));
  expect(Math.max(...most)).toBeLessThanOrEqual(12);
}, 240_000);

function openBelow(folder: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`);
      return path.startsWith(folder) ? [path] : [];
    } catch {
      // The listing's own is closed by now.
      return [];
    }
  });
}

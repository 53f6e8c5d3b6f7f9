import { readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { contents, follow, placesIn, quietRead, type Rig, texts } from '../follow-rig.ts';
import { scratch } from '../scratch.ts';
import { append, eventLines } from './writer.ts';

const go = new AbortController().signal;

test('read as log, as .1 and as .2.gz, each line counts once', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': '' });
  const { log, db, quiet } = placesIn(folder);
  append(log, eventLines(50));
  const rig = await follow(db, [folder]);
  rig.look();
  renameSync(log, `${log}.1`);
  append(log, eventLines(3, 100));
  await passWithArchives(rig, 70);
  pack(`${log}.1`, `${log}.2.gz`, gzipSync(readFileSync(`${log}.1`)));
  await passWithArchives(rig, 70);
  expect(texts(db)).toEqual([...eventLines(50), ...eventLines(3, 100)]);
  rig.stop();
  expect(contents(db)).toEqual(await quietRead(quiet, folder));
});

test('what was rotated and packed while it was stopped is read from the packed file', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': '' });
  const { log, db } = placesIn(folder);
  append(log, eventLines(10));
  const first = await follow(db, [folder]);
  first.look();
  first.stop();
  append(log, eventLines(10, 10));
  pack(log, `${log}.1.gz`, gzipSync(readFileSync(log)));
  append(log, eventLines(10, 20));
  const rig = await follow(db, [folder]);
  rig.look();
  await passWithArchives(rig, 5);
  expect(texts(db)).toEqual(eventLines(30));
});

test('a packed file that is still being written, broken off, or of joined members', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': '' });
  const { log, db } = placesIn(folder);
  const rig = await follow(db, [folder]);
  const [a, b] = [eventLines(400), eventLines(400, 400)].map((lines) => gzipSync(`${lines.join('\n')}\n`));
  const whole = Buffer.concat([a as Buffer, b as Buffer]);
  for (const length of [10, 900, (a as Buffer).length + 500, whole.length]) {
    writeFileSync(`${log}.2.gz`, whole.subarray(0, length));
    await passWithArchives(rig, 5);
  }
  expect(rig.warnings.some((warning) => warning.includes('break off'))).toBe(true);
  expect(texts(db)).toEqual(eventLines(800));
});

async function passWithArchives(rig: Rig, seconds: number): Promise<void> {
  rig.pass(seconds);
  await rig.tail.readArchives(go);
  rig.look();
}

function pack(from: string, to: string, packed: Buffer): void {
  writeFileSync(to, packed);
  utimesSync(to, 1, 1);
  rmSync(from);
}

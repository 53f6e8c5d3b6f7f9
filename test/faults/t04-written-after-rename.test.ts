import { closeSync, openSync, renameSync, writeSync } from 'node:fs';
import { expect, test } from 'vitest';
import { contents, follow, placesIn, quietRead, texts } from '../follow-rig.ts';
import { scratch } from '../scratch.ts';
import { append, eventLines } from './writer.ts';

test('a thousand lines that nova writes into the renamed file before it opens the new one', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': '' });
  const { log, db, quiet } = placesIn(folder);
  const all = eventLines(1020);
  append(log, all.slice(0, 10));
  const nova = openSync(log, 'a');
  const rig = await follow(db, [folder]);
  rig.look();
  renameSync(log, `${log}.1`);
  for (const [index, each] of all.slice(10, 1010).entries()) {
    writeSync(nova, `${each}\n`);
    if (index % 97 === 0) rig.pass(1);
  }
  closeSync(nova);
  append(log, all.slice(1010));
  rig.look();
  expect(texts(db)).toEqual(all);
  rig.stop();
  expect(contents(db)).toEqual(await quietRead(quiet, folder));
});

test('lines written into a file after it was let go', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': '' });
  const { log, db } = placesIn(folder);
  const rig = await follow(db, [folder]);
  append(log, eventLines(3));
  rig.look();
  renameSync(log, `${log}.1`);
  append(log, eventLines(3, 20));
  rig.pass(120);
  expect([...rig.tail.follower.shelf.open].map(({ path }) => path)).toEqual([log]);
  append(`${log}.1`, eventLines(3, 10));
  rig.look();
  expect(texts(db)).toEqual([...eventLines(3), ...eventLines(3, 10), ...eventLines(3, 20)]);
});

import { linkSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { follow, placesIn, texts } from '../follow-rig.ts';
import { rows, scratch } from '../scratch.ts';
import { append, eventLines } from './writer.ts';

test('a link that is turned to another file: both are read to their end', async () => {
  const folder = scratch({ 'targets/one.log': '', 'targets/two.log': '' });
  const { log, db } = placesIn(folder);
  const [one, two] = [join(folder, 'targets/one.log'), join(folder, 'targets/two.log')];
  mkdirSync(join(folder, 'compute-0'));
  symlinkSync(one, log);
  append(one, eventLines(3));
  const rig = await follow(db, [log]);
  rig.look();
  rmSync(log);
  symlinkSync(two, log);
  append(one, eventLines(2, 3));
  append(two, eventLines(5, 10));
  rig.pass(2);
  expect(texts(db)).toEqual([...eventLines(5), ...eventLines(5, 10)]);
});

test('a link to nothing, which is there later', async () => {
  const folder = scratch();
  const { log, db } = placesIn(folder);
  mkdirSync(join(folder, 'compute-0'));
  symlinkSync(join(folder, 'late.log'), log);
  const rig = await follow(db, [log]);
  rig.pass(2);
  append(join(folder, 'late.log'), eventLines(3));
  rig.look();
  expect(texts(db)).toEqual(eventLines(3));
  expect(rig.warnings).toEqual([]);
});

test('one file by several ways is one log', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': '' });
  const { log, db } = placesIn(folder);
  symlinkSync(log, join(folder, 'link.log'));
  linkSync(log, join(folder, 'hard.log'));
  const rig = await follow(db, [log, join(folder, 'link.log'), join(folder, 'hard.log'), folder]);
  for (let round = 0; round < 3; round += 1) {
    append(log, eventLines(2, round * 2));
    rig.look();
  }
  expect(texts(db)).toEqual(eventLines(6));
  expect(rows(db, 'SELECT count(*) AS n FROM sources')).toEqual([{ n: 1 }]);
});

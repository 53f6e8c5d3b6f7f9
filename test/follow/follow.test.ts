import { appendFileSync, mkdirSync, renameSync } from 'node:fs';
import { expect, test } from 'vitest';
import { contents, follow, placesIn, quietRead } from '../follow-rig.ts';
import { logOf, uuid } from '../sample-log.ts';
import { rows, scratch } from '../scratch.ts';

const STEPS = [
  [0, 50],
  [12, 95],
] as const;
const log = logOf([
  { instance: uuid(1), request: 'req-1', from: 60, lasts: 90, steps: STEPS, progress: [[1, 0, 4096]] },
  { instance: uuid(2), request: 'req-2', from: 300, lasts: 152, timeout: { seconds: 150, lines: 3 } },
]);
const lines = log.trimEnd().split('\n');

test('a log followed line by line is stored as one quiet read of it stores it', async () => {
  const folder = scratch();
  const { log: path, db, quiet } = placesIn(folder);
  const rig = await follow(db, [folder]);
  rig.look();
  mkdirSync(`${folder}/compute-0`);
  for (const line of lines) {
    appendFileSync(path, `${line}\n`);
    rig.look();
  }
  rig.stop();
  expect(contents(db)).toEqual(await quietRead(quiet, folder));
  expect(contents(db).events).toHaveLength(lines.length);
});

test('what is stored is there at once, the last line too', async () => {
  const { log: path, db } = placesIn(scratch({ 'compute-0/nova-compute.log': '' }));
  const rig = await follow(db, [path]);
  for (const [index, line] of lines.entries()) {
    appendFileSync(path, `${line}\n`);
    rig.look();
    expect(rows(db, 'SELECT count(*) AS n FROM events')).toEqual([{ n: index + 1 }]);
  }
});

test('a restart in the middle of a line and of a record changes nothing', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': '' });
  const { log: path, db, quiet } = placesIn(folder);
  for (let at = 0; at < log.length; at += 397) {
    appendFileSync(path, log.slice(at, at + 397));
    const rig = await follow(db, [folder]);
    rig.look();
    if (at % 2 === 0) rig.stop();
    else rig.kill();
  }
  expect(contents(db)).toEqual(await quietRead(quiet, folder));
});

test('rotation by renaming, while it runs and while it does not', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': '' });
  const { log: path, db, quiet } = placesIn(folder);
  let rig = await follow(db, [folder]);
  for (const [index, line] of lines.entries()) {
    appendFileSync(path, `${line}\n`);
    if (index % 3 === 0) rig.look();
    if (index === 7) {
      rig.stop();
      renameSync(path, `${path}.1`);
      rig = await follow(db, [folder]);
    }
    if (index === 4) renameSync(path, `${path}.2`);
  }
  rig.look();
  expect(contents(db)).toEqual(await quietRead(quiet, folder));
  expect(contents(db).events).toHaveLength(lines.length);
});

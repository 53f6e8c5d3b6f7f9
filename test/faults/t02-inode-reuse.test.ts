import { renameSync, statSync, unlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { generationRows } from '../../src/store/generations.ts';
import { openStore } from '../../src/store/open.ts';
import { follow, placesIn, texts } from '../follow-rig.ts';
import { rows, scratch } from '../scratch.ts';
import { append, eventLines } from './writer.ts';

describe.each([
  ['shorter', 4],
  ['longer', 30],
])('a new file under the inode of a deleted one, %s than what was read', (_, count) => {
  test('while it runs', async () => {
    const { log, db } = placesIn(scratch({ 'compute-0/nova-compute.log': '' }));
    append(log, eventLines(10));
    const rig = await follow(db, [log]);
    rig.look();
    unlinkSync(log);
    append(log, eventLines(count, 100));
    rig.look();
    rig.pass(30);
    expect(texts(db)).toEqual([...eventLines(10), ...eventLines(count, 100)]);
  });

  test.each(['the same name', 'a shifted name'])('while it is stopped, %s', async (name) => {
    const folder = scratch({ 'compute-0/nova-compute.log': '' });
    const { log, db } = placesIn(folder);
    append(log, eventLines(10));
    const first = await follow(db, [folder]);
    first.look();
    first.stop();
    if (name === 'a shifted name') renameSync(log, `${log}.2`);
    else unlinkSync(log);
    append(log, eventLines(count, 100));
    pretendSameInode(db, log);
    const rig = await follow(db, [folder]);
    rig.look();
    expect(texts(db)).toEqual([...eventLines(10), ...eventLines(count, 100)]);
  });
});

test('on a file system that gives the inode of a deleted file to the next one', async () => {
  const { log, db } = placesIn(scratch({ 'compute-0/nova-compute.log': '' }));
  const expected: string[] = [];
  for (let round = 0; round < 30; round += 1) {
    unlinkSync(log);
    const lines = eventLines(1 + (round % 5), round * 10);
    append(log, lines);
    expected.push(...lines);
    const rig = await follow(db, [log]);
    rig.look();
    rig.stop();
  }
  expect(texts(db)).toEqual(expected);
  expect(rows(db, 'SELECT count(*) AS n FROM sources')).toEqual([{ n: 30 }]);
});

/** Writes into the store that the log followed before had the inode that the file has now. */
function pretendSameInode(db: string, path: string): void {
  const store = openStore(db);
  const [row] = generationRows(store);
  const { ino } = statSync(path, { bigint: true });
  store.prepare('UPDATE generations SET inode = ? WHERE source = ?').run(ino.toString(), row?.source);
  store.close();
}

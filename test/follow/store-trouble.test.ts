import { renameSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { append, eventLines } from '../faults/writer.ts';
import { contents, follow, placesIn, quietRead, texts } from '../follow-rig.ts';
import { scratch } from '../scratch.ts';

test.each(['full', 'locked'])(
  'a store that is %s: reading waits at its place, says so, and loses nothing',
  async (how) => {
    const folder = scratch({ 'compute-0/nova-compute.log': '' });
    const { log, db, quiet } = placesIn(folder);
    const rig = await follow(db, [folder]);
    append(log, eventLines(3));
    rig.look();
    const release = how === 'full' ? fill(rig.store) : lock(db, rig.store);
    append(log, eventLines(300, 3));
    rig.pass(2);
    renameSync(log, `${log}.1`);
    append(log, eventLines(5, 400));
    rig.pass(70);
    expect(rig.troubles[0]).toMatch(how === 'full' ? /the disk is full/ : /another program is writing/);
    release();
    rig.pass(70);
    expect(rig.troubles.at(-1)).toBe('mended');
    expect(texts(db)).toEqual([...eventLines(303), ...eventLines(5, 400)]);
    rig.stop();
    expect(contents(db)).toEqual(await quietRead(quiet, folder));
  },
);

test('a file that is deleted meanwhile is held until it is stored', async () => {
  const { log, db } = placesIn(scratch({ 'compute-0/nova-compute.log': '' }));
  const rig = await follow(db, [log]);
  append(log, eventLines(3));
  rig.look();
  const release = lock(db, rig.store);
  append(log, eventLines(3, 3));
  rmSync(log);
  rig.pass(60);
  release();
  rig.pass(5);
  expect(texts(db)).toEqual(eventLines(6));
});

/** No more pages: what SQLite says of a full disk. */
function fill(store: Database.Database): () => void {
  const pages = store.pragma('page_count', { simple: true });
  store.pragma(`max_page_count = ${pages}`);
  return () => store.pragma('max_page_count = 1000000');
}

function lock(path: string, store: Database.Database): () => void {
  store.pragma('busy_timeout = 1');
  const other = new Database(path);
  other.exec('BEGIN IMMEDIATE');
  return () => other.close();
}

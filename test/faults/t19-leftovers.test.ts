import { renameSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { follow, placesIn, type Rig, texts } from '../follow-rig.ts';
import { logOf, uuid } from '../sample-log.ts';
import { rows, scratch } from '../scratch.ts';
import { append, eventLines } from './writer.ts';

const old = logOf([{ instance: uuid(1), request: 'req-1', from: 60, lasts: 30, steps: [[0, 50]] }]);
/** After the lines of `old`, before those of `eventLines(1, 5000)`. */
const LATER = Date.UTC(2018, 6, 2, 15, 0, 0);

test('what is not kept goes, with the logs that are gone; what is there is not read again', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': old });
  const { log, db } = placesIn(folder);
  let rig = await follow(db, [folder]);
  rig.look();
  renameSync(log, `${log}.1`);
  append(log, eventLines(1, 5000));
  rig.pass(70);
  const verdicts = rows(db, 'SELECT * FROM verdicts');
  pruned(rig, { eventsSince: LATER, migrationsSince: null });
  expect(texts(db)).toEqual(eventLines(1, 5000));
  expect(rows(db, 'SELECT instance, outcome FROM migrations')).toEqual([{ instance: uuid(1), outcome: 'completed' }]);
  expect(rows(db, 'SELECT * FROM verdicts'), 'the result is kept').toEqual(verdicts);

  rig.stop();
  rig = await follow(db, [folder]);
  rig.pass(70);
  expect(texts(db), 'the file is still there, and is not read again').toEqual(eventLines(1, 5000));
  expect(rows(db, 'SELECT count(*) AS n FROM migrations')).toEqual([{ n: 1 }]);

  rmSync(`${log}.1`);
  rig.pass(70);
  pruned(rig, { eventsSince: LATER, migrationsSince: LATER });
  expect(rows(db, 'SELECT path FROM sources')).toEqual([{ path: log }]);
  expect(rows(db, 'SELECT count(*) AS n FROM generations')).toEqual([{ n: 1 }]);
  for (const table of ['migrations', 'verdicts', 'settings', 'archived', 'announced'])
    expect(rows(db, `SELECT count(*) AS n FROM ${table}`), table).toEqual([{ n: 0 }]);
});

test('a migration that runs keeps its events, however old', async () => {
  const running = old.split('\n').slice(0, 2).join('\n');
  const { log, db } = placesIn(scratch({ 'compute-0/nova-compute.log': `${running}\n` }));
  const rig = await follow(db, [log]);
  rig.look();
  pruned(rig, { eventsSince: LATER, migrationsSince: null });
  expect(texts(db)).toHaveLength(2);
});

function pruned(rig: Rig, keep: Parameters<Rig['tail']['prune']>[0]): void {
  while (rig.tail.prune(keep));
}

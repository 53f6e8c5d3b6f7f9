import { appendFileSync, renameSync } from 'node:fs';
import { expect, test } from 'vitest';
import { contents, follow, placesIn, quietRead, texts } from '../follow-rig.ts';
import { line, uuid } from '../sample-log.ts';
import { rows, scratch } from '../scratch.ts';
import { append, eventLines } from './writer.ts';

const TIMEOUT = line(180, `[req-1 u1 p1 - - -] [instance: ${uuid(1)}] Live migration not completed after 1800 sec`);

test.each(['going on', 'stopped in between', 'killed in between'])(
  'a line that comes in three pieces over ten seconds, %s',
  async (how) => {
    const folder = scratch({ 'compute-0/nova-compute.log': '' });
    const { log, db, quiet } = placesIn(folder);
    const cut = [40, TIMEOUT.indexOf('1800') + 3];
    let rig = await follow(db, [folder]);
    for (const piece of [TIMEOUT.slice(0, cut[0]), TIMEOUT.slice(cut[0], cut[1]), `${TIMEOUT.slice(cut[1])}\n`]) {
      expect(texts(db)).toEqual([]);
      appendFileSync(log, piece);
      rig.pass(5);
      if (how === 'going on') continue;
      if (how === 'stopped in between') rig.stop();
      else rig.kill();
      rig = await follow(db, [folder]);
      rig.look();
    }
    expect(rows(db, "SELECT fields ->> 'timeout_s' AS s FROM events")).toEqual([{ s: 1800 }]);
    rig.stop();
    expect(contents(db)).toEqual(await quietRead(quiet, folder));
  },
);

test('the last line of a file that is finished, without a line feed, is stored when the file is let go', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': '' });
  const { log, db, quiet } = placesIn(folder);
  const rig = await follow(db, [folder]);
  appendFileSync(log, TIMEOUT);
  rig.look();
  renameSync(log, `${log}.1`);
  append(log, eventLines(1, 300));
  rig.pass(10);
  expect(texts(db)).toHaveLength(1);
  rig.pass(60);
  rig.stop();
  expect(contents(db)).toEqual(await quietRead(quiet, folder));
  expect(texts(db)).toHaveLength(2);
});

test('completed after all, it is one event', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': '' });
  const { log, db } = placesIn(folder);
  const rig = await follow(db, [folder]);
  appendFileSync(log, TIMEOUT.slice(0, -5));
  rig.look();
  renameSync(log, `${log}.1`);
  rig.pass(70);
  appendFileSync(`${log}.1`, `${TIMEOUT.slice(-5)}\n`);
  rig.pass(70);
  expect(texts(db)).toEqual([TIMEOUT]);
});

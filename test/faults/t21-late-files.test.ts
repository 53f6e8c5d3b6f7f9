import { cpSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { follow, placesIn, texts } from '../follow-rig.ts';
import { rows, scratch } from '../scratch.ts';
import { append, eventLines } from './writer.ts';

test('started before the mount, the folder, the file is there', async () => {
  const folder = scratch();
  const { log, db } = placesIn(folder);
  const rig = await follow(db, [log, join(folder, 'mnt'), join(folder, 'kolla/*/nova-compute.log')]);
  expect(rig.tail.places.missing()).toHaveLength(3);
  rig.pass(2);
  mkdirSync(dirname(log));
  rig.pass(2);
  append(log, eventLines(2));
  cpSync(dirname(log), join(folder, 'mnt/compute-1'), { recursive: true });
  append(join(folder, 'mnt/compute-1/nova-compute.log'), eventLines(1, 10));
  mkdirSync(join(folder, 'kolla/nova'), { recursive: true });
  append(join(folder, 'kolla/nova/nova-compute.log'), eventLines(2, 20));
  rig.pass(2);
  expect(new Set(texts(db))).toEqual(new Set([...eventLines(2), ...eventLines(1, 10), ...eventLines(2, 20)]));
  expect(rig.tail.places.missing()).toEqual([]);
});

test('a mount that goes and comes again', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': '' });
  const { log, db } = placesIn(folder);
  append(log, eventLines(5));
  let rig = await follow(db, [folder]);
  rig.look();
  rig.stop();
  const { renameSync } = await import('node:fs');
  renameSync(dirname(log), `${folder}/away`);
  rig = await follow(db, [log]);
  rig.look();
  rig.tail.noteMissing();
  expect(rows(db, 'SELECT reason FROM lost_ranges')).toEqual([{ reason: 'delete' }]);
  renameSync(`${folder}/away`, dirname(log));
  append(log, eventLines(2, 5));
  rig.pass(2);
  expect(texts(db)).toEqual(eventLines(7));
  expect(rows(db, 'SELECT * FROM lost_ranges'), 'nothing was lost after all').toEqual([]);
});

test('a thousand logs at once', async () => {
  const folder = scratch();
  const { db } = placesIn(folder);
  const rig = await follow(db, [folder]);
  rig.look();
  for (let host = 0; host < 1000; host += 1) {
    mkdirSync(join(folder, `c${host}`));
    append(join(folder, `c${host}/nova-compute.log`), eventLines(1, host));
  }
  rig.look();
  expect(texts(db)).toHaveLength(1000);
  append(join(folder, 'c500/nova-compute.log'), eventLines(1, 2000));
  rig.look();
  expect(texts(db)).toHaveLength(1001);
}, 240_000);

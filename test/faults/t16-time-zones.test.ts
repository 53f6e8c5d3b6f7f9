import { readFileSync, renameSync } from 'node:fs';
import { expect, test } from 'vitest';
import { contents, follow, placesIn, quietRead, type Rig } from '../follow-rig.ts';
import { logPath } from '../running.ts';
import { rows, scratch } from '../scratch.ts';
import { append } from './writer.ts';

const reading = (zone: string | null) => ({ hostOf: () => null, zoneOf: () => zone, user: null, everyTurn: false });
const vm = '[instance: d0b0090d-6259-4992-bfb8-1d2706e55426] VM Paused (Lifecycle Event)';
const at = (stamp: string) => `${stamp}.000 7 INFO nova.compute.manager [-] ${vm}`;
const times = (db: string) =>
  rows(db, 'SELECT at_ms FROM events ORDER BY source, offset').map(({ at_ms }) =>
    new Date(Number(at_ms)).toISOString().slice(0, 16),
  );

test('the hour that comes twice, with a rotation in it, and the one that is skipped', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': '' });
  const { log, db } = placesIn(folder);
  const rig = await follow(db, [folder], { reading: reading('America/Toronto') });
  const write = (...stamps: string[]) => {
    append(log, stamps.map(at));
    rig.look();
  };
  write('2023-11-05 00:50:00', '2023-11-05 01:30:00', '2023-11-05 01:10:00');
  renameSync(log, `${log}.1`);
  write('2023-11-05 01:40:00', '2023-11-05 02:10:00', '2024-03-10 01:59:00', '2024-03-10 03:01:00');
  expect(times(db).map((time) => time.slice(5))).toEqual([
    ...['11-05T04:50', '11-05T05:30', '11-05T06:10', '11-05T06:40', '11-05T07:10'],
    ...['03-10T06:59', '03-10T07:01'],
  ]);
});

test('the offset that an epoch in the log tells only late counts for what came before', async () => {
  const text = readFileSync(logPath('genuine/zed_pre48_req_toronto_dst.log'), 'utf8').split('\n').slice(0, 400);
  const folder = scratch({ 'compute-0/nova-compute.log': '' });
  const { log, db, quiet } = placesIn(folder);
  const rig: Rig = await follow(db, [folder], { reading: reading(null) });
  for (let first = 0; first < text.length; first += 23) {
    append(log, text.slice(first, first + 23));
    rig.look();
  }
  rig.stop();
  expect(contents(db).events).toEqual((await quietRead(quiet, folder)).events);
});

test('syslog without years over New Year', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': '' });
  const { log, db } = placesIn(folder);
  const rig = await follow(db, [folder]);
  const inner = `nova-compute[7]: INFO nova.compute.manager [-] ${vm}`;
  append(log, [`Dec 31 23:59:50 compute-0 ${inner}`, `Jan  1 00:00:10 compute-0 ${inner}`]);
  rig.look();
  const [before, after] = times(db);
  expect(Date.parse(`${after}Z`) - Date.parse(`${before}Z`), 'to the minute').toBe(60_000);
});

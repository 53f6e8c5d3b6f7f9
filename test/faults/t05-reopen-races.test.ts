import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { follow, placesIn, texts } from '../follow-rig.ts';
import { scratch } from '../scratch.ts';
import { append, eventLines } from './writer.ts';

/** Root may read everything: what others are refused is refused here. */
const closed = vi.hoisted(() => new Set<string>());
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const openSync = (path: string, ...rest: [never]) => {
    if (closed.has(path))
      throw Object.assign(new Error(`EACCES: permission denied, open '${path}'`), { code: 'EACCES' });
    return fs.openSync(path, ...rest);
  };
  return { ...fs, default: fs, openSync };
});
afterEach(() => closed.clear());

test('the new file may not be read for five seconds after a rotation', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': '' });
  const { log, db } = placesIn(folder);
  const rig = await follow(db, [folder]);
  append(log, eventLines(3));
  rig.look();
  renameSync(log, `${log}.1`);
  append(log, eventLines(3, 10));
  closed.add(log);
  rig.pass(5);
  expect(texts(db)).toEqual(eventLines(3));
  expect(rig.warnings[0]).toContain('may not be read');
  closed.delete(log);
  rig.look();
  expect(texts(db)).toEqual([...eventLines(3), ...eventLines(3, 10)]);
});

test('the log is missing for five seconds', async () => {
  const { log, db } = placesIn(scratch({ 'compute-0/nova-compute.log': '' }));
  const rig = await follow(db, [log]);
  append(log, eventLines(3));
  rig.look();
  rmSync(log);
  rig.pass(5);
  append(log, eventLines(3, 10));
  rig.look();
  expect(texts(db)).toEqual([...eventLines(3), ...eventLines(3, 10)]);
});

test('its folder is replaced by another', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': '' });
  const { log, db } = placesIn(folder);
  const rig = await follow(db, [log]);
  append(log, eventLines(3));
  rig.look();
  renameSync(dirname(log), `${dirname(log)}-old`);
  append(`${dirname(log)}-old/nova-compute.log`, eventLines(1, 5));
  rig.look();
  mkdirSync(dirname(log));
  append(log, eventLines(3, 10));
  rig.pass(3);
  expect(texts(db)).toEqual([...eventLines(3), ...eventLines(1, 5), ...eventLines(3, 10)]);
});

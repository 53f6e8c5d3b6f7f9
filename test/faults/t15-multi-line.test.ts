import { appendFileSync, renameSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { contents, follow, placesIn, quietRead } from '../follow-rig.ts';
import { line, uuid } from '../sample-log.ts';
import { rows, scratch } from '../scratch.ts';
import { append, eventLines } from './writer.ts';

const VM = `[req-1 u1 p1 - - -] [instance: ${uuid(1)}]`;
const TRACEBACK = [
  line(10, `${VM} Live Migration failure: operation failed`, { level: 'ERROR' }),
  line(10, `${VM} Traceback (most recent call last):`, { level: 'ERROR', logger: 'nova.compute.manager' }),
  line(10, `${VM} MigrationError: Live migration not completed after 180 sec`, {
    level: 'ERROR',
    logger: 'nova.compute.manager',
  }),
  '  Live migration not completed after 180 sec',
  line(10, `${VM} `, { level: 'ERROR', logger: 'nova.compute.manager' }),
];
const types = (db: string) =>
  rows(db, 'SELECT type FROM events ORDER BY at_ms, source, offset').map(({ type }) => type);

describe('a traceback that quotes a key phrase', () => {
  test.each(TRACEBACK.map((_, index) => index + 1))('rotated away after %i of its lines', async (cut) => {
    const folder = scratch({ 'compute-0/nova-compute.log': '' });
    const { log, db, quiet } = placesIn(folder);
    const rig = await follow(db, [folder]);
    for (const each of TRACEBACK.slice(0, cut)) {
      append(log, [each]);
      rig.look();
    }
    renameSync(log, `${log}.1`);
    append(log, TRACEBACK.slice(cut));
    rig.look();
    append(log, eventLines(1, 100));
    rig.pass(70);
    rig.stop();
    expect(types(db)).toEqual(['failure', 'lifecycle']);
    expect(contents(db)).toEqual(await quietRead(quiet, folder));
  });
});

test('the last record is there before another closes it, and grows with its lines', async () => {
  const { log, db } = placesIn(scratch({ 'compute-0/nova-compute.log': '' }));
  const rig = await follow(db, [log]);
  append(log, [line(1, `${VM} Live Migration failure: first part`, { level: 'ERROR' })]);
  rig.look();
  const error = "SELECT fields ->> 'error' AS error FROM events";
  expect(rows(db, error)).toEqual([{ error: 'first part' }]);
  appendFileSync(log, 'second part\n');
  rig.look();
  expect(rows(db, error)).toEqual([{ error: 'first part\nsecond part' }]);
});

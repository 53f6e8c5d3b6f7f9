import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { contents, follow, placesIn, quietRead, texts } from '../follow-rig.ts';
import { line } from '../sample-log.ts';
import { rows, scratch } from '../scratch.ts';
import { append, eventLines } from './writer.ts';

const HEADER = `${Array.from({ length: 40 }, (_, index) => line(0, `[-] the same banner, line ${index} of forty in each file`)).join('\n')}\n`;

test('an empty file, a file of one line: both are read when more comes', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': '', 'compute-1/nova-compute.log': `${eventLines(1)[0]}\n` });
  const { log, db } = placesIn(folder);
  const rig = await follow(db, [folder]);
  rig.look();
  append(log, eventLines(1, 5));
  append(log.replace('compute-0', 'compute-1'), eventLines(1, 6));
  rig.look();
  expect(texts(db)).toEqual([...eventLines(1), ...eventLines(2, 5)]);
});

test.each(['while it runs', 'while it is stopped'])(
  'a new log that begins with the same 4 KiB as the one before, %s',
  async (when) => {
    expect(HEADER.length).toBeGreaterThan(4096);
    const folder = scratch({ 'compute-0/nova-compute.log': HEADER });
    const { log, db, quiet } = placesIn(folder);
    append(log, eventLines(5));
    let rig = await follow(db, [folder]);
    rig.look();
    if (when === 'while it is stopped') rig.stop();
    renameSync(log, `${log}.1`);
    writeFileSync(log, HEADER);
    append(log, eventLines(5, 50));
    if (when === 'while it is stopped') rig = await follow(db, [folder]);
    rig.look();
    expect(texts(db)).toEqual([...eventLines(5), ...eventLines(5, 50)]);
    expect(contents(db).events).toEqual((await quietRead(quiet, folder)).events);
  },
);

test('a new log that begins with all that the rotated one holds', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': HEADER });
  const { log, db } = placesIn(folder);
  const rig = await follow(db, [folder]);
  rig.look();
  renameSync(log, `${log}.1`);
  writeFileSync(log, HEADER);
  rig.look();
  append(log, eventLines(3));
  rig.look();
  rig.pass(90);
  expect(texts(db)).toEqual(eventLines(3));
  expect(rows(db, 'SELECT path, bytes FROM sources ORDER BY path')).toEqual([
    { path: log, bytes: HEADER.length + eventLines(3).join('\n').length + 1 },
    { path: `${log}.1`, bytes: HEADER.length },
  ]);
});

test('a header that grows in pieces', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': '' });
  const { log, db, quiet } = placesIn(folder);
  const rig = await follow(db, [folder]);
  const text = `${HEADER}${eventLines(3).join('\n')}\n`;
  for (let at = 0; at < text.length; at += 61) {
    appendFileSync(log, text.slice(at, at + 61));
    rig.look();
  }
  rig.stop();
  expect(contents(db)).toEqual(await quietRead(quiet, folder));
});

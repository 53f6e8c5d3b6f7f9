import { copyFileSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { follow, placesIn, texts } from '../follow-rig.ts';
import { novatrail, rows, scratch } from '../scratch.ts';
import { append, eventLines } from './writer.ts';

const LOST = 'SELECT path, from_offset, to_offset, reason FROM sources JOIN lost_ranges ON id = source';

describe.each([
  ['smaller than', 3],
  ['as large as', 10],
  ['larger than', 25],
])('cut off and written anew to a size %s the one that was read', (_, count) => {
  test.each(['while it runs', 'while it is stopped'])('%s', async (when) => {
    const folder = scratch({ 'compute-0/nova-compute.log': '' });
    const { log, db } = placesIn(folder);
    const [before, after] = [eventLines(10), eventLines(count, 100)];
    append(log, before);
    let rig = await follow(db, [folder]);
    rig.look();
    if (when === 'while it is stopped') rig.stop();
    truncateSync(log, 0);
    append(log, after);
    if (when === 'while it is stopped') rig = await follow(db, [folder]);
    rig.look();
    expect(texts(db)).toEqual([...before, ...after]);
    const size = before.join('\n').length + 1;
    expect(rows(db, LOST)).toEqual([{ path: log, from_offset: size, to_offset: null, reason: 'truncate' }]);
  });
});

test.each(['while it runs', 'while it is stopped'])(
  'what stands in the copy only is read from there, %s',
  async (when) => {
    const folder = scratch({ 'compute-0/nova-compute.log': '' });
    const { log, db } = placesIn(folder);
    const all = eventLines(40);
    append(log, all.slice(0, 10));
    let rig = await follow(db, [folder]);
    rig.look();
    if (when === 'while it is stopped') rig.stop();
    append(log, all.slice(10, 20));
    copyFileSync(log, `${log}.1`);
    append(log, all.slice(20, 22));
    truncateSync(log, 0);
    append(log, all.slice(22));
    if (when === 'while it is stopped') rig = await follow(db, [folder]);
    rig.look();
    rig.look();
    expect(texts(db)).toEqual([...all.slice(0, 20), ...all.slice(22)]);
    const copied = all.slice(0, 20).join('\n').length + 1;
    expect(rows(db, LOST)).toEqual([{ path: `${log}.1`, from_offset: copied, to_offset: null, reason: 'truncate' }]);
  },
);

test('cut off to a part of what was read, which is kept: the part counts once', async () => {
  const { log, db } = placesIn(scratch({ 'compute-0/nova-compute.log': '' }));
  const lines = eventLines(10);
  append(log, lines);
  const rig = await follow(db, [log]);
  rig.look();
  truncateSync(log, lines.slice(0, 4).join('\n').length + 1);
  append(log, eventLines(2, 50));
  rig.look();
  expect(texts(db)).toEqual([...lines, ...eventLines(2, 50)]);
});

test('a copy that is being made while the log is written is not read as a log of its own', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': '' });
  const { log, db } = placesIn(folder);
  const rig = await follow(db, [folder]);
  append(log, eventLines(5));
  rig.look();
  copyFileSync(log, `${log}.1`);
  append(log, eventLines(5, 5));
  rig.look();
  rig.pass(100);
  expect(texts(db)).toEqual(eventLines(10));
  expect(rows(db, 'SELECT count(*) AS n FROM sources')).toEqual([{ n: 1 }]);
});

test('what may be lost is named by the report', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': '' });
  const { log, db } = placesIn(folder);
  append(log, eventLines(5));
  const rig = await follow(db, [log]);
  rig.look();
  writeFileSync(log, '');
  append(log, eventLines(1, 9));
  rig.look();
  rig.stop();
  const { findings } = JSON.parse(novatrail(folder, ['audit', '--db', 'tail.db', '--format', 'json']).stdout);
  const message = `${log}: after byte ${eventLines(5).join('\n').length + 1} lines may be missing, written after 2018-07-02T14:00:04.000Z and before 2018-07-02T14:00:09.000Z`;
  expect(findings).toContainEqual(expect.objectContaining({ rule: 'log-cut-off', status: 'fail', message }));
});

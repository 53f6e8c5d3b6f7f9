import { appendFileSync, copyFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { line, logOf, uuid } from '../sample-log.ts';
import { type Dump, dump, ingestInto, novatrail, rows, scratch } from '../scratch.ts';

const SLOW = { instance: uuid(1), request: 'req-1', from: 60, lasts: 90 } as const;
const log = logOf([
  {
    ...SLOW,
    steps: [
      [0, 50],
      [12, 95],
    ],
    progress: [
      [1, 0, 4096],
      [31, 3000, 1500],
    ],
    tunnel: true,
  },
  { instance: uuid(2), request: 'req-2', from: 100, lasts: 152, timeout: { seconds: 150, lines: 3 } },
]);
const FAILURE = [
  line(300, `[req-3 u1 p1 - default default] [instance: ${uuid(3)}] Live Migration failure: first part`, {
    level: 'ERROR',
  }),
  'second part',
  'third part',
  line(301, '[-] something else'),
  '',
].join('\n');

test('reading twice changes nothing', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': log + FAILURE, 'compute-1/nova-compute.log': '' });
  const db = join(folder, 'a.db');
  await ingestInto(db, folder);
  const once = dump(db);
  expect(once.migrations).toHaveLength(3);
  expect(once.sources).toHaveLength(2);
  await ingestInto(db, folder);
  expect(dump(db)).toEqual(once);
});

test('rebuild gives the same rows', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': log + FAILURE });
  const db = join(folder, 'a.db');
  await ingestInto(db, folder);
  const before = dump(db);
  expect(novatrail(folder, ['rebuild', '--db', 'a.db'])).toMatchObject({
    code: 0,
    stdout: 'a.db: 3 migrations derived again\n',
  });
  expect(dump(db)).toEqual(before);
  expect(novatrail(folder, ['rebuild', '--db', 'none.db'])).toMatchObject({ code: 3, stdout: '' });
});

test('the name of a log does not matter, nor that it was compressed', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': log });
  const db = join(folder, 'a.db');
  await ingestInto(db, folder);
  const before = withoutPaths(dump(db));
  copyFileSync(join(folder, 'compute-0/nova-compute.log'), join(folder, 'compute-0/copy.txt'));
  writeFileSync(join(folder, 'compute-0/nova-compute.log.2.gz'), gzipSync(log));
  await ingestInto(db, join(folder, 'compute-0/copy.txt'));
  await ingestInto(db, join(folder, 'compute-0/nova-compute.log.2.gz'));
  expect(withoutPaths(dump(db))).toEqual(before);
});

test('after a rotation the evidence names the file that the lines are in now', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': log });
  const [db, path] = [join(folder, 'a.db'), join(folder, 'compute-0/nova-compute.log')];
  await ingestInto(db, folder);
  renameSync(path, `${path}.1`);
  writeFileSync(path, logOf([{ instance: uuid(4), request: 'req-4', from: 900, lasts: 20, steps: [[0, 50]] }]));
  await ingestInto(db, folder);
  const counted = 'SELECT path, count(*) AS events FROM events JOIN sources ON id = source GROUP BY path ORDER BY path';
  expect(rows(db, counted)).toEqual([
    { path, events: 5 },
    { path: `${path}.1`, events: 14 },
  ]);
  for (const { evidence } of rows(db, "SELECT evidence FROM verdicts WHERE evidence <> '[]'")) {
    for (const { path: named, line: number, text } of JSON.parse(String(evidence))) {
      expect(readFileSync(named, 'utf8').split('\n')[number - 1]).toBe(text);
    }
  }
});

test('an event is known by its file and offset, which lead back to its line', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': log });
  const db = join(folder, 'a.db');
  await ingestInto(db, folder);
  const events = rows(db, 'SELECT offset, line, text FROM events ORDER BY offset');
  expect(events.length).toBe(log.trimEnd().split('\n').length);
  for (const { offset, line: number, text } of events) {
    expect(Buffer.from(log).toString('utf8', Number(offset)).split('\n')[0]).toBe(text);
    expect(log.split('\n')[Number(number) - 1]).toBe(text);
  }
});

test('a last line without a line feed is an event, and still one when it is completed', async () => {
  const whole = log.trimEnd();
  const cut = whole.length - 'all done'.length;
  const folder = scratch({ 'compute-0/nova-compute.log': whole.slice(0, whole.lastIndexOf('\n') + 1) });
  const [db, path] = [join(folder, 'a.db'), join(folder, 'compute-0/nova-compute.log')];
  await ingestInto(db, folder);
  const before = rows(db, 'SELECT * FROM events').length;
  for (const end of [cut, whole.length, whole.length, whole.length + 1]) {
    writeFileSync(path, `${whole}\n`.slice(0, end));
    await ingestInto(db, folder);
  }
  expect(rows(db, 'SELECT * FROM events').length).toBe(before + 1);
  await same(db, path);
});

test('a message of several lines that is completed later is one event', async () => {
  const parts = FAILURE.split('\n');
  const folder = scratch({ 'compute-0/nova-compute.log': log + parts.slice(0, 2).join('\n') });
  const [db, path] = [join(folder, 'a.db'), join(folder, 'compute-0/nova-compute.log')];
  const failures = () => rows(db, "SELECT fields ->> 'error' AS error FROM events WHERE type = 'failure'");
  await ingestInto(db, folder);
  expect(failures()).toEqual([{ error: 'first part\nsecond part' }]);
  appendFileSync(path, `\n${parts.slice(2).join('\n')}`);
  await ingestInto(db, folder);
  expect(failures()).toEqual([{ error: 'first part\nsecond part\nthird part' }]);
  await same(db, path);
});

test('read in any pieces, a log gives what it gives at once', async () => {
  const whole = Buffer.from(log + FAILURE);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: whole.length }), { minLength: 1, maxLength: 4 }),
      async (cuts) => {
        const folder = scratch({ 'compute-0/nova-compute.log': '' });
        const [db, path] = [join(folder, 'a.db'), join(folder, 'compute-0/nova-compute.log')];
        for (const cut of [...cuts.sort((a, b) => a - b), whole.length]) {
          writeFileSync(path, whole.subarray(0, cut));
          await ingestInto(db, folder);
        }
        await same(db, path);
      },
    ),
    { numRuns: 25, seed: 7 },
  );
});

test('which of two logs is read first does not matter', async () => {
  const arrival = [
    line(149, `[-] [instance: ${uuid(1)}] VM Resumed (Lifecycle Event)`, { logger: 'nova.compute.manager' }),
    line(151, `[req-1 u1 p1 - default default] [instance: ${uuid(1)}] Post operation of migration started`, {
      logger: 'nova.compute.manager',
    }),
    '',
  ].join('\n');
  const folder = scratch({ 'compute-0/nova-compute.log': log, 'compute-1/nova-compute.log': arrival });
  const logs = ['compute-0', 'compute-1'].map((host) => join(folder, host));
  const [ab, ba] = [join(folder, 'ab.db'), join(folder, 'ba.db')];
  for (const path of logs) await ingestInto(ab, path);
  for (const path of logs.toReversed()) await ingestInto(ba, path);
  expect(rows(ab, 'SELECT DISTINCT destination_host AS host FROM migrations')).toContainEqual({ host: 'compute-1' });
  const timeline = 'SELECT migration, position, path, offset FROM migration_events JOIN sources ON id = source';
  for (const sql of ['SELECT * FROM migrations', 'SELECT * FROM settings', 'SELECT * FROM verdicts', timeline]) {
    expect(rows(ba, `${sql} ORDER BY 1, 2`)).toEqual(rows(ab, `${sql} ORDER BY 1, 2`));
  }
});

/** The store is as if the log had been read at once. */
async function same(db: string, path: string): Promise<void> {
  const quiet = join(scratch(), 'quiet.db');
  await ingestInto(quiet, path);
  expect(dump(db)).toEqual(dump(quiet));
}

function withoutPaths({ sources, verdicts, findings, ...rest }: Dump): Dump {
  const hidden = (row: unknown) =>
    JSON.stringify(row).replace(/\\*"path\\*":\\*"[^"\\]*\\*"|"message":"\/[^:]*(?=: )/g, '');
  return {
    ...rest,
    sources: (sources ?? []).map(hidden),
    verdicts: (verdicts ?? []).map(hidden),
    findings: (findings ?? []).map(hidden),
  };
}

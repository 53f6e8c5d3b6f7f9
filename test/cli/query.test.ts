import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { logOf, uuid } from '../sample-log.ts';
import { called, dump, ingestInto, scratch } from '../scratch.ts';

const log = logOf([{ instance: uuid(1), request: 'req-1', from: 60, lasts: 30, steps: [[0, 50]] }]);
const AWKWARD = "SELECT 'a,b' AS x, 'say \"hi\"' AS y, 'two' || char(10) || 'lines' AS z, NULL AS n, 1.5 AS f";

async function store(): Promise<string> {
  const folder = scratch({ 'compute-0/nova-compute.log': log });
  await ingestInto(join(folder, 'novatrail.db'), folder);
  return folder;
}

test('without a query the names of the views', async () => {
  const { code, stdout } = await called(await store(), ['query']);
  expect(code).toBe(0);
  const names = stdout.trimEnd().split('\n');
  for (const view of [
    ...['migration_overview', 'migration_intervals', 'migration_throughput', 'downtime_steps', 'timeouts'],
    ...[
      'migration_figures',
      'tunnel_strata',
      'tunnel_stats',
      'tunnel_comparison',
      'rule_summary',
      'effective_settings',
    ],
  ])
    expect(names).toContain(view);
});

test('a view by its name, and SQL', async () => {
  const folder = await store();
  const view = await called(folder, ['query', 'downtime_steps', '--format', 'json']);
  expect(JSON.parse(view.stdout)).toMatchObject([{ instance: uuid(1), elapsed_s: 0, downtime_ms: 50 }]);
  const sql = 'SELECT count(*) AS n FROM events';
  expect(await called(folder, ['query', sql])).toMatchObject({ code: 0, stdout: 'n\n-\n5\n' });
});

test.each([
  ['csv', 'x,y,z,n,f\n"a,b","say ""hi""","two\nlines",,1.5\n'],
  ['json', '[\n  {"x":"a,b","y":"say \\"hi\\"","z":"two\\nlines","n":null,"f":1.5}\n]\n'],
  ['ndjson', '{"x":"a,b","y":"say \\"hi\\"","z":"two\\nlines","n":null,"f":1.5}\n'],
  ['table', 'x    y         z          n  f\n---  --------  ---------  -  -----\na,b  say "hi"  two lines  -  1.500\n'],
])('the format %s', async (format, expected) => {
  expect(await called(await store(), ['query', AWKWARD, '--format', format])).toMatchObject({
    code: 0,
    stdout: expected,
  });
});

test.each([
  ['csv', 'x\n'],
  ['json', '[]\n'],
  ['ndjson', ''],
  ['table', 'x\n-\n'],
])('no rows as %s', async (format, expected) => {
  const ran = await called(await store(), ['query', 'SELECT 1 AS x WHERE 0', '--format', format]);
  expect(ran).toMatchObject({ code: 0, stdout: expected });
});

test('several rows as json are one array', async () => {
  const ran = await called(await store(), ['query', 'SELECT 1 AS x UNION SELECT 2', '--format', 'json']);
  expect(JSON.parse(ran.stdout)).toEqual([{ x: 1 }, { x: 2 }]);
});

test('what would write is refused, and changes nothing', async () => {
  const folder = await store();
  const path = join(folder, 'novatrail.db');
  const [before, bytes, files] = [dump(path), readFileSync(path), readdirSync(folder)];
  for (const sql of [
    "INSERT INTO unmatched (source, offset, line, message, text) VALUES (1, 1, 1, '', '') RETURNING offset",
    'DELETE FROM events',
    'DROP VIEW timeouts',
    'CREATE TEMP TABLE t AS SELECT 1',
    "ATTACH 'new.db' AS other",
    "VACUUM INTO 'copy.db'",
    'PRAGMA user_version = 10',
    'PRAGMA journal_mode = DELETE',
    'PRAGMA wal_checkpoint(TRUNCATE)',
    'SELECT 1; DELETE FROM events',
  ]) {
    const ran = await called(folder, ['query', sql]);
    expect(ran, sql).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr, sql).toMatch(/would change the store|returns no rows|more than one statement/);
  }
  expect(dump(path)).toEqual(before);
  expect(readFileSync(path).equals(bytes)).toBe(true);
  expect(readdirSync(folder).filter((name) => !/-(?:wal|shm)$/.test(name))).toEqual(
    files.filter((name) => !/-(?:wal|shm)$/.test(name)),
  );
});

test.each([
  [
    'tunnel_stat',
    /there is no query tunnel_stat, and no SQL \(near "tunnel_stat": syntax error\)\n {2}Named queries: .*tunnel_stats/,
  ],
  ['SELECT * FROM nowhere', /no such table: nowhere/],
  ['SELECT ?', /Too few parameter values/],
  ["SELECT json('x{')", /malformed JSON/],
  ['', /contains no statements/],
])('a mistake in the query %j ends with 2 and is told', async (sql, says) => {
  const ran = await called(await store(), ['query', sql]);
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toMatch(says);
  expect(ran.stderr).not.toMatch(/\n\s+at /);
});

test('a store that is not there ends with 3', async () => {
  const ran = await called(scratch(), ['query', 'timeouts', '--db', 'none.db']);
  expect(ran).toMatchObject({ code: 3, stdout: '' });
  expect(ran.stderr).toBe(
    'novatrail: none.db: there is no such store; make one with: novatrail ingest --db none.db LOG...\n',
  );
});

test.each([
  ['json', '[\n  {"big":"9007199254740993","small":-7,"blob":"00ff"}\n]\n'],
  ['csv', 'big,small,blob\n9007199254740993,-7,00ff\n'],
])('integers that no double holds, and blobs, as %s', async (format, expected) => {
  const sql = "SELECT 9007199254740993 AS big, -7 AS small, x'00ff' AS blob";
  expect((await called(await store(), ['query', sql, '--format', format])).stdout).toBe(expected);
});

test('a table of very many rows', async () => {
  const sql = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT i FROM n';
  const { code, stdout } = await called(await store(), ['query', sql]);
  expect(code).toBe(0);
  expect(stdout.endsWith('\n300000\n')).toBe(true);
});

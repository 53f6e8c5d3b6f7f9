import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { openReadOnly, openStore, StoreError } from '../../src/store/open.ts';
import { logOf, uuid } from '../sample-log.ts';
import { dump, ingestInto, novatrail, ROOT, rows, scratch } from '../scratch.ts';

const schema = readFileSync(join(ROOT, 'migrations.sql'), 'utf8');
const steps = schema.split(/^-- \d+: .*$/m).slice(1);
const log = logOf([{ instance: uuid(1), request: 'req-1', from: 60, lasts: 30, steps: [[0, 50]] }]);

test('steps are numbered from 1 without a gap, and the version is the last of them', () => {
  const numbers = [...schema.matchAll(/^-- (\d+): ./gm)].map(([, number]) => Number(number));
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  const path = join(scratch(), 'a.db');
  openStore(path).close();
  expect(rows(path, 'PRAGMA user_version')).toEqual([{ user_version: numbers.length }]);
});

test('every table is STRICT', () => {
  const path = join(scratch(), 'a.db');
  openStore(path).close();
  const loose = rows(path, "SELECT name FROM pragma_table_list WHERE type = 'table' AND NOT strict");
  expect(loose.filter(({ name }) => !String(name).startsWith('sqlite_'))).toEqual([]);
});

test('a new store is for its owner only, and so is what SQLite puts beside it', () => {
  const path = join(scratch(), 'a.db');
  const db = openStore(path);
  for (const file of [path, `${path}-wal`, `${path}-shm`]) expect(statSync(file).mode & 0o777, file).toBe(0o600);
  db.close();
});

test('an older store is stepped up and keeps its facts', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': log });
  const [now, then] = [join(folder, 'now.db'), join(folder, 'then.db')];
  await ingestInto(now, join(folder, 'compute-0'));
  olderStore(then, 1);
  copyFacts(now, then);
  expect(() => openReadOnly(then)).toThrow(/older novatrail.*\n.*novatrail rebuild --db/);
  expect(novatrail(folder, ['rebuild', '--db', 'then.db'])).toMatchObject({ code: 0, stderr: '' });
  const { sources = [], ...others } = dump(now);
  const withoutOrigin = sources.map((row) => ({ ...(row as object), origin: null }));
  expect(dump(then)).toEqual({ ...others, sources: withoutOrigin });
  await ingestInto(then, join(folder, 'compute-0'));
  expect(dump(then), 'what the log is shows when it is read the next time').toEqual(dump(now));
  expect(rows(then, 'SELECT count(*) AS n FROM migration_overview')).toEqual([{ n: 1 }]);
});

test('each step can be made from the one before it', () => {
  const folder = scratch();
  const whole = join(folder, 'whole.db');
  openStore(whole).close();
  for (let version = 1; version < steps.length; version += 1) {
    const path = join(folder, `${version}.db`);
    olderStore(path, version);
    openStore(path).close();
    const sql = 'SELECT type, name, sql FROM sqlite_schema ORDER BY type, name';
    expect(rows(path, sql)).toEqual(rows(whole, sql));
  }
});

test('a newer schema is refused and left alone', () => {
  const path = join(scratch(), 'a.db');
  openStore(path).close();
  const db = new Database(path);
  db.pragma('user_version = 99');
  db.close();
  const before = readFileSync(path);
  for (const open of [openStore, openReadOnly]) {
    expect(() => open(path)).toThrow(/newer novatrail \(schema 99, this one knows up to \d+\)/);
  }
  expect(readFileSync(path).equals(before)).toBe(true);
});

test.each([0, 2])('a database of another program (user_version %i) is refused and left alone', (version) => {
  const path = join(scratch(), 'other.db');
  const db = new Database(path);
  db.exec('CREATE TABLE bookmarks (url TEXT)');
  db.pragma(`user_version = ${version}`);
  db.close();
  expect(() => openStore(path)).toThrow(/is a database of something else; give another path with --db/);
  expect(() => openReadOnly(path)).toThrow(/is not a novatrail store/);
  expect(rows(path, 'SELECT name FROM sqlite_schema')).toEqual([{ name: 'bookmarks' }]);
});

test('what is no database, or a damaged one, is told in words', () => {
  const folder = scratch({
    'text.db': 'this is no database, but it is long enough to be looked at as one\n'.repeat(20),
  });
  const text = join(folder, 'text.db');
  expect(() => openStore(text)).toThrow(StoreError);
  expect(() => openStore(text)).toThrow(/text\.db: is damaged or is no SQLite database\. Move it away/);
  const damaged = join(folder, 'damaged.db');
  openStore(damaged).close();
  const bytes = readFileSync(damaged);
  bytes.fill(0x55, 100, 4096);
  writeFileSync(damaged, bytes);
  expect(() => openStore(damaged)).toThrow(/damaged\.db: is damaged/);
});

test('a store that is not there cannot be read, and is not made by trying', () => {
  const path = join(scratch(), 'none.db');
  expect(() => openReadOnly(path)).toThrow(/there is no such store; make one with: novatrail ingest/);
  expect(() => statSync(path)).toThrow(/ENOENT/);
});

test('a folder, or a path in a folder that is not there, is no place for a store', () => {
  const folder = scratch();
  expect(() => openStore(folder)).toThrow(/cannot be opened for this use/);
  expect(() => openStore(join(folder, 'none/a.db'))).toThrow(/cannot be opened for this use/);
});

test('the mode of a store that is there is not changed', () => {
  const path = join(scratch(), 'a.db');
  openStore(path).close();
  chmodSync(path, 0o640);
  openStore(path).close();
  expect(statSync(path).mode & 0o777).toBe(0o640);
});

function olderStore(path: string, version: number): void {
  const db = new Database(path);
  for (const step of steps.slice(0, version)) db.exec(step);
  db.pragma(`user_version = ${version}`);
  db.close();
}

function copyFacts(from: string, to: string): void {
  const db = new Database(to);
  db.prepare('ATTACH ? AS whole').run(from);
  for (const table of ['sources', 'events', 'unmatched']) {
    const columns = db.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table).join(', ');
    db.exec(`INSERT INTO ${table} (${columns}) SELECT ${columns} FROM whole.${table}`);
  }
  db.close();
}

test('the step that stores figures of lines fills them as they are derived', async () => {
  const path = join(scratch(), 'a.db');
  await ingestInto(path, join(ROOT, 'test/logs/genuine/stx.log'));
  const figures = 'SELECT id, intervals, idle, auto_converge_disabled FROM migrations ORDER BY id';
  const derived = rows(path, figures);
  expect(derived.filter(({ intervals }) => Number(intervals) > 0).length).toBeGreaterThan(5);
  const [fill = ''] = /UPDATE migrations AS m SET[^;]*;/.exec(schema) ?? [];
  const db = new Database(path);
  db.exec('UPDATE migrations SET intervals = 0, idle = 0, auto_converge_disabled = 0');
  db.exec(fill);
  db.close();
  expect(rows(path, figures)).toEqual(derived);
});

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { logOf, type Told, uuid } from '../sample-log.ts';
import { LAUNCHER, novatrail, rows, scratch } from '../scratch.ts';

const told: Told[] = Array.from({ length: 40 }, (_, index) => ({
  instance: uuid(index + 1),
  request: `req-${index}`,
  from: 60 + index * 100,
  lasts: 30,
  steps: [[0, 50 + index]],
}));
const log = logOf(told);
const gz = gzipSync(log);

const BROKEN: readonly (readonly [name: string, content: Buffer, says: RegExp])[] = [
  ['cut.gz', gz.subarray(0, gz.length / 2), /cut\.gz: the compressed data break off in the middle/],
  ['damaged.gz', damaged(gz), /damaged\.gz: the compressed data are damaged/],
  ['a.bz2', Buffer.from('BZh91AY&SY....'), /a\.bz2: is compressed with bzip2.*\n.*bzip2 -dc a\.bz2 \|/],
  ['a.xz', Buffer.from('\xfd7zXZ\0....', 'latin1'), /a\.xz: is compressed with xz.*\n.*xz -dc a\.xz \|/],
];

test.each(BROKEN)('%s: told, exit 3, and the good log beside it is reported', (name, content, says) => {
  const folder = scratch({ [name]: content, 'good.log': log });
  const ran = novatrail(folder, [
    'audit',
    name,
    'missing.log',
    'good.log',
    '--format',
    'json',
    '--host',
    'c0=good.log',
  ]);
  expect(ran.code).toBe(3);
  expect(ran.stderr).toMatch(says);
  expect(ran.stderr).toMatch(/missing\.log: there is no such file or folder/);
  expect(ran.stderr.match(/novatrail: /g)).toHaveLength(2);
  expect(ran.stderr).not.toMatch(/\n\s+at /);
  expect(new Set(JSON.parse(ran.stdout).migrations.map(({ instance }: Told) => instance)).size).toBe(told.length);
});

test.each(['cut.gz', 'damaged.gz'])('%s: what stood before the damage is in the store, and in parse', (name) => {
  const content = BROKEN.find(([each]) => each === name)?.[1] as Buffer;
  const folder = scratch({ [name]: content });
  const kept = spawnSync('gzip', ['-dc', name], { cwd: folder }).stdout;
  const before = novatrail(folder, ['parse', '-'], kept).stdout.trimEnd().split('\n');
  expect(before.length).toBeGreaterThan(10);
  const parsed = novatrail(folder, ['parse', name]);
  expect(parsed.code).toBe(3);
  expect(parsed.stdout.trimEnd().split('\n').length).toBe(before.length);
  expect(novatrail(folder, ['ingest', name, '--db', 'a.db']).code).toBe(3);
  expect(rows(join(folder, 'a.db'), 'SELECT count(*) AS n FROM events')).toEqual([{ n: before.length }]);
});

test('a whole file in the place of a cut one is read on from where it was cut', () => {
  const folder = scratch({ 'cut.gz': gz.subarray(0, gz.length / 2), 'whole.gz': gz });
  expect(novatrail(folder, ['ingest', 'cut.gz', '--db', 'a.db', '--host', 'c0=.']).code).toBe(3);
  expect(novatrail(folder, ['ingest', 'whole.gz', '--db', 'a.db', '--host', 'c0=.']).code).toBe(0);
  const counts = 'SELECT count(*) AS n, count(DISTINCT source) AS sources FROM events';
  expect(rows(join(folder, 'a.db'), counts)).toEqual([{ n: log.trimEnd().split('\n').length, sources: 1 }]);
});

test.each(['audit', 'ingest', 'parse'])('%s: a log that is missing, and a folder without logs', (command) => {
  const folder = scratch({ 'good.log': log, 'empty/readme.txt': 'nothing' });
  const ran = novatrail(folder, [command, 'missing.log', 'empty', 'good.log']);
  expect(ran.code).toBe(3);
  expect(ran.stderr).toContain('novatrail: missing.log: there is no such file or folder; check the path\n');
  expect(ran.stderr).toContain('novatrail: empty: holds no nova-compute log (');
  expect(ran.stdout).not.toBe('');
});

test.each(['audit', 'parse'])('%s reads stdin for -', (command) => {
  const folder = scratch({ 'good.log': log });
  const flags = command === 'audit' ? ['--format', 'json', '--fail-on', 'never'] : [];
  const piped = novatrail(folder, [command, '-', '--host', 'c0=-', ...flags], log);
  expect(piped).toMatchObject({ code: 0, stderr: '' });
  const read = novatrail(folder, [command, 'good.log', '--host', 'c0=good.log', ...flags]);
  expect(piped.stdout.replace(/"-(?=[":])/g, '"good.log')).toBe(read.stdout);
  expect(novatrail(folder, [command, '-', 'good.log', ...flags], '')).toMatchObject({ code: 0, stderr: '' });
});

test('a store that cannot be used is told with exit 3', () => {
  const folder = scratch({ 'good.log': log, 'text.db': 'no database '.repeat(500) });
  for (const args of [
    ['audit', 'good.log', '--db', 'text.db'],
    ['ingest', 'good.log', '--db', 'text.db'],
    ['query', 'timeouts', '--db', 'text.db'],
    ['rebuild', '--db', 'text.db'],
  ]) {
    const ran = novatrail(folder, args);
    expect(ran, args.join(' ')).toMatchObject({ code: 3, stdout: '' });
    expect(ran.stderr).toMatch(/^novatrail: text\.db: is damaged or is no SQLite database/);
  }
});

test('auditing a store that is not there does not make one', () => {
  const folder = scratch();
  const ran = novatrail(folder, ['audit', '--db', 'typo.db']);
  expect(ran).toMatchObject({ code: 3, stdout: '' });
  expect(ran.stderr).toMatch(/typo\.db: there is no such store/);
  expect(existsSync(join(folder, 'typo.db'))).toBe(false);
});

test('a store in use by another program is told', () => {
  const folder = scratch({ 'good.log': log });
  novatrail(folder, ['ingest', 'good.log', '--db', 'a.db']);
  const lock = `const D=require('better-sqlite3');const d=new D(process.argv[1]);d.exec('BEGIN EXCLUSIVE');
    const {spawnSync:s}=require('child_process');
    const r=s(process.execPath,[process.argv[2],'rebuild','--db',process.argv[1]],{encoding:'utf8'});
    process.stdout.write(JSON.stringify([r.status,r.stderr]));`;
  const out = execFileSync(process.execPath, ['-e', lock, join(folder, 'a.db'), LAUNCHER], {
    cwd: join(import.meta.dirname, '../..'),
    encoding: 'utf8',
  });
  const [code, stderr] = JSON.parse(out);
  expect(code).toBe(3);
  expect(stderr).toMatch(/a\.db: another program is writing to it; wait for that to end/);
});

test('a report that cannot be written is told with exit 3, after the report on stdout', () => {
  const ran = novatrail(scratch({ 'good.log': log }), ['audit', 'good.log', '--html', 'none/a.html']);
  expect(ran.code).toBe(3);
  expect(ran.stdout).toContain('40 migrations in 1 log');
  expect(ran.stderr).toMatch(/none\/a\.html: the report cannot be written/);
});

function damaged(whole: Buffer): Buffer {
  const copy = Buffer.from(whole);
  copy.fill(0, whole.length / 2, whole.length / 2 + 40);
  return copy;
}

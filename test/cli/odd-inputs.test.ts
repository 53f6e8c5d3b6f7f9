import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { line, logOf, uuid } from '../sample-log.ts';
import { novatrail, rows, scratch } from '../scratch.ts';

const log = logOf([{ instance: uuid(1), request: 'req-1', from: 60, lasts: 30, steps: [[0, 50]] }]);

describe('a packed log through a pipe', () => {
  const parsed = (input: string | Buffer) => novatrail(scratch(), ['parse', '-'], input);

  test.each([
    ['gzip', gzipSync(log)],
    ['zstd', zstdCompressSync(log)],
  ])('%s gives what the plain one gives', (_, packed) => {
    const plain = parsed(log).stdout;
    expect(plain.split('\n').length).toBeGreaterThan(3);
    expect(parsed(packed).stdout).toBe(plain);
  });

  test('broken off: told, and what stands before is given', () => {
    const packed = gzipSync(log.repeat(50), { level: 1 });
    const ran = parsed(packed.subarray(0, packed.length - 20));
    expect(ran).toMatchObject({ code: 3 });
    expect(ran.stderr).toMatch(/-: the compressed data break off/);
    expect(ran.stdout.split('\n').length).toBeGreaterThan(log.split('\n').length);
  });

  test('bzip2 is refused with what to do', () => {
    const ran = parsed(Buffer.from('BZh91AY&SY....'));
    expect(ran.code).toBe(3);
    expect(ran.stderr).toMatch(/bzip2 -dc \| novatrail/);
  });
});

test('two instances that begin alike and start in the same second are two migrations with two names', () => {
  const alike = ['07b5842b-6324-4de0-973e-6d0ff18ef574', '07b5842b-6324-4de0-973e-6d0ff18ef575'];
  const text = alike.map((uuid) => line(60, `[instance: ${uuid}] Starting monitoring of live migration\n`)).join('');
  const folder = scratch({ 'c0/nova-compute.log': text });
  expect(novatrail(folder, ['ingest', 'c0', '--db', 'a.db'])).toMatchObject({ code: 0 });
  const ids = rows(join(folder, 'a.db'), 'SELECT id, instance FROM migrations ORDER BY id');
  expect(ids.map(({ instance }) => instance)).toEqual(alike);
  expect(new Set(ids.map(({ id }) => id)).size).toBe(2);
});

test('a line of more than 1 MiB is told once, however often the log is read', () => {
  const folder = scratch({ 'c0/nova-compute.log': `${line(0, 'x'.repeat(1_500_000))}\n${log}` });
  for (const _ of [1, 2]) {
    const ran = novatrail(folder, ['ingest', 'c0', '--db', 'a.db']);
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stderr).toMatch(/nova-compute\.log: 1 of its lines are longer than 1 MiB/);
  }
});

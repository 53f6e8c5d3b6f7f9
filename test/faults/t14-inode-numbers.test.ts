import type { BigIntStats } from 'node:fs';
import { expect, test } from 'vitest';
import { newRow } from '../../src/follow/identify.ts';
import { beginGeneration, generationRows } from '../../src/store/generations.ts';
import { openStore } from '../../src/store/open.ts';
import { fileIdOf, keyOf, lookAt } from '../../src/tail/file-id.ts';
import { placesIn } from '../follow-rig.ts';
import { rows, scratch } from '../scratch.ts';

const NUMBERS = [2n ** 53n + 1n, 2n ** 53n + 2n, 2n ** 63n + 5n, 2n ** 64n - 1n];

test('numbers of 64 bits are told apart, also where they come as negative', () => {
  const keys = NUMBERS.map((ino) => keyOf(fileIdOf({ dev: 1n, ino })));
  expect(new Set(keys).size).toBe(NUMBERS.length);
  expect(fileIdOf({ dev: 1n, ino: -1n }).inode).toBe('18446744073709551615');
});

test('a look gives them as they are', () => {
  const stats = { dev: 1n, ino: 2n ** 53n + 1n, size: 10n, mtimeMs: 5n, isFile: () => true } as unknown as BigIntStats;
  expect(lookAt('x', () => stats)).toMatchObject({ kind: 'file', id: { inode: '9007199254740993' }, size: 10 });
});

test('the store keeps them to the last digit', () => {
  const { db } = placesIn(scratch());
  const store = openStore(db);
  for (const [index, ino] of NUMBERS.entries()) {
    const { id } = newRow(store, { path: `${index}.log`, host: null });
    beginGeneration(store, id, fileIdOf({ dev: 1n, ino }), 0);
  }
  expect(generationRows(store).map(({ inode }) => inode)).toEqual(NUMBERS.map(String));
  store.close();
  expect(rows(db, 'SELECT DISTINCT typeof(inode) AS type FROM generations')).toEqual([{ type: 'text' }]);
});

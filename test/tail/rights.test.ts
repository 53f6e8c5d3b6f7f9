import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ingestLogs } from '../../src/ingest.ts';
import { openStore } from '../../src/store/open.ts';
import type { InputError } from '../../src/tail/bytes.ts';
import { discoverLogs } from '../../src/tail/discover.ts';
import { NeedleScan } from '../../src/tail/scan.ts';
import { logOf, uuid } from '../sample-log.ts';
import { scratch } from '../scratch.ts';

const log = logOf([{ instance: uuid(1), request: 'req-1', from: 60, lasts: 30, steps: [[0, 50]] }]);

test('a folder that may not be searched is told, and hides no log of the others', async () => {
  const folder = scratch({ 'd/c0/nova-compute.log': log, 'd/secret/nova-compute.log': log });
  close(folder, 'd/secret');
  const unsearched: InputError[] = [];
  const found = await asNobody(() => discoverLogs([join(folder, 'd')], unsearched));
  chmodSync(join(folder, 'd/secret'), 0o700);
  expect(found.map(({ host }) => host)).toEqual(['c0']);
  expect(unsearched.map(({ message }) => message)).toEqual([expect.stringMatching(/secret: cannot be searched/)]);
});

test('a log that may not be read is told, and the others are read', async () => {
  const folder = scratch({ 'secret.log': log, 'good.log': log.replaceAll('req-', 'req-x') });
  close(folder, 'secret.log');
  const db = openStore(null);
  // What is read of the package when it is first needed is read as root: the sources may lie in a folder of root's own.
  new NeedleScan(['x']).load(Buffer.from('x'), Buffer.alloc(0));
  const files = ['secret.log', 'good.log'].map((name) => ({ path: join(folder, name), host: 'c0' }));
  const options = { hostOf: () => null, zoneOf: () => null, user: null, everyTurn: false, storePath: '' };
  const { problems } = await asNobody(() => ingestLogs(db, files, { ...options, progress: () => {} }));
  expect(problems.map(({ message }) => message)).toEqual([
    expect.stringMatching(/secret\.log: may not be read by this user; run as a user who may/),
  ]);
  expect(db.prepare('SELECT count(*) FROM events').pluck().get()).toBe(log.trimEnd().split('\n').length);
  db.close();
});

function close(folder: string, name: string): void {
  chmodSync(folder, 0o755);
  chmodSync(join(folder, name), 0);
}

/** Does something as a user whom rights bind: root, as whom CI runs, may read everything. */
async function asNobody<Result>(action: () => Result | Promise<Result>): Promise<Result> {
  if (process.getuid?.() !== 0) return action();
  process.seteuid?.(65534);
  try {
    return await action();
  } finally {
    process.seteuid?.(0);
  }
}

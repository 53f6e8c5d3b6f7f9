import { execFileSync } from 'node:child_process';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { follow, placesIn, texts } from '../follow-rig.ts';
import { scratch } from '../scratch.ts';
import { append, eventLines } from './writer.ts';

test('a folder, a pipe, a socket, a file of 1 GB without content: told where odd, and the log is followed', async () => {
  const folder = scratch({ 'nova-compute.log': '' });
  const { db } = placesIn(folder);
  const at = (name: string) => join(folder, name);
  mkdirSync(at('a.log'));
  execFileSync('mkfifo', [at('b.log')]);
  const server = createServer().listen(at('c.log'));
  onTestFinished(() => void server.close());
  await new Promise((listens) => server.once('listening', () => listens(null)));
  writeFileSync(at('d.log'), '');
  truncateSync(at('d.log'), 1024 ** 3);
  const rig = await follow(db, [at('*.log')]);
  append(at('nova-compute.log'), eventLines(2));
  rig.pass(2);
  append(at('d.log'), ['', ...eventLines(1, 5)]);
  rig.pass(2);
  expect(texts(db)).toEqual([...eventLines(2), ...eventLines(1, 5)]);
  expect([...new Set(rig.warnings)]).toEqual(
    ['b.log', 'c.log'].map((name) => `${at(name)}: is no regular file, and is not followed`),
  );
});

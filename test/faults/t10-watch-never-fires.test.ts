import { appendFileSync, closeSync, openSync, writeSync } from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { drive } from '../../src/follow/drive.ts';
import { contents, follow, placesIn, quietRead, texts } from '../follow-rig.ts';
import { scratch } from '../scratch.ts';
import { append, eventLines } from './writer.ts';

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate'],
  });
});
afterEach(() => {
  vi.useRealTimers();
});

test('a watcher that never says anything: the poll alone delivers', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': '' });
  const { log, db } = placesIn(folder);
  const rig = await follow(db, [folder]);
  const stop = new AbortController();
  const driven = drive(rig.tail, {
    wakers: () => ({ add: () => {}, pause: () => {}, close: async () => {} }),
    poll_ms: 10_000,
    stop: stop.signal,
    warn: () => {},
    beat: () => {},
    second: () => {},
    ready: () => {},
  });
  await vi.advanceTimersByTimeAsync(100);
  append(log, eventLines(3));
  await vi.advanceTimersByTimeAsync(9_000);
  expect(texts(db)).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_100);
  expect(texts(db)).toEqual(eventLines(3));
  append(log, eventLines(1, 3));
  stop.abort();
  await driven;
  expect(texts(db), 'what came before the end is read').toEqual(eventLines(4));
});

test('NUL bytes at the end, as a network file system shows them before the data come', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': '' });
  const { log, db, quiet } = placesIn(folder);
  const rig = await follow(db, [folder]);
  append(log, eventLines(2));
  rig.look();
  const size = eventLines(2).join('\n').length + 1;
  const more = Buffer.from(`${eventLines(3, 2).join('\n')}\n`);
  appendFileSync(log, Buffer.alloc(more.length));
  rig.pass(3);
  const nova = openSync(log, 'r+');
  writeSync(nova, more.subarray(0, 200), 0, 200, size);
  rig.pass(3);
  writeSync(nova, more.subarray(200), 0, more.length - 200, size + 200);
  closeSync(nova);
  rig.pass(3);
  expect(texts(db)).toEqual(eventLines(5));
  rig.stop();
  expect(contents(db)).toEqual(await quietRead(quiet, folder));
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { type MadeLog, writeLog } from '../../bench/input.ts';
import { contextOf, HostOffsets } from '../../src/log-context.ts';
import { type LogContext, Pipeline } from '../../src/pipeline.ts';
import { LineReader } from '../../src/tail/lines.ts';
import { folderWith } from '../running.ts';

let made: MadeLog;
let bytes: Buffer;
let context: LogContext;

beforeAll(() => {
  const path = join(folderWith({ 'nova-compute.log': '' }), 'nova-compute.log');
  made = writeLog(path, { bytes: 8 * 1024 * 1024, density: 200 });
  bytes = readFileSync(path);
  const options = { hostOf: () => null, zoneOf: () => 'UTC', user: null, everyTurn: false };
  context = contextOf({ path, host: null }, bytes.subarray(0, 65_536), options, new HostOffsets(), null);
});

test('of a log at DEBUG hardly more lines are looked at than are events', () => {
  let taken = 0;
  const reader = new LineReader(context.sieve.needles, () => false, { offset: 0, line: 1 });
  for (let at = 0; at < bytes.length; at += 262_144) reader.push(bytes.subarray(at, at + 262_144), () => (taken += 1));
  expect(taken).toBeGreaterThanOrEqual(made.events);
  expect(taken).toBeLessThan(made.events * 2.5);
  expect(reader.line - 1).toBe(made.lines);
});

test('every event of it is found, and nothing else', () => {
  const pipeline = new Pipeline(context, { offset: 0, line: 1 });
  const facts = [...pipeline.push(bytes), ...pipeline.end()];
  expect(facts.map(({ kind }) => kind)).toEqual(Array.from({ length: made.events }, () => 'event'));
});

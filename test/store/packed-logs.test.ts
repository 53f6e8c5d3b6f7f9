import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeLog } from '../../bench/input.ts';
import { contextOf, HostOffsets } from '../../src/log-context.ts';
import { PackedLogs } from '../../src/packed-logs.ts';
import type { LogContext } from '../../src/pipeline.ts';
import { type Part, partsOf } from '../../src/read-log.ts';
import { Input } from '../../src/tail/input.ts';
import { scratch } from '../scratch.ts';

const START = { offset: 0, line: 1 };
let logs: PackedLogs;

beforeEach(() => {
  logs = new PackedLogs(1);
});

afterEach(() => logs.close());

test('are given as they are read in one thread', async () => {
  const { path, context } = packed(1);
  const input = await Input.open(path);
  expect(logs.plan(path, START, context)).toBe(true);
  const there = await told(logs.parts(path, START, context));
  const here = await told(partsOf(input, contextFor(path, input.head), START));
  expect(there.length).toBeGreaterThan(20);
  expect(there).toEqual(here);
});

test('are not given from another place than they were planned from', async () => {
  const { path, context } = packed(1);
  logs.plan(path, START, context);
  expect(logs.parts(path, { offset: 100, line: 2 }, context)).toBeNull();
  expect(logs.parts('/another', START, context)).toBeNull();
});

// A thread waits with what it has read until someone takes it.
test('do not wait for one that is read and nobody wants', async () => {
  const [unwanted, wanted] = [packed(1), packed(2)];
  logs.plan(unwanted.path, START, unwanted.context);
  logs.plan(wanted.path, START, wanted.context);
  logs.drop(unwanted.path);
  expect(await lines(wanted)).toBe(wanted.lines);
});

test('are not read where nobody wants them any more', async () => {
  const [first, unwanted, last] = [packed(1), packed(2), packed(3)];
  for (const { path, context } of [first, unwanted, last]) logs.plan(path, START, context);
  logs.drop(unwanted.path);
  expect([await lines(first), await lines(last)]).toEqual([first.lines, last.lines]);
  expect(logs.parts(unwanted.path, START, unwanted.context)).toBeNull();
});

interface Packed {
  readonly path: string;
  readonly context: LogContext;
  readonly lines: number;
}

/** A log of more events than a thread reads ahead. */
function packed(seed: number): Packed {
  const path = join(scratch(), 'nova-compute.log');
  const { lines } = writeLog(path, { bytes: 8 * 1024 * 1024, density: 1, seed });
  const bytes = readFileSync(path);
  writeFileSync(`${path}.1.gz`, gzipSync(bytes));
  return { path: `${path}.1.gz`, context: contextFor(`${path}.1.gz`, bytes), lines };
}

function contextFor(path: string, bytes: Buffer): LogContext {
  const options = { hostOf: () => 'compute-0', zoneOf: () => 'America/Toronto', user: null, everyTurn: false };
  return contextOf({ path, host: null }, bytes.subarray(0, 65_536), options, new HostOffsets(), null);
}

async function lines({ path, context }: Packed): Promise<number | undefined> {
  return (await told(logs.parts(path, START, context))).at(-1)?.end?.lines;
}

async function told(parts: AsyncIterable<Part> | null): Promise<Part[]> {
  expect(parts).not.toBeNull();
  const all: Part[] = [];
  for await (const part of parts ?? []) all.push(part);
  return all;
}

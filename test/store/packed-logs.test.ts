import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeLog } from '../../bench/input.ts';
import { contextOf, HostOffsets } from '../../src/log-context.ts';
import { type PackedJob, PackedLogs } from '../../src/packed-logs.ts';
import type { LogContext } from '../../src/pipeline.ts';
import { type Part, partsOf } from '../../src/read-log.ts';
import { InputError } from '../../src/tail/bytes.ts';
import { hashOf } from '../../src/tail/identity.ts';
import { Input } from '../../src/tail/input.ts';
import { scratch } from '../scratch.ts';

const START = { offset: 0, line: 1 };
let logs: PackedLogs;

beforeEach(() => {
  logs = new PackedLogs(1);
});

afterEach(() => logs.close());

test('are given as they are read in one thread', async () => {
  const { place, context } = packed(1);
  const input = await Input.open(place.path);
  expect(logs.plan(place, context)).toBe(true);
  const there = await told(logs.parts(place, context));
  const here = await told(partsOf(input, contextFor(place.path, input.head), START));
  expect(there.length).toBeGreaterThan(20);
  expect(there).toEqual(here);
});

test('are not given from another place than they were planned from, nor another file in their place', () => {
  const { place, context } = packed(1);
  logs.plan(place, context);
  expect(logs.parts({ ...place, start: { offset: 100, line: 2 } }, context)).toBeNull();
  expect(logs.parts({ ...place, path: '/another' }, context)).toBeNull();
  expect(logs.parts({ ...place, head: packed(2).place.head }, context)).toBeNull();
});

test('are not read where another file has come to their path', async () => {
  const [first, { place, context }, other] = [packed(1), packed(2), packed(3)];
  logs.plan(first.place, first.context);
  logs.plan(place, context);
  renameSync(other.place.path, place.path);
  await told(logs.parts(first.place, first.context));
  await expect(told(logs.parts(place, context))).rejects.toThrow(
    new InputError(`${place.path}: was replaced while it was read; read it again`),
  );
});

// A thread waits with what it has read until someone takes it.
test('do not wait for one that is read and nobody wants', async () => {
  const [unwanted, wanted] = [packed(1), packed(2)];
  logs.plan(unwanted.place, unwanted.context);
  logs.plan(wanted.place, wanted.context);
  logs.drop(unwanted.place.path);
  expect(await lines(wanted)).toBe(wanted.lines);
});

test('are not read where nobody wants them any more', async () => {
  const [first, unwanted, last] = [packed(1), packed(2), packed(3)];
  for (const { place, context } of [first, unwanted, last]) logs.plan(place, context);
  logs.drop(unwanted.place.path);
  expect([await lines(first), await lines(last)]).toEqual([first.lines, last.lines]);
  expect(logs.parts(unwanted.place, unwanted.context)).toBeNull();
});

interface Packed {
  readonly place: Pick<PackedJob, 'path' | 'head' | 'start'>;
  readonly context: LogContext;
  readonly lines: number;
}

/** A log of more events than a thread reads ahead. */
function packed(seed: number): Packed {
  const plain = join(scratch(), 'nova-compute.log');
  const { lines } = writeLog(plain, { bytes: 8 * 1024 * 1024, density: 1, seed });
  const bytes = readFileSync(plain);
  const path = `${plain}.1.gz`;
  writeFileSync(path, gzipSync(bytes));
  const head = { length: 65_536, hash: hashOf(bytes.subarray(0, 65_536)) };
  return { place: { path, head, start: START }, context: contextFor(path, bytes), lines };
}

function contextFor(path: string, bytes: Buffer): LogContext {
  const options = { hostOf: () => 'compute-0', zoneOf: () => 'America/Toronto', user: null, everyTurn: false };
  return contextOf({ path, host: null }, bytes.subarray(0, 65_536), options, new HostOffsets(), null);
}

async function lines({ place, context }: Packed): Promise<number | undefined> {
  return (await told(logs.parts(place, context))).at(-1)?.end?.lines;
}

async function told(parts: AsyncIterable<Part> | null): Promise<Part[]> {
  expect(parts).not.toBeNull();
  const all: Part[] = [];
  for await (const part of parts ?? []) all.push(part);
  return all;
}

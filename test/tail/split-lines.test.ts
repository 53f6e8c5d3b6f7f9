import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contextOf, HostOffsets } from '../../src/log-context.ts';
import type { LogLine } from '../../src/model.ts';
import { type Fact, Pipeline } from '../../src/pipeline.ts';
import { LineReader } from '../../src/tail/lines.ts';
import { splitLines } from '../../src/tail/split-lines.ts';
import { logPath } from '../running.ts';

const START = { offset: 0, line: 1 };
const LOGS = ['genuine', 'genuine/zed3', 'real'].flatMap((folder) =>
  readdirSync(logPath(folder)).flatMap((name) => (/\.log(?:\.gz)?$/.test(name) ? [join(folder, name)] : [])),
);
const cuts = fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 20 });

describe('line by line or block by block, a log says the same', () => {
  test.each(LOGS)('%s', async (name) => {
    const bytes = readFileSync(logPath(name));
    const log = name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
    await fc.assert(
      fc.asyncProperty(cuts, async (sizes) => {
        expect(await factsByLine(log, sizes)).toEqual(factsByBlock(log, sizes));
      }),
      { numRuns: 5 },
    );
  });
});

test('whatever the bytes, the lines are the same', async () => {
  const piece = fc.oneof(
    fc.constantFrom('\n', '\r\n', '\r', '\0', '\u2028', 'ä€', '\ufeff').map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
  );
  const content = fc.array(piece, { maxLength: 60 }).map((pieces) => Buffer.concat(pieces));
  await fc.assert(
    fc.asyncProperty(content, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), async (bytes, sizes) => {
      expect(await linesOf(bytes, sizes)).toEqual(linesRead(bytes, sizes));
    }),
    { numRuns: 300 },
  );
});

test('of a line of more than 1 MiB the beginning is kept, and what follows has its place', async () => {
  const bytes = Buffer.concat([Buffer.from('before\n'), Buffer.alloc(3 * 1024 * 1024, 'x'), Buffer.from('\nafter')]);
  expect(await linesOf(bytes, [65_536])).toEqual(linesRead(bytes, [65_536]));
});

test('what cannot be read ends the lines with its error', async () => {
  async function* broken() {
    yield Buffer.from('a\nb\n');
    throw new Error('broken off');
  }
  await expect(all(splitLines(broken()))).rejects.toThrow('broken off');
});

async function factsByLine(bytes: Buffer, sizes: readonly number[]): Promise<Fact[]> {
  const pipeline = new Pipeline(contextFor(bytes), START);
  const facts: Fact[] = [];
  for (const line of await linesOf(bytes, sizes)) facts.push(...pipeline.line(line));
  return [...facts, ...pipeline.end()];
}

function factsByBlock(bytes: Buffer, sizes: readonly number[]): Fact[] {
  const pipeline = new Pipeline(contextFor(bytes), START);
  return [...[...blocks(bytes, sizes)].flatMap((block) => pipeline.push(block)), ...pipeline.end()];
}

function contextFor(bytes: Buffer) {
  const options = { hostOf: () => null, zoneOf: () => 'America/Toronto', user: null, everyTurn: false };
  const log = { path: 'nova-compute.log', host: null };
  return contextOf(log, bytes.subarray(0, 65_536), options, new HostOffsets(), Date.UTC(2025, 0, 1));
}

function linesOf(bytes: Buffer, sizes: readonly number[]): Promise<LogLine[]> {
  async function* stream() {
    yield* blocks(bytes, sizes);
  }
  return all(splitLines(stream()));
}

async function all(lines: AsyncIterable<LogLine>): Promise<LogLine[]> {
  const found: LogLine[] = [];
  for await (const line of lines) found.push(line);
  return found;
}

function linesRead(bytes: Buffer, sizes: readonly number[]): LogLine[] {
  const lines: LogLine[] = [];
  const reader = new LineReader([], () => false, START);
  for (const block of blocks(bytes, sizes)) reader.push(block, (line) => lines.push(line));
  reader.end((line) => lines.push(line));
  return lines;
}

function* blocks(bytes: Buffer, sizes: readonly number[]): Generator<Buffer> {
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

import { closeSync, openSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { contextOf, HostOffsets, readingOf } from '../../src/log-context.ts';
import { type PieceJob, pieceBytesFor, piecesOf, placed, readPiece, timesOf } from '../../src/pieces.ts';
import { type LogContext, Pipeline } from '../../src/pipeline.ts';
import { FactsRead, type Part } from '../../src/read-log.ts';
import { type LogInFile, partsByPieces } from '../../src/read-pieces.ts';
import { Readers } from '../../src/readers.ts';
import { folderWith, logPath } from '../running.ts';
import { logOf, uuid } from '../sample-log.ts';

const LOGS = ['genuine', 'genuine/zed3', 'real'].flatMap((folder) =>
  readdirSync(logPath(folder)).flatMap((name) => (/\.log(?:\.gz)?$/.test(name) ? [join(folder, name)] : [])),
);
const START = { offset: 0, line: 1 };

describe.each([null, 'America/Toronto'])('in pieces or whole, a log says the same (zone %s)', (zone) => {
  test.each(LOGS)('%s', (name) => {
    const path = plain(name);
    const bytes = readFileSync(path);
    const whole = wholeRead(bytes, contextFor(path, bytes, zone));
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 40_000 }), (size) => {
        expect(piecewise(path, contextFor(path, bytes, zone), bytes.length, size)).toEqual(whole);
      }),
      { numRuns: 4 },
    );
  });
});

test('records of many lines, tracebacks among them, are not cut', () => {
  const traceback = ['Traceback (most recent call last):', '  File "x.py", line 1', 'ValueError: x'];
  const failure =
    '2024-05-01 10:00:00.000 7 ERROR nova.virt.libvirt.driver [-] [instance: I] Live Migration failure: x';
  const lines = Array.from({ length: 300 }, () => [
    failure.replace('I', uuid(1)),
    ...traceback.map((line) => `2024-05-01 10:00:00.000 7 ERROR nova.virt.libvirt.driver ${line}`),
    'a line of its own',
  ]);
  const text = `${lines.flat().join('\n')}\n`;
  const path = join(folderWith({ 'nova-compute.log': text }), 'nova-compute.log');
  const bytes = Buffer.from(text);
  const whole = wholeRead(bytes, contextFor(path, bytes, null));
  expect(whole.events).toHaveLength(300);
  for (const size of [100, 333, 1000, 7777])
    expect(piecewise(path, contextFor(path, bytes, null), bytes.length, size)).toEqual(whole);
});

describe('a file that changes while it is read', () => {
  const text = logOf([{ instance: uuid(1), request: 'req-1', from: 60, lasts: 3000, steps: [[0, 50]] }]).repeat(400);

  test('is told of where it is another than the one that was recognised', async () => {
    const log = written(text);
    writeFileSync(log.path, `other ${text}`);
    await expect(partsOfLog(log)).rejects.toThrow(/nova-compute\.log: was replaced while it was read; read it again/);
  });

  test('ends where it was cut', async () => {
    const log = written(text);
    const cut = text.indexOf('\n', text.length / 3) + 1;
    truncateSync(log.path, cut);
    const parts = await partsOfLog(log);
    expect(parts.at(-1)).toMatchObject({ read: cut, end: { lines: text.slice(0, cut).split('\n').length - 1 } });
    expect(parts.flatMap(({ events }) => events).every(({ ref }) => ref.offset < cut)).toBe(true);
  });

  test('is read up to where it has grown', async () => {
    const log = written(text);
    writeFileSync(log.path, text + text);
    expect((await partsOfLog(log)).at(-1)).toMatchObject({ read: 2 * text.length });
  });

  function written(content: string): LogInFile {
    const path = join(folderWith({ 'nova-compute.log': content }), 'nova-compute.log');
    const bytes = readFileSync(path);
    return { path, head: bytes.subarray(0, 65_536), size: bytes.length, context: contextFor(path, bytes, 'UTC') };
  }

  async function partsOfLog(log: LogInFile): Promise<Part[]> {
    const readers = new Readers(0, null);
    const parts: Part[] = [];
    for await (const part of partsByPieces(readers, log, START)) parts.push(part);
    return parts;
  }
});

test('pieces are so large that a piece read ahead holds few facts, and never tiny', () => {
  const MIB = 1024 * 1024;
  expect(pieceBytesFor(0, MIB)).toBe(2 * MIB);
  expect(pieceBytesFor(8000, 2 * MIB)).toBe(MIB / 2);
  expect(pieceBytesFor(2000, MIB / 2)).toBe(MIB / 2);
  expect(pieceBytesFor(1_000_000, MIB)).toBe(MIB / 8);
});

const files: number[] = [];
afterAll(() => {
  for (const fd of files) closeSync(fd);
});

/** The log's path, unpacked where it is packed. */
function plain(name: string): string {
  const path = logPath(name);
  if (!name.endsWith('.gz')) return path;
  return join(folderWith({ 'nova-compute.log': gunzipSync(readFileSync(path)) }), 'nova-compute.log');
}

function contextFor(path: string, bytes: Buffer, zone: string | null): LogContext {
  const options = { hostOf: () => null, zoneOf: () => zone, user: null, everyTurn: false };
  return contextOf({ path, host: null }, bytes.subarray(0, 65_536), options, new HostOffsets(), Date.UTC(2026, 0, 1));
}

function wholeRead(bytes: Buffer, context: LogContext) {
  const pipeline = new Pipeline(context, START);
  const facts = new FactsRead();
  facts.add(pipeline.push(bytes));
  const { checkpoint } = pipeline;
  facts.add(pipeline.end());
  return { ...facts.taken, checkpoint, lines: pipeline.lines };
}

function piecewise(path: string, context: LogContext, length: number, size: number) {
  const [reading, { clock }] = [readingOf(context), context];
  // Bare logs and containers' are not read in pieces.
  const job: PieceJob = { file: { fd: openSync(path, 'r'), path }, range: { from: 0, to: null }, reading };
  files.push(job.file.fd);
  let cuts = 0;
  // Pieces become larger and smaller as the log holds less or more.
  const wanted = () => size * (1 + (cuts++ % 3));
  const pieces = reading.bare || reading.parts ? [job.range] : [...piecesOf(job.file, 0, length, wanted)];
  const all = { events: [] as unknown[], unmatched: [] as unknown[], checkpoint: START, lines: 0 };
  for (const range of pieces) {
    const piece = readPiece({ ...job, range }, null);
    const { events, unmatched } = placed(piece, timesOf(piece.moments, clock), all.lines);
    all.events.push(...events);
    all.unmatched.push(...unmatched);
    all.checkpoint = { ...piece.checkpoint, line: piece.checkpoint.line + all.lines };
    all.lines += piece.lines;
  }
  return all;
}

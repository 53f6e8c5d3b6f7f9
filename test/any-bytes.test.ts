import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contextOf, HostOffsets } from '../src/log-context.ts';
import type { LogEvent } from '../src/model.ts';
import { type LogContext, Pipeline } from '../src/pipeline.ts';
import { logPath } from './running.ts';

const SMALL = [
  'genuine/nova_13.0.0.log',
  'genuine/nova_33.0.0.log',
  'real/01-juno-src-then-dst-c30.log',
  'real/05-juno-oslogmerger-merged.log',
  'real/12-rhoso-syslog-local-vs-utc.log',
];
const ALL = ['genuine', 'genuine/stx3', 'genuine/zed3', 'genuine/stx-conflicts', 'real'].flatMap((folder) =>
  readdirSync(logPath(folder)).flatMap((name) => (/\.log(?:\.gz)?$/.test(name) ? [join(folder, name)] : [])),
);

describe('blocks may end anywhere', () => {
  test.each(SMALL)('%s', (name) => {
    const bytes = bytesOf(name);
    const whole = eventsIn(bytes, [bytes.length]);
    expect(whole.length).toBeGreaterThan(1);
    for (const size of [1, 7, 4096, 65_536]) expect(eventsIn(bytes, [size])).toEqual(whole);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 20 }), (sizes) => {
        expect(eventsIn(bytes, sizes)).toEqual(whole);
      }),
      { numRuns: 20 },
    );
  });
});

describe('the sieve loses nothing', () => {
  test.each(ALL)('%s', (name) => {
    const bytes = bytesOf(name);
    const everything = { needles: [], wanted: () => true };
    expect(eventsIn(bytes, [65_536])).toEqual(
      eventsIn(bytes, [65_536], (context) => ({ ...context, sieve: everything })),
    );
  });
});

describe('every event stands where it is said to', () => {
  test.each(ALL)('%s', (name) => {
    const bytes = bytesOf(name);
    const starts = lineStarts(bytes);
    for (const { text, ref } of eventsIn(bytes, [65_536])) {
      expect(starts[ref.line - 1]).toBe(ref.offset);
      expect(bytes.toString('utf8', ref.offset, ref.offset + 4000).startsWith(text)).toBe(true);
    }
  });
});

describe('what stands between lines loses no event', () => {
  /** Lines of rubbish: none can be taken for a line of nova's. */
  const rubbish = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    fc
      .constantFrom('\0'.repeat(512), '\ufeff', '\r', '\u2028', '{', '{"log":"x', '[', '\x1b[', '<13>1 ', '2024-05-01 ')
      .map((text) => Buffer.from(text)),
    fc.constant(Buffer.from([0xff, 0xfe])),
    fc.constant(Buffer.from([0xc3])),
    fc.constant(Buffer.from([0x80])),
  );
  const insertion = fc.record({ at: fc.nat(), bytes: rubbish });

  test.each(SMALL)('%s', (name) => {
    const lines = bytesOf(name)
      .toString('latin1')
      .split(/(?<=\n)/);
    const known = keys(eventsIn(bytesOf(name), [65_536]));
    fc.assert(
      fc.property(fc.array(insertion, { maxLength: 8 }), (insertions) => {
        const parts = [...lines];
        for (const { at, bytes } of insertions) {
          const place = at % (parts.length + 1);
          parts.splice(place, 0, `${bytes.toString('latin1')}\n`);
        }
        const bytes = Buffer.from(parts.join(''), 'latin1');
        const found = eventsIn(bytes, [997]);
        expect(keys(found)).toEqual(known);
        const starts = lineStarts(bytes);
        for (const { ref } of found) expect(starts[ref.line - 1]).toBe(ref.offset);
      }),
      { numRuns: 40 },
    );
  });

  test.each([
    ['CRLF', (text: string) => text.replaceAll('\n', '\r\n')],
    ['a byte order mark', (text: string) => `\ufeff${text}`],
    ['no line end after the last line', (text: string) => text.replace(/\n$/, '')],
    ['NULs where a truncated file was written on', (text: string) => '\0'.repeat(70_000) + text],
    ['a colour around each line', (text: string) => text.replaceAll(/(?<=^|\n)(.+)(?=\n)/g, '\x1b[0;31m$1\x1b[0m')],
  ])('%s', (_, change) => {
    for (const name of SMALL) {
      const text = bytesOf(name).toString('utf8');
      expect(keys(eventsIn(Buffer.from(change(text)), [4096]))).toEqual(keys(eventsIn(Buffer.from(text), [4096])));
    }
  });

  test('random bytes alone', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), fc.integer({ min: 1, max: 500 }), (bytes, size) => {
        expect(eventsIn(Buffer.from(bytes), [size])).toEqual([]);
      }),
    );
  });

  test('a line of random bytes after a header', () => {
    const header = '2024-05-01 09:00:07.923 34211 INFO nova.virt.libvirt.driver [-] Migration running for ';
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (noise) => {
        const safe = Buffer.from(noise).toString('latin1');
        const line =
          '2024-05-01 09:00:08.000 34211 INFO nova.virt.libvirt.driver [-] Migration operation has completed\n';
        const events = eventsIn(Buffer.from(`${header}${safe}\n${line}`, 'latin1'), [64]);
        expect(events.at(-1)?.type).toBe('completed');
      }),
    );
  });
});

describe('a line of 64 MiB', () => {
  test('is read past in little memory, and what follows is found', () => {
    const before = line('Migration operation has completed');
    const after = line('Migration operation was cancelled');
    const bytes = Buffer.from(`${before}2024-05-01 09:00:07.923 7 INFO nova.virt.libvirt.driver [-] Migration `);
    const pipeline = new Pipeline(contextFor(bytes), { offset: 0, line: 1 });
    const facts = pipeline.push(bytes);
    const filler = Buffer.alloc(256 * 1024, 'x');
    const used = process.memoryUsage().rss;
    let most = 0;
    for (let part = 0; part < 256; part += 1) {
      facts.push(...pipeline.push(filler));
      most = Math.max(most, process.memoryUsage().rss - used);
    }
    facts.push(...pipeline.push(Buffer.from(`\n${after}`)), ...pipeline.end());
    const events = facts.flatMap((fact) => (fact.kind === 'event' ? [fact.event] : []));
    expect(events.map(({ type, ref }) => [type, ref.line, ref.offset])).toEqual([
      ['completed', 1, 0],
      ['cancelled', 3, bytes.length + 64 * 1024 * 1024 + 1],
    ]);
    expect(pipeline.overlong).toBe(1);
    expect(most).toBeLessThan(48 * 1024 * 1024);
  });
});

function line(message: string): string {
  return `2024-05-01 09:00:07.923 7 INFO nova.virt.libvirt.driver [-] ${message}\n`;
}

function eventsIn(
  bytes: Buffer,
  sizes: readonly number[],
  change: (context: LogContext) => LogContext = (context) => context,
): LogEvent[] {
  const pipeline = new Pipeline(change(contextFor(bytes)), { offset: 0, line: 1 });
  const facts = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    facts.push(...pipeline.push(bytes.subarray(at, at + size)));
    at += size;
  }
  facts.push(...pipeline.end());
  return facts.flatMap((fact) => (fact.kind === 'event' ? [fact.event] : []));
}

function contextFor(bytes: Buffer): LogContext {
  const options = { hostOf: () => null, zoneOf: () => 'UTC', user: null, everyTurn: false };
  const log = { path: 'nova-compute.log', host: null };
  return contextOf(log, bytes.subarray(0, 65_536), options, new HostOffsets(), Date.UTC(2025, 0, 1));
}

/** Events without their places and their free text, to which a line that follows may be added. */
function keys(events: readonly LogEvent[]) {
  return events.map(({ ref: _ref, text: _text, fields, ...event }) => {
    const numbers = Object.entries(fields).filter(([, value]) => typeof value !== 'string');
    return { ...event, ...Object.fromEntries(numbers) };
  });
}

function lineStarts(bytes: Buffer): number[] {
  const starts = [0];
  for (let feed = bytes.indexOf(10); feed >= 0; feed = bytes.indexOf(10, feed + 1)) starts.push(feed + 1);
  return starts;
}

function bytesOf(name: string): Buffer {
  const bytes = readFileSync(logPath(name));
  return name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

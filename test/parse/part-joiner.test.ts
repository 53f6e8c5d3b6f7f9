import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogLine } from '../../src/model.ts';
import { kindOf, PartJoiner } from '../../src/parse/envelope.ts';

const LINE = '2024-05-01 05:00:00.120 2 INFO nova.compute.manager [-] VM Paused (Lifecycle Event)';

describe('joining parts', () => {
  test('any split of any lines of two streams is joined back', () => {
    const text = fc.string().map((value) => value.replace(/[\r\n]/g, ' '));
    const cuts = fc.array(fc.nat(20), { maxLength: 4 });
    const written = fc.array(fc.tuple(fc.constantFrom('stdout', 'stderr'), text, cuts), { maxLength: 12 });
    fc.assert(
      fc.property(
        written,
        fc.infiniteStream(fc.boolean()),
        fc.constantFrom(criPart, dockerPart),
        (lines, coins, part) => {
          const queues = ['stdout', 'stderr'].map((stream) =>
            lines
              .filter(([name]) => name === stream)
              .flatMap(([name, whole, at]) => pieces(whole, at).map(([piece, last]) => part(name, piece, last))),
          );
          const physical: LogLine[] = numbered(interleaved(queues, coins));
          const joiner = new PartJoiner();
          const out = physical.map((line) => joiner.take(line)).filter((line) => line !== null);
          expect(joiner.pendingAt?.offset ?? null).toBeNull();
          expect(joiner.flush()).toEqual([]);
          for (const stream of ['stdout', 'stderr']) {
            const got = out.filter((line) => line.text.includes(stream)).map((line) => textOf(line.text));
            expect(got).toEqual(lines.filter(([name]) => name === stream).map(([, whole]) => whole));
          }
          expect(out.every((line) => line.end > line.offset && physical[line.line - 1]?.offset === line.offset)).toBe(
            true,
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  test('the place of the first part, and the end of the last', () => {
    const joiner = new PartJoiner();
    const lines = numbered([
      criPart('stdout', 'a', false),
      criPart('stderr', 'x', true),
      criPart('stdout', 'b', true),
      'plain',
    ]);
    expect(joiner.take(lines[0]!)).toBeNull();
    expect(joiner.pendingAt?.offset ?? null).toBe(0);
    expect(joiner.take(lines[1]!)?.line).toBe(2);
    expect(joiner.take(lines[2]!)).toEqual({ ...lines[0]!, text: criPart('stdout', 'ab', true), end: lines[2]!.end });
    expect(joiner.take(lines[3]!)).toBe(lines[3]);
  });

  test('a line without an end stays within a megabyte', () => {
    const joiner = new PartJoiner();
    for (const line of numbered(Array.from({ length: 200 }, () => criPart('stdout', 'x'.repeat(16_384), false))))
      joiner.take(line);
    const rest = joiner.flush();
    expect(rest).toHaveLength(1);
    expect(rest[0]!.text.length).toBeLessThan(1024 * 1024 + 100);
  });

  test("the journal's bytes are spelt out, so that they can be searched", () => {
    const text = JSON.stringify({ MESSAGE: [...new TextEncoder().encode('\x1b[0mMigration')], _PID: '1' });
    expect(new PartJoiner().take(numbered([text])[0]!)?.text).toContain('Migration');
    expect(kindOf(`${text}\n`)).toBe('parts');
  });

  test.each([
    [`${criPart('stdout', 'x', true)}\n`, 'parts'],
    [`${dockerPart('stdout', 'x', true)}\n`, 'parts'],
    [criPart('stdout', 'x', true), 'plain'],
    [`${LINE}\n`, 'plain'],
    [`${JSON.stringify({ name: 'nova.x', levelname: 'INFO', message: 'x' })}\n`, 'plain'],
    ['', 'plain'],
  ])('kind of %j', (head, kind) => {
    expect(kindOf(head)).toBe(kind);
  });
});

function criPart(stream: string, text: string, last: boolean): string {
  return `2024-05-01T09:00:00.123456789Z ${stream} ${last ? 'F' : 'P'} ${text}`;
}

function dockerPart(stream: string, text: string, last: boolean): string {
  return JSON.stringify({ log: last ? `${text}\n` : text, stream, time: '2024-05-01T09:00:00.1Z' });
}

function textOf(line: string): string {
  return line.startsWith('{') ? JSON.parse(line).log.slice(0, -1) : line.slice(criPart('stdout', '', true).length);
}

function pieces(whole: string, cuts: readonly number[]): [string, boolean][] {
  const at = [...new Set(cuts.filter((cut) => cut > 0 && cut < whole.length))].sort((a, b) => a - b);
  return [0, ...at].map((start, index) => [whole.slice(start, at[index] ?? whole.length), index === at.length]);
}

function interleaved(queues: readonly string[][], coins: Iterator<boolean>): string[] {
  const [left = [], right = []] = queues.map((queue) => [...queue]);
  const out: string[] = [];
  while (left.length + right.length > 0) {
    const from = right.length === 0 || (left.length > 0 && coins.next().value === true) ? left : right;
    out.push(from.shift() ?? '');
  }
  return out;
}

function numbered(texts: readonly string[]): LogLine[] {
  let offset = 0;
  return texts.map((text, index) => {
    const start = offset;
    offset += text.length + 1;
    return { text, line: index + 1, offset: start, end: offset, terminated: true };
  });
}

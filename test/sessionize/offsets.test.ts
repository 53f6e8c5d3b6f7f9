import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StoredEvent } from '../../src/model.ts';
import { clockOffsets, offsetBetween } from '../../src/sessionize/offsets.ts';

const HOSTS = ['a', 'b', 'c'];

/** A hand-over in true time (ms): who, from where to where, when each line was logged, and under which request. */
interface Move {
  readonly instance: string;
  readonly from: string;
  readonly to: string;
  readonly started: number;
  readonly arrived: number;
  readonly finished: number;
  readonly request: string | null;
}

/** The lines of the moves, as hosts write them whose clocks are ahead of the true time by so many ms. */
function linesOf(moves: readonly Move[], ahead: Readonly<Record<string, number>>): StoredEvent[] {
  return moves.flatMap(({ instance, from, to, started, arrived, finished, request }, index) => {
    const line = (type: string, host: string, at: number, fields = {}): StoredEvent => ({
      ...{ type, host, fields, instance, requestId: request, at: at + (ahead[host] ?? 0) },
      ...{ level: 'INFO', logger: null, pid: null, text: type, source: HOSTS.indexOf(host) + 1 },
      ref: { path: `${host}/nova-compute.log`, line: 1, offset: index * 10 + (type === 'finished' ? 2 : 1) },
    });
    return [
      line('post-migration-started', from, started),
      line('post-migration-at-destination', to, arrived),
      line('finished', from, finished, { destination: to }),
    ];
  });
}

function move(at: number, more: Partial<Move> = {}): Move {
  const times = { started: at, arrived: at + 500, finished: at + 2000 };
  return { instance: 'vm', from: 'a', to: 'b', request: null, ...times, ...more };
}

const HOUR = 3_600_000;

describe('the offset that hand-overs tell', () => {
  test('of one: between what the order of its lines allows, with these lines', () => {
    const [offset, ...more] = clockOffsets(linesOf([move(0)], { b: 3000 }), HOSTS);
    expect(more).toEqual([]);
    expect(offset).toMatchObject({ from: 'a', to: 'b', least_ms: 1500, most_ms: 3500, pairs: 1, agrees: true });
    expect(offset?.evidence.map(({ type }) => type)).toEqual([
      'post-migration-started',
      'post-migration-at-destination',
      'finished',
    ]);
  });

  test('of both directions together', () => {
    const back = move(HOUR, { from: 'b', to: 'a', arrived: HOUR + 1900 });
    const [offset] = clockOffsets(linesOf([move(0), back], { b: 3000 }), HOSTS);
    expect(offset).toMatchObject({ from: 'a', to: 'b', least_ms: 1500, most_ms: 3100, pairs: 2 });
  });

  test('told either way round', () => {
    const offsets = clockOffsets(linesOf([move(0)], { b: 3000 }), HOSTS);
    expect(offsetBetween(offsets, 'b', 'a')).toMatchObject({ from: 'b', to: 'a', least_ms: -3500, most_ms: -1500 });
    expect(offsetBetween(offsets, 'a', 'c')).toBeNull();
  });

  test('over hours: the k-th arrival is of the k-th departure', () => {
    const moves = [move(0), move(4 * HOUR), move(6 * HOUR)];
    expect(clockOffsets(linesOf(moves, { b: 4 * HOUR }), HOSTS)).toMatchObject([
      { least_ms: 4 * HOUR - 1500, most_ms: 4 * HOUR + 500 },
    ]);
  });

  test('one arrival is lost: the request tells, else only what is near counts', () => {
    const named = [move(0, { request: 'req-1' }), move(4 * HOUR, { request: 'req-2' })];
    const without = (moves: readonly Move[], ahead: number) =>
      clockOffsets(
        linesOf(moves, { b: ahead }).filter((line, index) => index !== 1 || line.host !== 'b'),
        HOSTS,
      );
    expect(without(named, 4 * HOUR)).toMatchObject([{ least_ms: 4 * HOUR - 1500, pairs: 1 }]);
    const nameless = named.map((each) => ({ ...each, request: null }));
    expect(without(nameless, 1000)).toMatchObject([{ least_ms: -500, most_ms: 1500, pairs: 1 }]);
    expect(without(nameless, 150_000)).toEqual([]);
  });

  test('a clock that is set in between: the bounds of all, and the lines of the two that contradict each other most', () => {
    const lines = [...linesOf([move(0)], {}), ...linesOf([move(HOUR, { instance: 'other' })], { b: -90_000 })];
    expect(clockOffsets(lines, HOSTS)).toMatchObject([
      { least_ms: -91_500, most_ms: 500, pairs: 2, agrees: false, evidence: { length: 6 } },
    ]);
  });

  test('guesses that contradict each other tell nothing', () => {
    const moves = [move(0), move(HOUR), move(2 * HOUR)];
    const lines = linesOf(moves, {}).filter(({ at, host }) => host === 'a' || (at ?? 0) < 2 * HOUR);
    const set = lines.map((line) =>
      line.host === 'b' && (line.at ?? 0) > HOUR ? { ...line, at: (line.at ?? 0) - 60_000 } : line,
    );
    expect(clockOffsets(set, HOSTS)).toEqual([]);
  });

  test.each<[string, (lines: StoredEvent[]) => StoredEvent[]]>([
    [
      'the source gave up waiting',
      (lines) =>
        lines.map((line) =>
          line.type === 'post-migration-started' ? { ...line, type: 'post-migration-failed' } : line,
        ),
    ],
    ['no arrival', (lines) => lines.filter(({ host }) => host === 'a')],
    ['no end', (lines) => lines.filter(({ type }) => type !== 'finished')],
    ['lines without time', (lines) => lines.map((line) => ({ ...line, at: null }))],
    [
      'both hosts in one log',
      (lines) =>
        lines.map((line) => ({ ...line, host: 'a', fields: line.type === 'finished' ? { destination: 'a' } : {} })),
    ],
  ])('%s: nothing', (_what, change) => {
    expect(clockOffsets(change(linesOf([move(0)], {})), HOSTS)).toEqual([]);
  });

  test('the destination by another of its names', () => {
    const lines = linesOf([move(0)], {}).map((line) =>
      line.type === 'finished' ? { ...line, fields: { destination: 'b.example.org' } } : line,
    );
    expect(clockOffsets(lines, HOSTS)).toMatchObject([{ from: 'a', to: 'b' }]);
  });

  test('whatever the clocks and the waits, the true offset lies within; the order of the lines does not matter', () => {
    const clock = fc.integer({ min: -14 * HOUR, max: 14 * HOUR });
    const wait = fc.integer({ min: 0, max: 60_000 });
    const leg = fc.record({
      rest: fc.integer({ min: 60_000, max: 20 * HOUR }),
      before: wait,
      after: wait,
      vm: fc.nat(3),
      to: fc.constantFrom('b', 'c'),
    });
    fc.assert(
      fc.property(
        fc.record({ a: clock, b: clock, c: clock }),
        fc.array(leg, { minLength: 1, maxLength: 12 }),
        fc.integer(),
        (ahead, legs, seed) => {
          let now = 0;
          const moves = legs.map(({ rest, before, after, vm, to }): Move => {
            now += rest;
            const instance = `vm-${vm}`;
            return {
              instance,
              from: 'a',
              to,
              started: now,
              arrived: now + before,
              finished: now + before + after,
              request: null,
            };
          });
          const lines = linesOf(moves, ahead);
          const offsets = clockOffsets(lines, HOSTS);
          expect(offsets.map(({ to }) => to)).toEqual([...new Set(legs.map(({ to }) => to))].sort());
          for (const { from, to, least_ms, most_ms, agrees } of offsets) {
            const truth = ahead[to as 'b'] - ahead[from as 'a'];
            expect([agrees, least_ms <= truth, truth <= most_ms]).toEqual([true, true, true]);
          }
          const mixed = lines
            .map((line, index) => ({ line, key: Math.imul(index + 1, seed | 1) }))
            .sort((x, y) => x.key - y.key);
          expect(
            clockOffsets(
              mixed.map(({ line }) => line),
              HOSTS,
            ),
          ).toEqual(offsets);
        },
      ),
    );
  });
});

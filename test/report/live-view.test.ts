import { expect, test } from 'vitest';
import type { Migration, Settings, StoredEvent } from '../../src/model.ts';
import { MIB } from '../../src/numbers.ts';
import { type LiveRow, liveLines, liveRow } from '../../src/report/live-view.ts';

const ROW: LiveRow = {
  id: '07b5842b-20180702T140100',
  instance: '07b5842b-6324-4de0-973e-6d0ff18ef574',
  sourceHost: 'compute-0',
  destinationHost: 'compute-1',
  outcome: 'running',
  told_s: 60,
  done: 0.5,
  remaining_bytes: 2048 * MIB,
  wire_bytes_s: 112 * MIB,
  timeout_s: 180,
  timeoutDeclared: true,
};
const SIZE = { columns: 80, rows: 24 };
const linesFor = (row: Partial<LiveRow>, since_s = 0, size = SIZE) =>
  liveLines([{ row: { ...ROW, ...row }, since_s }], size);

test('a migration takes two lines of 80 columns', () => {
  expect(linesFor({})).toEqual([
    '-- 1 migration running --------------------------------------------------------',
    '07b5842b-20180702T140100  compute-0 -> compute-1  1:00',
    '  [########........]  50 %  2.0 GiB left  112 MiB/s  timeout in 2:00',
  ]);
});

test('of 40 columns as many as it needs', () => {
  expect(linesFor({}, 0, { columns: 40, rows: 24 })).toEqual([
    '-- 1 migration running ----------------',
    '07b5842b-20180702T140100',
    'compute-0 -> compute-1  1:00',
    '  [###...]  50 %  2.0 GiB left',
    '  112 MiB/s  timeout in 2:00',
  ]);
});

test.each<[says: string, row: Partial<LiveRow>, since_s: number]>([
  ['1:07', {}, 7.9],
  ['1:01:00', { told_s: 3660 }, 0],
  ['timeout in 1:50', {}, 10],
  ['timeout passed 0:20 ago', {}, 140],
  ['timeout in 2:00 (assumed)', { timeoutDeclared: false }, 0],
  ['no timeout', { timeout_s: 0 }, 0],
  ['timeout unknown', { timeout_s: null }, 0],
  ['  ?  ', { told_s: null, sourceHost: null, destinationHost: null }, 0],
  ['[................]   ? %  no figures yet', { done: null, remaining_bytes: null, wire_bytes_s: null }, 0],
  ['[###############.]  99 %  41 MiB left', { done: 0.999, remaining_bytes: 41 * MIB }, 0],
])('%s', (says, row, since_s) => {
  expect(linesFor(row, since_s).join('  \n  ')).toContain(says);
});

test('what is near its deadline and what is past it is painted, and nothing else is', () => {
  const mark = (name: string) => (text: string) => `<${name} ${text}>`;
  const paint = { bold: mark('b'), dim: mark('d'), red: mark('r'), green: mark('g'), yellow: mark('y') };
  const painted = (since_s: number) => liveLines([{ row: ROW, since_s }], SIZE, paint).at(-1);
  expect(painted(0)).not.toContain('<');
  expect(painted(91)).toContain('<y timeout in 0:29>');
  expect(painted(121)).toContain('<r timeout passed 0:01 ago>');
});

test('no line is as long as the terminal is wide, and the view leaves room above', () => {
  const many = Array.from({ length: 50 }, (_, at) => ({
    row: { ...ROW, id: `${at}`.repeat(60), sourceHost: 'x\n\x1b[2Jy' },
    since_s: at,
  }));
  for (const columns of [1, 5, 20, 40, 80, 200]) {
    for (const rows of [1, 10, 24, 60]) {
      const lines = liveLines(many, { columns, rows });
      for (const line of lines) expect(line.length, line).toBeLessThan(columns);
      expect(lines.length).toBeLessThan(rows);
      expect(lines.join('')).not.toContain('\x1b');
    }
  }
  const lines = liveLines(many, SIZE);
  expect(lines.length).toBeLessThan(SIZE.rows * 0.7);
  const shown = lines.filter((line) => line.includes('[#')).length;
  expect(lines.at(-1)).toBe(`and ${50 - shown} more`);
});

test('nothing runs: nothing is shown', () => {
  expect(liveLines([], SIZE)).toEqual([]);
});

function progress(at: number, processed: number, remaining: number, total = 4096): StoredEvent {
  const fields = {
    memory_processed: processed * MIB,
    memory_remaining: remaining * MIB,
    memory_total: total * MIB,
  };
  return { type: 'progress', at, fields } as unknown as StoredEvent;
}

const figuresOf = (timeline: readonly StoredEvent[]) => {
  const migration = { ...ROW, startedAt: 1000, timeline } as unknown as Migration;
  return liveRow(migration, { timeout_s: { value: 180, declared: true } } as Settings);
};

test('figures are those of the last progress lines', () => {
  const lines = [progress(1000, 0, 0, 0), progress(2000, 100, 3000), progress(12_000, 1100, 1024)];
  expect(figuresOf(lines)).toEqual({
    ...ROW,
    told_s: 11,
    done: 0.75,
    remaining_bytes: 1024 * MIB,
    wire_bytes_s: 100 * MIB,
  });
});

test.each<[string, StoredEvent[], Partial<LiveRow>]>([
  ['no line', [], { told_s: null, done: null, wire_bytes_s: null }],
  ['a job in setup', [progress(1000, 0, 0, 0)], { told_s: 0, done: null, wire_bytes_s: null }],
  ['one line', [progress(2000, 100, 4096)], { done: 0, wire_bytes_s: null }],
  ['a clock that went back', [progress(5000, 100, 900), progress(2000, 200, 800)], { told_s: 4, wire_bytes_s: null }],
  ['counters that begin anew', [progress(2000, 900, 100), progress(3000, 0, 4096)], { wire_bytes_s: null }],
  ['more remaining than memory', [progress(2000, 100, 9000)], { done: 0 }],
])('%s', (_, timeline, expected) => {
  expect(figuresOf(timeline)).toMatchObject(expected);
});

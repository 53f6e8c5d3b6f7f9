import { expect, test } from 'vitest';
import { tableLines } from '../../src/report/table.ts';

const COLUMNS = ['rule', 'fail', 'rate'];
const ROWS = [
  ['downtime-over-limit', 2, 0.5],
  ['a\tb\x1b[2J', null, 12n],
];

test('columns stand below each other', () => {
  const table = [
    'rule                 fail  rate',
    '-------------------  ----  -----',
    'downtime-over-limit  2     0.500',
    'a b [2J              -     12',
  ];
  expect(tableLines(COLUMNS, ROWS)).toEqual(table);
  expect(tableLines(COLUMNS, ROWS, 32)).toEqual(table);
});

test('where the terminal is narrower, rows stand below each other', () => {
  expect(tableLines(COLUMNS, ROWS, 22)).toEqual([
    '-- 1 of 2 --',
    'rule  downtime-over-l…',
    'fail  2',
    'rate  0.500',
    '-- 2 of 2 --',
    'rule  a b [2J',
    'fail  -',
    'rate  12',
  ]);
});

test('a cell of a table is cut, of a record as the terminal is wide', () => {
  const long = 'x'.repeat(100);
  expect(tableLines(['why'], [[long]])[2]).toBe(`${'x'.repeat(59)}…`);
  expect(tableLines(['why'], [[long]], 50)[1]).toHaveLength(50);
});

test('no row: the names of the columns', () => {
  expect(tableLines(COLUMNS, [], 5)).toEqual(['rule  fail  rate', '----  ----  ----']);
});

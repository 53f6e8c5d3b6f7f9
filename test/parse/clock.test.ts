import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import type { LocalTime } from '../../src/model.ts';
import { Clock, foldHours } from '../../src/parse/clock.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('instants printed and read back', () => {
  // Beyond its half hour of overlap, Lord Howe's clocks cannot be told apart.
  test.each([
    ['America/Toronto', 30],
    ['Europe/London', 30],
    ['Australia/Lord_Howe', 28],
    ['Asia/Kolkata', 30],
  ])('%s', (zone, most) => {
    const nights = folds(zone);
    const start = fc.oneof(
      fc.integer({ min: Date.UTC(2010, 0, 1), max: Date.UTC(2030, 0, 1) }),
      ...nights.map((night) => fc.integer({ min: night - 20 * HOUR, max: night + 2 * HOUR })),
    );
    const steps = fc.array(fc.integer({ min: 0, max: most * MINUTE }), { maxLength: 150 });
    fc.assert(
      fc.property(start, steps, (first, gaps) => {
        const clock = new Clock({ zone });
        let instant = first;
        // The first instant is given by its epoch: nothing went before it that could tell which of two equal hours it is.
        expect(clock.at({ epoch_ms: instant })).toBe(instant);
        for (const gap of gaps) {
          instant += gap;
          expect(clock.at(printed(instant, zone))).toBe(instant);
        }
      }),
      { numRuns: 300 },
    );
  });
});

test.each([
  ['a time', '2024-05-01 09:00:07.923', 'America/Toronto', Date.UTC(2024, 4, 1, 13, 0, 7, 923)],
  ['a fixed zone', '2024-05-01 09:00:07.923', 'UTC+3', Date.UTC(2024, 4, 1, 6, 0, 7, 923)],
  ['a fixed zone with minutes', '2024-05-01 09:00:07.923', '+05:30', Date.UTC(2024, 4, 1, 3, 30, 7, 923)],
  ['no zone known', '2024-05-01 09:00:07.923', null, Date.UTC(2024, 4, 1, 9, 0, 7, 923)],
  ['a skipped hour', '2024-03-10 02:30:00.000', 'America/Toronto', Date.UTC(2024, 2, 10, 7, 30)],
  ['the first of two hours', '2023-11-05 01:30:00.000', 'America/Toronto', Date.UTC(2023, 10, 5, 5, 30)],
  ['no such day', '2023-02-29 01:30:00.000', 'America/Toronto', null],
  ['no such month', '2023-13-01 01:30:00.000', 'UTC', null],
])('%s', (_name, text, zone, expected) => {
  expect(new Clock({ zone }).at(local(text))).toBe(expected);
});

test('a printed zone and an epoch need nothing known', () => {
  const clock = new Clock({ zone: 'Asia/Kolkata' });
  expect(clock.at({ ...local('2024-05-01 09:00:00.000'), zone_minutes: -240 })).toBe(Date.UTC(2024, 4, 1, 13));
  expect(clock.at({ epoch_ms: 5 })).toBe(5);
  expect(clock.at({ epoch_ms: Number.NaN })).toBeNull();
  expect(clock.at(null)).toBeNull();
});

test('lines slightly out of order stay in the second of two equal hours', () => {
  const clock = new Clock({ zone: 'America/Toronto' });
  clock.at(local('2023-11-05 01:59:59.000'));
  const second = clock.at(local('2023-11-05 01:00:05.000'));
  expect(second).toBe(Date.UTC(2023, 10, 5, 6, 0, 5));
  expect(clock.at(local('2023-11-05 01:00:04.900'))).toBe(Date.UTC(2023, 10, 5, 6, 0, 4, 900));
});

describe('offsets learnt from epochs in the lines', () => {
  test('the difference to the nearest quarter of an hour', () => {
    const clock = new Clock({ zone: null });
    const line = local('2015-10-29 10:53:12.579');
    expect(clock.offsetKnown).toBe(false);
    clock.learn(line, 1446130392.58);
    expect(clock.offsetKnown).toBe(true);
    expect(clock.at(line)).toBe(1446130392579);
    clock.learn(local('2015-11-01 10:00:00.000'), Date.UTC(2015, 10, 1, 15) / 1000);
    expect(clock.at(local('2015-11-01 10:00:00.000'))).toBe(Date.UTC(2015, 10, 1, 15));
  });

  test.each([
    ['more than a minute off', Date.UTC(2015, 9, 29, 14, 55) / 1000],
    ['more than 14 hours away', Date.UTC(2015, 9, 30, 10, 53, 12) / 1000],
    ['not a number', Number.NaN],
  ])('ignored: %s', (_name, epoch) => {
    const clock = new Clock({ zone: null });
    clock.learn(local('2015-10-29 10:53:12.579'), epoch);
    expect(clock.offsetKnown).toBe(false);
  });

  test('a known zone is kept, but the epoch tells which of two equal hours it is', () => {
    const clock = new Clock({ zone: 'America/Toronto' });
    clock.learn(local('2023-11-05 01:30:00.200'), Date.UTC(2023, 10, 5, 6, 30) / 1000);
    expect(clock.at(local('2023-11-05 01:30:00.200'))).toBe(Date.UTC(2023, 10, 5, 6, 30, 0, 200));
    clock.learn(local('2023-11-06 01:30:00.200'), Date.UTC(2023, 10, 6, 3, 30) / 1000);
    expect(clock.at(local('2023-11-06 01:30:00.200'))).toBe(Date.UTC(2023, 10, 6, 6, 30, 0, 200));
  });
});

describe('stamps without a year', () => {
  const december = { ...local('2000-12-31 23:59:59.000'), year: null };
  const january = { ...local('2000-01-01 00:00:01.000'), year: null };

  test('the newest year that is not after the latest time', () => {
    const clock = new Clock({ zone: 'UTC', latest: Date.UTC(2024, 0, 2) });
    expect(clock.at(december)).toBe(Date.UTC(2023, 11, 31, 23, 59, 59));
    expect(clock.at(january)).toBe(Date.UTC(2024, 0, 1, 0, 0, 1));
    expect(clock.at({ ...local('2000-02-29 00:00:00.000'), year: null })).toBe(Date.UTC(2020, 1, 29));
  });

  test('a year given, and the one after it', () => {
    const clock = new Clock({ zone: 'UTC', year: 2023 });
    expect(clock.at(december)).toBe(Date.UTC(2023, 11, 31, 23, 59, 59));
    expect(clock.at(january)).toBe(Date.UTC(2024, 0, 1, 0, 0, 1));
    expect(clock.at({ ...january, month: 8 })).toBe(Date.UTC(2024, 7, 1, 0, 0, 1));
    expect(clock.at({ ...december, year: null })).toBe(Date.UTC(2024, 11, 31, 23, 59, 59));
    expect(clock.at(january)).toBe(Date.UTC(2025, 0, 1, 0, 0, 1));
  });

  test('nothing known', () => {
    expect(new Clock({ zone: 'UTC' }).at(january)).toBeNull();
  });
});

test.each([
  ['America/Toronto', 2022, 2024, ['2022-11-06 01:', '2023-11-05 01:', '2024-11-03 01:']],
  ['Europe/London', 2023, 2023, ['2023-10-29 01:']],
  ['Australia/Lord_Howe', 2023, 2023, ['2023-04-02 01:']],
  ['Asia/Kolkata', 2000, 2030, []],
  ['UTC+3', 2000, 2030, []],
])('hours shown twice in %s from %i to %i', (zone, from, to, expected) => {
  expect(foldHours(zone, from, to)).toEqual(expected);
});

test.each(['Mars/Olympus', '', 'local', 'system', 'UTC+', 'EST5EDT6XYZ'])('%j is no zone', (zone) => {
  expect(() => new Clock({ zone })).toThrow(RangeError);
  expect(() => foldHours(zone, 2023, 2023)).toThrow(JSON.stringify(zone));
});

test('any numbers give a time or null', () => {
  const number = fc.integer({ min: -100, max: 10_000 });
  const stamp = fc.record({
    year: fc.option(number),
    month: number,
    day: number,
    hour: number,
    minute: number,
    second: number,
    ms: number,
  });
  fc.assert(
    fc.property(stamp, fc.double(), (parts, epoch) => {
      const clock = new Clock({ zone: 'Australia/Lord_Howe', latest: Date.UTC(2024, 0, 1) });
      clock.learn({ ...parts, zone_minutes: null }, epoch);
      const at = clock.at({ ...parts, zone_minutes: null });
      expect(at === null || Number.isFinite(at)).toBe(true);
    }),
  );
});

function printed(instant: number, zone: string): LocalTime {
  const { year, month, day, hour, minute, second, millisecond } = DateTime.fromMillis(instant, { zone });
  return { year, month, day, hour, minute, second, ms: millisecond, zone_minutes: null };
}

function local(text: string): LocalTime {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, ms = 0] = text.split(/[^0-9]/).map(Number);
  return { year, month, day, hour, minute, second, ms, zone_minutes: null };
}

function folds(zone: string): number[] {
  return foldHours(zone, 2010, 2029).map((hour) =>
    DateTime.fromISO(`${hour.replace(' ', 'T')}30`, { zone }).toMillis(),
  );
}

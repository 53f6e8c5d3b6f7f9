import { expect, test } from 'vitest';
import { barOn } from '../../src/commands/progress-bar.ts';
import { MIB } from '../../src/numbers.ts';
import { logOf, uuid } from '../sample-log.ts';
import { novatrail, scratch } from '../scratch.ts';

/** What a bar wrote, `[ms, path, MiB reached]` each; without what wipes the row before. */
function drawn(
  shows: readonly (readonly [number, string, number])[],
  total_mib: number | null,
  columns = 80,
): string[] {
  const rows: string[] = [];
  let now = 0;
  const write = (text: string) => rows.push(text.replace('\r\x1b[K', ''));
  const total = total_mib === null ? null : total_mib * MIB;
  const bar = barOn({ write, columns: () => columns }, total, () => now);
  for (const [ms, path, mib] of shows) {
    now = ms;
    bar.show(path, mib * MIB);
  }
  bar.done();
  return rows;
}

test('share of all files, rate, time left at that rate, and the file', () => {
  const shows = [
    [0, 'a.log', 0],
    [1000, 'a.log', 100],
    [1000, 'b.log', 0],
    [2000, 'b.log', 300],
  ] as const;
  expect(drawn(shows, 1000)).toEqual([
    '[##......................]  10 %  100 MiB/s  0:09 left  a.log',
    '[#########...............]  40 %  200 MiB/s  0:03 left  b.log',
    '',
  ]);
});

test('what was read another time counts as read, not for the rate', () => {
  const shows = [
    [0, 'a.log', 900],
    [2000, 'a.log', 950],
  ] as const;
  expect(drawn(shows, 1000)[0]).toBe('[######################..]  95 %  25 MiB/s  0:02 left  a.log');
});

test('where nobody knows how much there is, how much was read', () => {
  const shows = [
    [0, '-', 0],
    [1000, '-', 64],
  ] as const;
  expect(drawn(shows, null)).toEqual(['64 MiB  64 MiB/s  -', '']);
});

test('files that grow or are empty do not confuse it', () => {
  const grown = [
    [0, 'a.log', 0],
    [1000, 'a.log', 30],
  ] as const;
  expect(drawn(grown, 20)[0]).toBe('[########################] 100 %  30 MiB/s  0:00 left  a.log');
  expect(drawn([[1000, 'a.log', 0]], 0)[0]).toBe('[........................]   0 %  0 MiB/s  a.log');
});

test('it comes after half a second, ten times a second, in one row of any terminal', () => {
  const many = Array.from({ length: 2000 }, (_, ms) => [ms, `logs/${'x'.repeat(100)}/end.log`, ms] as const);
  for (const columns of [10, 40, 60, 80, 200]) {
    const rows = drawn(many, 4000, columns);
    expect(rows.length).toBe(16);
    for (const row of rows) expect(row.length).toBeLessThan(columns);
  }
  expect(drawn(many, 4000)[0]).toMatch(/x\/end\.log$/);
  expect(drawn(many.slice(0, 500), 4000)).toEqual([]);
});

test('into a pipe there is none', () => {
  const folder = scratch({ 'a.log': logOf([{ instance: uuid(1), request: 'req-1', from: 60, lasts: 30 }]) });
  expect(novatrail(folder, ['ingest', 'a.log'])).toMatchObject({ code: 0, stderr: '' });
});

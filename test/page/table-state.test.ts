import fc from 'fast-check';
import { expect, test } from 'vitest';
import { routeOf } from '../../src/page/route.ts';
import { chosenRows, orderedBy, stateFrom } from '../../src/page/table-state.ts';
import type { PageRow } from '../../src/report/page-shapes.ts';
import { hostPlace, migrationPlace, migrationsPlace } from '../../src/report/views/places.ts';
import { COLUMNS } from '../../src/report/views/rows.ts';

const row = (id: string, of: Partial<PageRow> = {}): PageRow => ({
  id,
  instance: `${id}-instance`,
  source_host: 'compute-0',
  destination_host: 'compute-1',
  test: null,
  outcome: 'completed',
  started_at: null,
  duration_s: null,
  failing: [],
  severity: null,
  waived: 0,
  undecided: 0,
  ...of,
});

const rows = [
  row('a', {
    outcome: 'timed-out',
    failing: ['timeout-late'],
    severity: 'error',
    started_at: '2024-05-01T10:00:00.000Z',
  }),
  row('b', { undecided: 3, duration_s: 9, started_at: '2024-05-01T09:00:00.000Z' }),
  row('c', { source_host: 'compute-9', duration_s: 30, failing: ['clock'], severity: 'warning' }),
];

test.each([
  ['', 'cba'],
  ['q=timeout+compute-0', 'a'],
  ['q=B-INST', 'b'],
  ['outcome=completed', 'cb'],
  ['verdict=failed', 'ca'],
  ['verdict=open', 'b'],
  ['verdict=passed', ''],
  ['rule=clock', 'c'],
  ['host=compute-9', 'c'],
  ['host=compute-1&outcome=timed-out', 'a'],
])('the filter %j lets through %j', (query, ids) => {
  const chosen = chosenRows(rows, stateFrom(new URLSearchParams(query)));
  expect(chosen.map(({ id }) => id).join('')).toBe(ids);
});

test('a column orders the rows, chosen again the other way round; the gravest stand first', () => {
  const ids = (by: Parameters<typeof orderedBy>[1], times: number) => {
    let state = stateFrom(new URLSearchParams());
    for (let time = 0; time < times; time += 1) state = orderedBy(state, by);
    return chosenRows(rows, state)
      .map(({ id }) => id)
      .join('');
  };
  expect(ids('duration', 1)).toBe('abc');
  expect(ids('duration', 2)).toBe('cba');
  expect(ids('verdict', 1)).toBe('acb');
});

test('ordering neither loses nor adds a row', () => {
  const some = fc.array(fc.record({ id: fc.string(), duration_s: fc.option(fc.double({ noNaN: true })) }));
  fc.assert(
    fc.property(some, fc.constantFrom(...COLUMNS.map(([column]) => column)), (parts, column) => {
      const all = parts.map(({ id, duration_s }) => row(id, { duration_s }));
      const ordered = chosenRows(all, orderedBy(stateFrom(new URLSearchParams()), column));
      expect(new Set(ordered)).toEqual(new Set(all));
      expect(ordered).toHaveLength(all.length);
    }),
  );
});

test('an address leads to the page that a link means, whatever the name', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (name) => {
      expect(routeOf(migrationPlace(name))).toMatchObject({ page: 'migration', name });
      expect(routeOf(hostPlace(name))).toMatchObject({ page: 'host', name });
      expect(routeOf(migrationsPlace({ q: name })).query.get('q')).toBe(name);
    }),
  );
  expect(routeOf(migrationPlace('a', 7)).query.get('line')).toBe('7');
  expect(routeOf('#/host/100%')).toMatchObject({ page: 'host', name: '100%' });
  expect(routeOf('#certificate')).toMatchObject({ page: 'front', anchor: 'certificate' });
  expect(routeOf('#/nothing')).toMatchObject({ page: 'front', anchor: null });
});

import type { PageRow } from '../report/page-shapes.ts';
import type { Column, Order } from '../report/views/rows.ts';

/** What a table of migrations shows. */
export interface TableState {
  readonly filter: Readonly<Record<FilterName, string>>;
  readonly order: Order;
  /** From 0. */
  readonly page: number;
}

export type FilterName = 'q' | 'outcome' | 'verdict' | 'rule' | 'host';

export const FILTER_NAMES: readonly FilterName[] = ['q', 'outcome', 'verdict', 'rule', 'host'];

/** A table before anybody touched it, with the filter that an address gives. */
export function stateFrom(query: URLSearchParams): TableState {
  const filter = Object.fromEntries(FILTER_NAMES.map((name) => [name, query.get(name) ?? ''])) as TableState['filter'];
  return { filter, order: { by: 'started', descending: false }, page: 0 };
}

/** The rows that the filter lets through, in order. */
export function chosenRows(rows: readonly PageRow[], { filter, order }: TableState): PageRow[] {
  const words = filter.q.toLowerCase().split(/\s+/).filter(Boolean);
  const chosen = rows.filter((row) => isChosen(row, filter) && words.every((word) => textOf(row).includes(word)));
  const sign = order.descending ? -1 : 1;
  const key = KEYS[order.by];
  return chosen
    .map((row) => ({ row, key: key(row) }))
    .sort((a, b) => (a.key < b.key ? -sign : a.key > b.key ? sign : 0))
    .map(({ row }) => row);
}

/** The other way round, where it is ordered by this column already. */
export function orderedBy({ order, ...state }: TableState, by: Column): TableState {
  return { ...state, page: 0, order: { by, descending: order.by === by && !order.descending } };
}

function isChosen(row: PageRow, { outcome, verdict, rule, host }: TableState['filter']): boolean {
  return (
    (outcome === '' || row.outcome === outcome) &&
    (verdict === '' || verdictOf(row) === verdict) &&
    (rule === '' || row.failing.includes(rule)) &&
    (host === '' || row.source_host === host || row.destination_host === host)
  );
}

function verdictOf({ severity, undecided }: PageRow): string {
  return severity !== null ? 'failed' : undecided > 0 ? 'open' : 'passed';
}

function textOf({ id, instance, source_host, destination_host, test, outcome, failing }: PageRow): string {
  return [id, instance, source_host, destination_host, test, outcome, ...failing].join(' ').toLowerCase();
}

const GRAVITY: readonly (string | null)[] = ['error', 'warning', 'note', null];

const KEYS: Readonly<Record<Column, (row: PageRow) => string | number>> = {
  started: ({ started_at }) => started_at ?? '',
  migration: ({ id }) => id,
  route: ({ source_host, destination_host }) => `${source_host ?? ''} ${destination_host ?? ''}`,
  outcome: ({ outcome }) => outcome,
  duration: ({ duration_s }) => duration_s ?? -1,
  verdict: ({ severity, failing, undecided }) => GRAVITY.indexOf(severity) * 1e6 - failing.length * 1e3 - undecided,
};

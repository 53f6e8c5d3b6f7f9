import type { PageRow } from '../report/page-shapes.ts';
import { outcomeWords } from '../report/views/chips.ts';
import { type Choice, filterForm, pager } from '../report/views/filter.ts';
import { html } from '../report/views/html.ts';
import { type Column, rowsTable } from '../report/views/rows.ts';
import { chosenRows, FILTER_NAMES, orderedBy, type TableState } from './table-state.ts';

const ROWS_A_PAGE = 50;

/** Puts a table that can be filtered, ordered and turned over into an element. `keep`: told of every new state. */
export function mountTable(
  into: Element,
  rows: readonly PageRow[],
  state: TableState,
  keep: (state: TableState) => void,
): void {
  let now = state;
  into.innerHTML = html`${filterForm(now.filter.q, choicesOf(rows, now))}<div class="results"></div>`.html;
  const form = into.querySelector('form') as HTMLFormElement;
  const results = into.querySelector('.results') as HTMLElement;
  const show = () => showRows(results, rows, now);
  const become = (next: TableState) => {
    now = next;
    keep(now);
    show();
  };
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('input', () => {
    const given = new FormData(form);
    const filter = Object.fromEntries(FILTER_NAMES.map((name) => [name, String(given.get(name) ?? '')]));
    become({ ...now, filter: filter as TableState['filter'], page: 0 });
  });
  results.addEventListener('click', ({ target }) => {
    const button = (target as Element).closest('button');
    if (button?.dataset.order !== undefined) become(orderedBy(now, button.dataset.order as Column));
    if (button?.dataset.turn !== undefined) become({ ...now, page: now.page + Number(button.dataset.turn) });
    if (button) document.getElementById(button.id)?.focus();
  });
  show();
}

function showRows(results: HTMLElement, rows: readonly PageRow[], state: TableState): void {
  const chosen = chosenRows(rows, state);
  const from = Math.min(state.page * ROWS_A_PAGE, Math.max(0, chosen.length - 1));
  const shown = chosen.slice(from, from + ROWS_A_PAGE);
  const caption = chosen.length === rows.length ? 'All migrations' : 'Migrations that are like that';
  const parts = html`${rowsTable(shown, caption, state.order)}${pager(from, from + shown.length, chosen.length)}`;
  results.innerHTML = parts.html;
}

function choicesOf(rows: readonly PageRow[], { filter }: TableState): Choice[] {
  const sorted = (values: readonly (string | null)[]) =>
    [...new Set(values.filter((value) => value !== null))].sort().map((value) => [value, value] as const);
  const outcomes = [...new Set(rows.map(({ outcome }) => outcome))].sort();
  return [
    {
      name: 'outcome',
      label: 'Outcome',
      options: [['', 'any'], ...outcomes.map((outcome) => [outcome, outcomeWords(outcome).words] as const)],
      chosen: filter.outcome,
    },
    { name: 'verdict', label: 'Verdict', options: VERDICTS, chosen: filter.verdict },
    {
      name: 'rule',
      label: 'Broken rule',
      options: [['', 'any'], ...sorted(rows.flatMap(({ failing }) => failing))],
      chosen: filter.rule,
    },
    {
      name: 'host',
      label: 'Host',
      options: [
        ['', 'any'],
        ...sorted(rows.flatMap(({ source_host, destination_host }) => [source_host, destination_host])),
      ],
      chosen: filter.host,
    },
  ];
}

const VERDICTS = [
  ['', 'any'],
  ['failed', 'a rule is broken'],
  ['open', 'something is not decided'],
  ['passed', 'everything passed'],
] as const;

import type { PageRow } from '../page-shapes.ts';
import { outcomeChip, routeText, severityChip } from './chips.ts';
import { type Html, html, when } from './html.ts';
import { migrationPlace } from './places.ts';
import { durationText, timeText } from './words.ts';

/** Columns that the table can be ordered by. */
export const COLUMNS = [
  ['started', 'Started (UTC)'],
  ['migration', 'Migration'],
  ['route', 'From and to'],
  ['outcome', 'Outcome'],
  ['duration', 'Duration'],
  ['verdict', 'Verdict'],
] as const;

export type Column = (typeof COLUMNS)[number][0];

/** What the table is ordered by. */
export interface Order {
  readonly by: Column;
  readonly descending: boolean;
}

/** A table of migrations. `order`: with buttons to order it; null: a table that stands still. */
export function rowsTable(rows: readonly PageRow[], caption: string, order: Order | null): Html {
  return html`<table class="migrations stacked"><caption>${caption}</caption>
<thead><tr>${COLUMNS.map(([column, name]) => heading(column, name, order))}</tr></thead>
<tbody>${rows.map(rowView)}</tbody></table>`;
}

function heading(column: Column, name: string, order: Order | null): Html {
  const number = column === 'duration' ? 'number' : '';
  if (order === null) return html`<th scope="col" class="${number}">${name}</th>`;
  const sorted = order.by === column ? (order.descending ? 'descending' : 'ascending') : 'none';
  const sign = sorted === 'none' ? '↕' : sorted === 'ascending' ? '↑' : '↓';
  return html`<th scope="col" class="${number}" aria-sort="${sorted}"><button type="button" data-order="${column}" id="order-${column}">${name}<span aria-hidden="true"> ${sign}</span></button></th>`;
}

function rowView(row: PageRow): Html {
  const { id, started_at, source_host, destination_host, outcome, duration_s, test } = row;
  return html`<tr><td class="time">${timeText(started_at)}</td><th scope="row"><a href="${migrationPlace(id)}">${id}</a>${when(
    test !== null,
    () => html`<br><span class="quiet test">${test}</span>`,
  )}</th><td>${routeText(source_host, destination_host)}</td><td>${outcomeChip(outcome)}</td><td class="number">${durationText(duration_s)}</td><td>${verdictCell(row)}</td></tr>`;
}

function verdictCell({ failing, severity, undecided, waived }: PageRow): Html {
  if (severity !== null) {
    return html`${severityChip(severity)} <span class="rulenames">${failing.join(', ')}</span>`;
  }
  const left = [...(undecided > 0 ? [`${undecided} not decided`] : []), ...(waived > 0 ? [`${waived} waived`] : [])];
  return html`nothing failed${when(left.length > 0, () => html`<span class="quiet">, ${left.join(', ')}</span>`)}`;
}

import { type Html, html } from './html.ts';

/** What can be chosen from in a list. */
export interface Choice {
  readonly name: string;
  readonly label: string;
  /** Its first is for all of them. */
  readonly options: readonly (readonly [value: string, words: string])[];
  readonly chosen: string;
}

/** The form above a table: words to look for, and lists to choose from. */
export function filterForm(words: string, choices: readonly Choice[]): Html {
  return html`<form class="filter" role="search" aria-label="Migrations"><label class="wide"><span>Search</span><input type="search" name="q" value="${words}" placeholder="id, instance, host, test, rule" autocomplete="off" spellcheck="false"></label>${choices.map(choiceView)}</form>`;
}

function choiceView({ name, label, options, chosen }: Choice): Html {
  const all = options.map(([value, words]) =>
    value === chosen
      ? html`<option value="${value}" selected>${words}</option>`
      : html`<option value="${value}">${words}</option>`,
  );
  return html`<label><span>${label}</span><select name="${name}">${all}</select></label>`;
}

/** Which rows are shown, with buttons to the ones before and after. */
export function pager(from: number, to: number, total: number): Html {
  const off = (condition: boolean) => (condition ? html` disabled` : null);
  return html`<nav class="pager" aria-label="Rows"><p role="status">${total === 0 ? 'No migration is like that.' : `${from + 1} to ${to} of ${total}`}</p><button type="button" data-turn="-1" id="turn-back"${off(from === 0)}>Earlier rows</button><button type="button" data-turn="1" id="turn-on"${off(to >= total)}>Later rows</button></nav>`;
}

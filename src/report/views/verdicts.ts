import type { RuleMeta } from '../../judgement.ts';
import type { Status } from '../../model.ts';
import type { PageDetail, PageVerdict } from '../page-shapes.ts';
import { plural } from '../plural.ts';
import { severityChip, statusChip } from './chips.ts';
import { lineWithContext } from './evidence.ts';
import { type Html, html, when } from './html.ts';

/** How many verdicts came out how, in words. */
export function verdictCounts(verdicts: readonly PageVerdict[]): Html {
  const failing = verdicts.filter(isFailing).length;
  const count = (status: Status) => verdicts.filter((verdict) => verdict.status === status).length;
  const head = failing === 0 ? html`no rule broken` : html`<b>${plural(failing, 'broken rule')}</b>`;
  return html`<span>${head}<span class="quiet">, ${count('inconclusive')} not decided, ${count('pass')} passed</span></span>`;
}

/** The verdicts: what failed in the open, the rest folded up by its status. */
export function verdictsSection({ verdicts, lines }: PageDetail, rules: readonly RuleMeta[]): Html {
  const failing = verdicts.filter(isFailing);
  const groups: readonly (readonly [string, readonly PageVerdict[]])[] = [
    ['waived', verdicts.filter(({ waived, status }) => status === 'fail' && waived !== null)],
    ['not decided', verdicts.filter(({ status }) => status === 'inconclusive')],
    ['passed', verdicts.filter(({ status }) => status === 'pass')],
    ['not applicable', verdicts.filter(({ status }) => status === 'not-applicable')],
  ];
  const list = (some: readonly PageVerdict[]) =>
    html`<ul class="verdicts">${some.map((verdict) => verdictItem(verdict, lines, rules))}</ul>`;
  return html`<section aria-labelledby="verdicts-title"><h2 id="verdicts-title">Verdicts</h2>
${failing.length === 0 ? html`<p>No rule is broken.</p>` : list(failing)}
${groups.map(([name, some]) =>
  when(
    some.length > 0,
    () => html`<details class="group"><summary>${some.length} ${name}</summary>${list(some)}</details>`,
  ),
)}</section>`;
}

function isFailing({ status, waived }: PageVerdict): boolean {
  return status === 'fail' && waived === null;
}

function verdictItem(verdict: PageVerdict, lines: PageDetail['lines'], rules: readonly RuleMeta[]): Html {
  const { rule, status, severity, message, waived } = verdict;
  const meta = rules.find(({ id }) => id === rule);
  const open =
    status === 'inconclusive' && meta !== undefined ? html`<p class="quiet">To collect: ${meta.collect}.</p>` : null;
  return html`<li><p class="head">${isFailing(verdict) ? severityChip(severity) : statusChip(status, waived)} <code>${rule}</code> <span class="quiet">${meta?.title ?? ''}</span></p>
<p>${message}${when(waived !== null, () => html` <em>Waived: ${waived}</em>`)}</p>${open}${when(isFailing(verdict) && meta !== undefined, () => html`<p class="quiet">${meta?.why ?? ''}</p>`)}${proof(verdict, lines)}</li>`;
}

/** The lines of a failure are shown at once, those of the others behind their number. */
function proof(verdict: PageVerdict, lines: PageDetail['lines']): Html | null {
  if (verdict.lines.length === 0) return null;
  const shown = verdict.lines.map((place) => lineWithContext(lines, place));
  if (isFailing(verdict)) return html`<div class="proof">${shown}</div>`;
  return html`<details class="proof"><summary>${verdict.lines.length === 1 ? 'the line' : `${verdict.lines.length} lines`}</summary>${shown}</details>`;
}

import type { PageFinding } from '../page-shapes.ts';
import { severityChip, statusChip } from './chips.ts';
import { evidenceList } from './evidence.ts';
import { type Html, html, when } from './html.ts';

/** Verdicts on what is no migration: those that failed in the open, the others folded up; nothing where there are none. */
export function findingsView(title: string, findings: readonly PageFinding[]): Html | null {
  const told = findings.filter(({ status }) => status !== 'not-applicable');
  if (told.length === 0) return null;
  const failing = told.filter(({ status, waived }) => status === 'fail' && waived === null);
  const rest = told.filter((finding) => !failing.includes(finding));
  return html`<section id="findings" aria-labelledby="findings-title" tabindex="-1"><h2 id="findings-title">${title}</h2>
${failing.length === 0 ? html`<p class="quiet">Nothing failed.</p>` : findingList(failing)}
${when(rest.length > 0, () => html`<details><summary>${rest.length} that passed, were waived or could not be decided</summary>${findingList(rest)}</details>`)}</section>`;
}

/** Findings one below the other. */
export function findingList(findings: readonly PageFinding[]): Html {
  return html`<ul class="verdicts">${findings.map(findingItem)}</ul>`;
}

function findingItem(finding: PageFinding): Html {
  const { rule, status, severity, message, waived } = finding;
  const failed = status === 'fail' && waived === null;
  return html`<li><p class="head">${failed ? severityChip(severity) : statusChip(status, waived)} <code>${rule}</code></p><p>${message}${when(waived !== null, () => html` <em>Waived: ${waived}</em>`)}</p>${evidenceList(finding)}</li>`;
}

import type { TestResult } from '../certification.ts';
import type { Report } from '../judgement.ts';
import { countsOf, STATUS_WORDS } from './certificate.ts';
import { escapeHtml } from './escape.ts';

const CLASS: Readonly<Record<TestResult['status'], string>> = {
  pass: 'pass',
  fail: 'fail',
  inconclusive: 'inconclusive',
  manual: 'inconclusive',
  'not-run': 'inconclusive',
};

/** The certificate of a campaign as a part of the page; empty without tests. */
export function certificateHtml({ tests, uncovered }: Report): string {
  if (tests.length === 0) return '';
  const open = uncovered.map(
    ({ id, text, untested }) =>
      `<li>${escapeHtml(`${id} ${text}${untested ? ' (the plan has no test for it)' : ''}`)}</li>`,
  );
  const rest =
    open.length === 0
      ? ''
      : `<details><summary>${open.length} statements of the plan that nothing here decides</summary><ul>${open.join('')}</ul></details>`;
  return `<h2>Certificate</h2>
<p>${escapeHtml(countsOf(tests))}</p>
<div class="scroll"><table><tr><th>test</th><th>result</th><th>why</th></tr>${tests.map(rowHtml).join('\n')}</table></div>
${rest}`;
}

function rowHtml({ id, plan, section, title, status, migrations, reasons, evidence, missing }: TestResult): string {
  const named = title === null ? '' : `<b>${escapeHtml(`${plan} ${section}: ${title}`)}</b><br>`;
  const by = migrations.map((each) => `<a href="#${escapeHtml(each)}">${escapeHtml(each)}</a>`).join(', ');
  const lines = evidence.map(
    ({ path, line, text }) => `<pre>${escapeHtml(`${path}:${line}`)}\n${escapeHtml(text)}</pre>`,
  );
  const proof =
    lines.length === 0 ? '' : `<details><summary>${lines.length} lines</summary>${lines.join('')}</details>`;
  const why = [
    ...(by === '' ? [] : [`by ${by}`]),
    ...reasons.map(escapeHtml),
    ...(missing === null ? [] : [`collect: ${escapeHtml(missing)}`]),
  ];
  return `<tr><td>${named}<code>${escapeHtml(id)}</code></td><td class="${CLASS[status]}">${escapeHtml(STATUS_WORDS[status])}</td><td>${why.join('<br>')}${proof}</td></tr>`;
}

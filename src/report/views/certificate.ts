import type { PageCertificate, PageTest } from '../page-shapes.ts';
import { testChip } from './chips.ts';
import { evidenceList } from './evidence.ts';
import { type Html, html, when } from './html.ts';
import { migrationPlace } from './places.ts';

/** The certificate of a campaign: each test with what decided it, by the sections of its plan. */
export function certificateView({ tests, uncovered }: PageCertificate): Html {
  const groups = [...Map.groupBy(tests, ({ plan }) => plan ?? 'Tests of the campaign')];
  return html`<section id="certificate" aria-labelledby="certificate-title" tabindex="-1"><h2 id="certificate-title">Certificate</h2>
${groups.map(([plan, members]) => planTable(plan, members))}
${when(
  uncovered.length > 0,
  () =>
    html`<details><summary>${uncovered.length} statements of the plan that nothing here decides</summary><ul>${uncovered.map(
      ({ id, text, untested }) => html`<li>${id} ${text}${untested ? ' (the plan has no test for it)' : ''}</li>`,
    )}</ul></details>`,
)}</section>`;
}

function planTable(plan: string, tests: readonly PageTest[]): Html {
  return html`<table class="tests stacked"><caption>${plan}</caption>
<thead><tr><th scope="col">Result</th><th scope="col">Test</th><th scope="col">Why</th></tr></thead>
<tbody>${tests.map(testRow)}</tbody></table>`;
}

function testRow(test: PageTest): Html {
  const { id, section, title, status, words, migrations, reasons, missing } = test;
  const named =
    title === null ? html`<code>${id}</code>` : html`${section} ${title}<br><code class="quiet">${id}</code>`;
  const by = migrations.map(
    (each, at) => html`${at === 0 ? 'By ' : ', '}<a href="${migrationPlace(each)}">${each}</a>`,
  );
  return html`<tr><td>${testChip(status, words)}</td><th scope="row">${named}</th><td>${when(migrations.length > 0, () => html`<p>${by}</p>`)}${reasons.map(
    (reason) => html`<p>${reason}</p>`,
  )}${when(missing !== null, () => html`<p><b>Collect:</b> ${missing}</p>`)}${evidenceList(test)}</td></tr>`;
}

import type { Severity } from '../../model.ts';
import type { PageFailing, PageFront, PageSource } from '../page-shapes.ts';
import { plural } from '../plural.ts';
import { shareBar } from './bar.ts';
import { certificateView } from './certificate.ts';
import { outcomeChip, outcomeWords, severityChip, testChip, testKind } from './chips.ts';
import { findingsView } from './findings.ts';
import { type Html, html, when } from './html.ts';
import { hostPlace, migrationsPlace } from './places.ts';
import { countText, timeText } from './words.ts';

/** The front page: what came out at one glance, then each part of it. `table`: the migrations, the first of them or with filters. */
export function frontView(front: PageFront, table: Html): Html {
  return html`<h1>${front.campaign ?? 'Live migrations'}</h1>
<p class="lead">${leadText(front)}</p>
<div class="tiles">${testsTile(front)}${migrationsTile(front)}${rulesTile(front)}</div>
${failingRules(front)}
${when(front.certificate !== null, () => certificateView(front.certificate as NonNullable<typeof front.certificate>))}
${findingsView('Settings, hosts and files', front.findings)}
<section id="migrations" aria-labelledby="migrations-title"><h2 id="migrations-title">Migrations</h2>${table}</section>
${undecided(front)}
${sourcesTable(front.sources)}`;
}

function leadText({ summary, certificate, failing_rules: failing, sources }: PageFront): string {
  const times = sources.flatMap(({ first_at, last_at }) => [first_at, last_at]).filter((at) => at !== null);
  const [first, last] = [times.toSorted()[0] ?? null, times.toSorted().at(-1) ?? null];
  const span =
    first === null ? '' : `, logs from ${timeText(first).slice(0, 16)} to ${timeText(last).slice(0, 16)} UTC`;
  const tests = certificate?.tests ?? [];
  const passed = tests.filter(({ status }) => status === 'pass').length;
  const said = tests.length === 0 ? '' : ` ${passed} of ${plural(tests.length, 'test')} passed.`;
  const broken =
    failing.length === 0
      ? 'No rule is broken.'
      : `${plural(failing.length, 'rule')} ${failing.length === 1 ? 'is' : 'are'} broken.`;
  return `${plural(summary.migrations, 'live migration')}${span}.${said} ${broken}`;
}

function tile(title: string, figure: Html, rest: Html): Html {
  return html`<section class="tile"><h2>${title}</h2><p class="figure">${figure}</p>${rest}</section>`;
}

function testsTile({ certificate }: PageFront): Html | null {
  if (certificate === null) return null;
  const { counts, tests } = certificate;
  const passed = counts.find(({ status }) => status === 'pass')?.count ?? 0;
  const bar = shareBar(counts.map(({ status, count }) => ({ kind: testKind(status), count })));
  const list = counts.map(
    ({ status, words, count }) => html`<li><a href="#certificate">${testChip(status, words)}</a> <b>${count}</b></li>`,
  );
  return tile(
    'Tests',
    html`${passed} <small>of ${tests.length} passed</small>`,
    html`${bar}<ul class="legend">${list}</ul>`,
  );
}

function migrationsTile({ outcomes, summary }: PageFront): Html {
  const bar = shareBar(outcomes.map(({ outcome, count }) => ({ kind: outcomeWords(outcome).kind, count })));
  const list = outcomes.map(
    ({ outcome, count }) =>
      html`<li><a href="${migrationsPlace({ outcome })}">${outcomeChip(outcome)}</a> <b>${countText(count)}</b></li>`,
  );
  return tile('Migrations', html`${countText(summary.migrations)}`, html`${bar}<ul class="legend">${list}</ul>`);
}

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'note'];

function rulesTile({ failing_rules: failing, summary }: PageFront): Html {
  const shares = [
    { kind: 'bad', count: summary.fail },
    { kind: 'open', count: summary.inconclusive },
    { kind: 'good', count: summary.pass },
  ];
  const list = SEVERITIES.flatMap((severity) => {
    const count = failing.filter((each) => each.severity === severity).length;
    return count === 0 ? [] : [html`<li>${severityChip(severity)} <b>${plural(count, 'rule')}</b></li>`];
  });
  const figure = html`${countText(summary.fail)} <small>failed of ${countText(summary.fail + summary.inconclusive + summary.pass)} verdicts</small>`;
  const rest = html`<li class="quiet">${countText(summary.inconclusive)} not decided, ${countText(summary.pass)} passed</li>`;
  return tile('Verdicts', figure, html`${shareBar(shares)}<ul class="legend">${list}${rest}</ul>`);
}

function failingRules({ failing_rules: failing }: PageFront): Html | null {
  if (failing.length === 0) return null;
  return html`<section aria-labelledby="rules-title"><h2 id="rules-title">Broken rules</h2>
<div class="scroll" role="region" aria-labelledby="rules-title" tabindex="0"><table class="rules stacked"><caption class="unseen">Rules that failed, the gravest and most frequent first</caption>
<thead><tr><th scope="col">Severity</th><th scope="col">Rule</th><th scope="col" class="number">Migrations</th><th scope="col" class="number">Elsewhere</th></tr></thead>
<tbody>${failing.map(failingRow)}</tbody></table></div></section>`;
}

function failingRow({ rule, title, severity, migrations, findings }: PageFailing): Html {
  const count = migrations === 0 ? html`–` : html`<a href="${migrationsPlace({ rule })}">${countText(migrations)}</a>`;
  const told = findings === 0 ? html`–` : html`<a href="#findings">${countText(findings)}</a>`;
  return html`<tr><td>${severityChip(severity)}</td><th scope="row"><code>${rule}</code> <span class="quiet">${title}</span></th><td class="number" data-label="migrations">${count}</td><td class="number" data-label="elsewhere">${told}</td></tr>`;
}

function undecided({ undecided: wants }: PageFront): Html | null {
  if (wants.length === 0) return null;
  const items = wants.map(({ collect, decides }) => {
    const rules = decides.map(({ rule, count }) => html`<li><code>${rule}</code> ×&#8239;${count}</li>`);
    return html`<li><p>${collect}</p><ul class="inline">${rules}</ul></li>`;
  });
  return html`<section aria-labelledby="collect-title"><h2 id="collect-title">What to collect next time</h2>
<p class="quiet">It would decide what could not be decided; what decides most stands first.</p><ol class="collect">${items}</ol></section>`;
}

function sourcesTable(sources: readonly PageSource[]): Html | null {
  return when(
    sources.length > 0,
    () =>
      html`<section aria-labelledby="logs-title"><h2 id="logs-title">Logs that were read</h2>${sourceRows(sources, 'logs-title')}</section>`,
  );
}

/** The logs, in a table that the heading of the given id names. */
export function sourceRows(sources: readonly PageSource[], labelledBy: string): Html {
  const rows = sources.map(
    ({ path, host, lines, events, unmatched, first_at, last_at }) =>
      html`<tr><th scope="row"><code>${path}</code></th><td>${
        host === null ? '–' : html`<a href="${hostPlace(host)}">${host}</a>`
      }</td><td class="number">${countText(lines)}</td><td class="number">${countText(events)}</td><td class="number">${countText(unmatched)}</td><td class="time">${timeText(first_at)}</td><td class="time">${timeText(last_at)}</td></tr>`,
  );
  return html`<div class="scroll" role="region" aria-labelledby="${labelledBy}" tabindex="0"><table><caption class="unseen">Logs, times in UTC</caption>
<thead><tr><th scope="col">Path</th><th scope="col">Host</th><th scope="col" class="number">Lines</th><th scope="col" class="number">Events</th><th scope="col" class="number">Not recognised</th><th scope="col">First (UTC)</th><th scope="col">Last (UTC)</th></tr></thead>
<tbody>${rows}</tbody></table></div>`;
}

import type { JudgedMigration, Report } from '../judgement.ts';
import type { Evidence, Setting, Verdict } from '../model.ts';
import { certificateHtml } from './certificate-html.ts';
import { escapeHtml } from './escape.ts';
import { allVerdicts, summaryOf } from './summary.ts';
import { duration, shortTime } from './time.ts';

/** The report as one self-contained page: no script, nothing fetched, everything from logs escaped. */
export function reportHtml(report: Report): string {
  const title = `novatrail: ${report.campaign ?? 'audit'}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
${overview(report)}
${certificateHtml(report)}
${failures(report)}
${migrations(report)}
${sources(report)}
<footer>novatrail ${escapeHtml(report.version)}, ${escapeHtml(shortTime(report.generatedAt))} UTC</footer>
</body>
</html>
`;
}

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --bad: #b3261e; --good: #1b7f3b; --open: #8a6100; }
@media (prefers-color-scheme: dark) { :root { --bad: #ff8a80; --good: #7ddc9a; --open: #f2c14e; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 0 auto; padding: 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid var(--line); }
.scroll { overflow-x: auto; }
code, pre { font: 13px/1.45 ui-monospace, monospace; overflow-wrap: anywhere; white-space: pre-wrap; margin: .2rem 0; }
.fail { color: var(--bad); font-weight: 600; } .pass { color: var(--good); } .inconclusive { color: var(--open); }
section.migration { border-top: 1px solid var(--line); padding-top: .5rem; margin-top: 1rem; }
details { margin: .3rem 0; } summary { cursor: pointer; }
footer { margin-top: 2rem; opacity: .7; }
@media print { details { display: block; } }
`;

function overview(report: Report): string {
  const counts = summaryOf(report);
  const cells = [
    [counts.migrations, 'migrations', ''],
    [counts.fail, 'failed', counts.fail > 0 ? 'fail' : ''],
    [counts.pass, 'passed', 'pass'],
    [counts.inconclusive, 'not decided', 'inconclusive'],
    [counts.not_applicable, 'not applicable', ''],
  ];
  const rules = [...Map.groupBy(allVerdicts(report).filter(isFailure), ({ rule }) => rule)];
  const failing = rules.map(
    ([rule, verdicts]) => `<li><span class="fail">${escapeHtml(rule)}</span>: ${verdicts.length}</li>`,
  );
  return `<p>${cells.map(([count, name, kind]) => `<span class="${kind}">${count} ${name}</span>`).join(' &middot; ')}</p>
${failing.length > 0 ? `<ul>${failing.join('')}</ul>` : ''}`;
}

function failures(report: Report): string {
  const rows = report.migrations.flatMap(({ migration, verdicts }) =>
    verdicts
      .filter(isFailure)
      .map(
        (verdict) =>
          `<li><a href="#${escapeHtml(migration.id)}">${escapeHtml(migration.id)}</a> ${verdictHtml(verdict)}</li>`,
      ),
  );
  const findings = report.findings.filter(isFailure).map((verdict) => `<li>${verdictHtml(verdict)}</li>`);
  const all = [...rows, ...findings];
  return all.length === 0 ? '' : `<h2>Failed</h2>\n<ul>${all.join('\n')}</ul>`;
}

function migrations(report: Report): string {
  return `<h2>Migrations</h2>\n${report.migrations.map(migrationHtml).join('\n')}`;
}

function migrationHtml({ migration: m, lines, settings, verdicts, cut }: JudgedMigration): string {
  const named: [string, Setting<unknown>][] = [
    ['timeout', settings.timeout_s],
    ['maximum downtime', settings.max_downtime_ms],
    ['auto-converge', settings.auto_converge],
    ['tunnel', settings.tunnel],
    ['post-copy', settings.post_copy],
  ];
  const rows = named.map(([name, { value, origin, declared, why }]) => {
    const cells = [name, String(value ?? 'unknown'), origin ?? '-', declared ? 'declared' : 'assumed', why];
    return `<tr>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`;
  });
  return `<section class="migration" id="${escapeHtml(m.id)}">
<h3>${escapeHtml(m.id)}: ${escapeHtml(m.sourceHost ?? '?')} &rarr; ${escapeHtml(m.destinationHost ?? '?')}, ${escapeHtml(m.outcome)}</h3>
<p><code>${escapeHtml(m.instance)}</code><br>${escapeHtml(shortTime(m.startedAt))} to ${escapeHtml(shortTime(m.endedAt))} UTC, ${escapeHtml(duration(m.duration_s))}, from ${lines} lines${cut === null ? '' : `; ${escapeHtml(cut)}`}</p>
<ul>${verdicts
    .filter(({ status }) => status !== 'not-applicable')
    .map((verdict) => `<li>${verdictHtml(verdict)}</li>`)
    .join('\n')}</ul>
<details><summary>Settings</summary><div class="scroll"><table><tr><th>setting</th><th>value</th><th>origin</th><th></th><th>why</th></tr>${rows.join('')}</table></div></details>
</section>`;
}

function verdictHtml(verdict: Verdict): string {
  const label = `<span class="${verdict.waived === undefined ? verdict.status : 'inconclusive'}">${escapeHtml(verdict.waived !== undefined ? `waived: ${verdict.waived}` : verdict.status === 'inconclusive' ? 'not decided' : verdict.status)}</span> <b>${escapeHtml(verdict.rule)}</b>: ${escapeHtml(verdict.message)}`;
  if (verdict.evidence.length === 0) return label;
  return `${label}<details${verdict.status === 'fail' ? ' open' : ''}><summary>${verdict.evidence.length === 1 ? 'the line' : `${verdict.evidence.length} lines`}</summary>${verdict.evidence.map(evidenceHtml).join('')}</details>`;
}

function isFailure({ status, waived }: Verdict): boolean {
  return status === 'fail' && waived === undefined;
}

/** A line of evidence. */
function evidenceHtml({ path, line, text }: Evidence): string {
  return `<pre>${escapeHtml(`${path}:${line}`)}\n${escapeHtml(text)}</pre>`;
}

function sources(report: Report): string {
  const rows = report.sources.map((source) => {
    const times = [shortTime(source.firstAt), shortTime(source.lastAt)];
    const cells = [source.path, source.host ?? '-', source.lines, source.events, source.unmatched, ...times];
    return `<tr>${cells.map((cell) => `<td>${escapeHtml(String(cell))}</td>`).join('')}</tr>`;
  });
  return `<h2>Logs</h2>\n<div class="scroll"><table><tr><th>path</th><th>host</th><th>lines</th><th>events</th><th>unmatched</th><th>first (UTC)</th><th>last (UTC)</th></tr>${rows.join('')}</table></div>`;
}

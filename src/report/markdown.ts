import type { JudgedMigration, Report } from '../judgement.ts';
import type { Evidence, Verdict } from '../model.ts';
import { countsOf, migrationsOf, STATUS_WORDS } from './certificate.ts';
import { printable, printableName } from './printable.ts';
import { ended, isFailure, summaryOf, wantsOf } from './summary.ts';
import { shortTime } from './time.ts';

/** The report as Markdown as GitHub shows it: for a pull request, an issue, a job's summary. Nothing from logs is markup. */
export function reportMarkdown(report: Report): string {
  const parts = [
    heading(report),
    certificate(report),
    failures(report),
    undecided(report),
    migrations(report),
    sources(report),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function heading(report: Report): string {
  const { migrations, fail, pass, inconclusive, not_applicable } = summaryOf(report);
  const rows = [
    ['migrations', 'failed', 'passed', 'not decided', 'not applicable'],
    [migrations, fail, pass, inconclusive, not_applicable],
  ];
  const at = report.generatedAt === null ? '' : `, ${shortTime(report.generatedAt)} UTC`;
  const title = `# Live migrations${report.campaign === null ? '' : `: ${plainText(report.campaign)}`}`;
  return `${title}\n\n${table(rows)}\n\nProfile ${report.profile}; novatrail ${report.version}${at}.`;
}

function certificate({ tests, uncovered, migrations: judged }: Report): string {
  if (tests.length === 0) return '';
  const rows = tests.map((test) => {
    const { id, plan, section, title, status, reasons, missing, evidence } = test;
    const collect = missing === null ? [] : [`collect: ${missing}`];
    const name = title === null ? code(id) : `${plainText(`${plan} ${section}: ${title}`)} ${code(id)}`;
    const by = migrationsOf(test, judged).map(plainText).join('; ');
    const lines = evidence.slice(0, SHOWN_EVIDENCE).map(({ path, line }) => code(`${path}:${line}`));
    return [name, STATUS_WORDS[status], plainText([...reasons, ...collect].join('; ')), by, lines.join(', ')];
  });
  const open = uncovered.map(
    ({ id, text, untested }) => `- ${plainText(`${id} ${text}${untested ? ' (the plan has no test for it)' : ''}`)}`,
  );
  const rest = open.length === 0 ? '' : `\n\nStatements of the plan that nothing here decides:\n\n${open.join('\n')}`;
  return `## Certificate\n\n${countsOf(tests)}\n\n${table([['test', 'result', 'why', 'migrations', 'lines'], ...rows])}${rest}`;
}

function failures(report: Report): string {
  const failed = report.migrations.flatMap((judged) => {
    const verdicts = judged.verdicts.filter(isFailure);
    return verdicts.length === 0 ? [] : [[`### ${routeOf(judged)}`, ...verdicts.map(verdictText)].join('\n\n')];
  });
  const findings = report.findings.filter(isFailure);
  const beside =
    findings.length === 0 ? [] : [['### Files, hosts and settings', ...findings.map(verdictText)].join('\n\n')];
  const all = [...failed, ...beside];
  return all.length === 0 ? '' : `## Failed\n\n${all.join('\n\n')}`;
}

function routeOf({ migration: m }: JudgedMigration): string {
  return `${code(m.id)} ${plainText(m.sourceHost ?? '?')} \u2192 ${plainText(m.destinationHost ?? '?')}, ${ended(m)}`;
}

const SHOWN_EVIDENCE = 5;

function verdictText({ rule, severity, message, evidence }: Verdict): string {
  const more = evidence.length - SHOWN_EVIDENCE;
  return [
    `**${rule}** (${severity}): ${plainText(message)}`,
    ...evidence.slice(0, SHOWN_EVIDENCE).map(evidenceText),
    ...(more > 0 ? [`and ${more} more`] : []),
  ].join('\n\n');
}

function evidenceText({ path, line, text }: Evidence): string {
  return `${code(`${path}:${line}`)}\n\n${fenced(text)}`;
}

function undecided(report: Report): string {
  const rows = wantsOf(report).map(({ collect, decides }) => {
    return [plainText(collect), decides.map(([rule, verdicts]) => `${code(rule)} (${verdicts.length})`).join(', ')];
  });
  if (rows.length === 0) return '';
  return `## Not decided\n\n${table([['what to collect', 'what that would decide'], ...rows])}`;
}

function migrations(report: Report): string {
  if (report.migrations.length === 0) return 'No live migration was found.';
  const rows = report.migrations.map((judged) => {
    const { migration: m, verdicts, cut } = judged;
    const failed = verdicts.filter(isFailure).map(({ rule }) => code(rule));
    const left = verdicts.filter(({ status }) => status === 'inconclusive').length;
    const result = failed.length > 0 ? failed.join(', ') : left > 0 ? `nothing failed, ${left} not decided` : 'ok';
    const route = `${plainText(m.sourceHost ?? '?')} \u2192 ${plainText(m.destinationHost ?? '?')}`;
    return [code(m.id), route, shortTime(m.startedAt), ended(m), cut === null ? result : `${result}; ${cut}`];
  });
  return `## Migrations\n\n${table([['migration', 'route', 'began (UTC)', 'end', 'result'], ...rows])}`;
}

function sources(report: Report): string {
  const rows = report.sources.map(({ path, host, lines, events, unmatched }) => {
    return [code(path), host === null ? '-' : plainText(host), lines, events, unmatched];
  });
  if (rows.length === 0) return '';
  return `<details><summary>Logs</summary>\n\n${table([['path', 'host', 'lines', 'events', 'unmatched'], ...rows])}\n\n</details>`;
}

function table([head = [], ...rows]: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.map(cellText).join(' | ')} |`;
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** A bar ends a cell even inside code, unless an odd number of backslashes stands before it. */
function cellText(cell: string | number): string {
  return String(cell).replace(/\\*\|/g, (bar) => (bar.length % 2 === 1 ? `\\${bar}` : bar));
}

/** Text that is no markup: no link, no mention of a person, no HTML, no emphasis; on one line, not at its beginning. */
function plainText(text: string): string {
  return printableName(text)
    .replace(/[\\`*_[\]<>#~$]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replace(/@|:(?=\/\/)|\bwww(?=\.)/gi, '$&\u200b');
}

/** A code span around any text on one line: its ticks are more than any in the text. */
function code(text: string): string {
  const ticks = '`'.repeat(longestRun(text, '`') + 1);
  const padding = /^`|`$|^ .* $/.test(text) ? ' ' : '';
  return `${ticks}${padding}${printableName(text)}${padding}${ticks}`;
}

function fenced(text: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text, '`') + 1));
  return `${fence}text\n${printable(text)}\n${fence}`;
}

function longestRun(text: string, character: string): number {
  const runs = text.match(new RegExp(`${character}+`, 'g')) ?? [];
  return runs.reduce((longest, { length }) => Math.max(longest, length), 0);
}

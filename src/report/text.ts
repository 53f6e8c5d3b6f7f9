import type { JudgedMigration, Report } from '../judgement.ts';
import type { Outcome, Verdict } from '../model.ts';
import { certificateText } from './certificate.ts';
import { evidence, indent, type Paint, plain, plural } from './layout.ts';
import { printableName } from './printable.ts';
import { allVerdicts, summaryOf } from './summary.ts';
import { duration, shortTime } from './time.ts';

const SHOWN_EVIDENCE = 3;

/** The report for people, in 80 columns: summary, the certificate of a campaign, failures first with their lines, what was not decided, then all in brief. */
export function reportText(report: Report, paint: Paint = plain): string {
  const parts = [
    summary(report, paint),
    certificateText(report, paint),
    failures(report, paint),
    waived(report, paint),
    undecided(report, paint),
    brief(report, paint),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

const OUTCOMES: readonly Outcome[] = ['completed', 'timed-out', 'cancelled', 'failed', 'running'];

function summary(report: Report, paint: Paint): string {
  const counts = summaryOf(report);
  const name = report.campaign === null ? '' : ` of ${printableName(report.campaign)}`;
  const logs = plural(report.sources.length, 'log');
  const outcomes = OUTCOMES.flatMap((outcome) => {
    const count = report.migrations.filter(({ migration }) => migration.outcome === outcome).length;
    return count === 0 ? [] : [`${count} ${outcome}`];
  });
  const verdicts = [
    (counts.fail > 0 ? paint.red : paint.green)(`${counts.fail} failed`),
    `${counts.pass} passed`,
    `${counts.inconclusive} not decided`,
    `${counts.not_applicable} not applicable`,
  ];
  return [
    indent(
      paint.bold(`${plural(counts.migrations, 'migration')}${name} in ${logs}`) +
        (outcomes.length > 0 ? `: ${outcomes.join(', ')}` : ''),
      0,
    ),
    indent(`Verdicts: ${verdicts.join(', ')}`, 0),
    indent(profileLine(report), 0),
  ].join('\n');
}

/** Which nova the settings are read for, and where the logs show another than was declared. */
function profileLine({ profile, migrations }: Report): string {
  const used = [...new Set(migrations.map(({ settings }) => settings.profile))].sort().join(' and ') || profile;
  const declared = migrations.some(({ settings }) => settings.profileDeclared);
  const others = migrations.filter(
    ({ migration, settings }) => (migration.dialect ?? settings.profile) !== settings.profile,
  );
  const source = declared ? 'as declared' : 'as the logs show';
  if (others.length === 0) return `Profile: ${used}, ${migrations.length === 0 ? 'no migration seen' : source}`;
  const shown = others[0]?.migration.dialect;
  return `Profile: ${used}, ${source}; but the lines of ${plural(others.length, 'migration')} are of ${shown}: is the profile right?`;
}

function failures(report: Report, paint: Paint): string {
  const failed = report.migrations.flatMap((judged) => {
    const verdicts = judged.verdicts.filter(isFailure);
    return verdicts.length === 0
      ? []
      : [[heading(judged, paint), ...verdicts.map((each) => failureText(each, paint))].join('\n')];
  });
  const findings = report.findings.filter(isFailure).map((verdict) => failureText(verdict, paint));
  const all = [...failed, ...findings];
  return all.length === 0 ? '' : `${paint.bold('FAILED')}\n\n${all.join('\n\n')}`;
}

/** A failed verdict with its first lines, as the report and the tail show it. */
export function failureText(verdict: Verdict, paint: Paint): string {
  const kind = verdict.severity === 'error' ? paint.red('error') : paint.yellow(verdict.severity);
  const lines = [`  ${paint.bold(verdict.rule)} (${kind})`, indent(printableName(verdict.message), 4)];
  lines.push(...verdict.evidence.slice(0, SHOWN_EVIDENCE).map((each) => evidence(each, paint)));
  const more = verdict.evidence.length - SHOWN_EVIDENCE;
  if (more > 0) lines.push(indent(`and ${plural(more, 'more line')}`, 6));
  return lines.join('\n');
}

/** Failures that the campaign lets pass for now. */
function waived(report: Report, paint: Paint): string {
  const told = allVerdicts(report).flatMap(({ rule, message, waived: why }) =>
    why === undefined ? [] : [`  ${rule}: ${why}\n${indent(printableName(message), 4)}`],
  );
  return told.length === 0 ? '' : `${paint.bold('WAIVED')}\n\n${told.join('\n')}`;
}

/** What to collect, and what that would decide: the rules that ask for the same are told together. */
function undecided(report: Report, paint: Paint): string {
  const open = Map.groupBy(
    allVerdicts(report).filter(({ status }) => status === 'inconclusive'),
    ({ rule }) => rule,
  );
  const rules = report.catalogue.filter(({ id }) => open.has(id));
  if (rules.length === 0) return '';
  const wants = [...Map.groupBy(rules, ({ collect }) => collect)].map(([collect, asking]) => {
    const decides = asking.map(({ id }) => reason(id, open.get(id) ?? []));
    return [indent(`collect: ${collect}`, 2), ...decides].join('\n');
  });
  return `${paint.bold('NOT DECIDED')}\n\n${wants.join('\n')}`;
}

/** Why a rule could not decide: the commonest reason, those that differ only in their figures taken together. */
function reason(rule: string, verdicts: readonly Verdict[]): string {
  const groups = [...Map.groupBy(verdicts, ({ message }) => message.replace(/\d+/g, '#')).values()];
  const [commonest] = groups.toSorted((a, b) => b.length - a.length);
  const others = groups.length - 1;
  const more = others > 0 ? `; and ${plural(others, 'other reason')}` : '';
  return indent(printableName(`${rule} (${verdicts.length}): ${commonest?.[0]?.message}${more}`), 4);
}

function brief(report: Report, paint: Paint): string {
  if (report.migrations.length === 0) {
    const silent = report.sources.filter(({ events, unmatched }) => events + unmatched === 0);
    const why = silent.map(({ path }) => indent(printableName(`${path} holds no line about a live migration`), 2));
    return [paint.bold('No live migration was found.'), ...why].join('\n');
  }
  const rows = report.migrations.map((judged) => briefRow(judged, paint));
  return `${paint.bold('MIGRATIONS')} (times in UTC)\n\n${rows.join('\n')}`;
}

function briefRow({ migration: m, verdicts, cut }: JudgedMigration, paint: Paint): string {
  const failed = verdicts.filter(isFailure).map(({ rule }) => rule);
  const left = verdicts.filter(({ status }) => status === 'inconclusive').length;
  const result =
    failed.length > 0
      ? paint.red(failed.join(', '))
      : left > 0
        ? `nothing failed, ${left} not decided`
        : paint.green('ok');
  const first = `${printableName(m.id)}  ${route(m)}  ${ended(m)}`;
  return `${indent(first, 2)}\n${indent(result + (cut === null ? '' : `; ${cut}`), 6)}`;
}

function heading({ migration: m }: JudgedMigration, paint: Paint): string {
  const when = `${shortTime(m.startedAt)} UTC, ${ended(m)}`;
  return `${paint.bold(printableName(m.id))}  ${route(m)}\n${indent(`instance ${printableName(m.instance)}`, 2)}\n${indent(when, 2)}`;
}

function ended(m: JudgedMigration['migration']): string {
  if (m.outcome === 'running') return 'no end in the log';
  return m.duration_s === null || m.duration_s === 0 ? m.outcome : `${m.outcome} after ${duration(m.duration_s)}`;
}

function route(m: JudgedMigration['migration']): string {
  return printableName(`${m.sourceHost ?? '?'} -> ${m.destinationHost ?? '?'}`);
}

function isFailure({ status, waived }: Verdict): boolean {
  return status === 'fail' && waived === undefined;
}

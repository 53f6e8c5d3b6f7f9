import type { JudgedMigration, Report } from '../judgement.ts';
import type { Outcome, Verdict } from '../model.ts';
import { certificateText } from './certificate.ts';
import { evidence, indent, oneRow, type Paint, plain } from './layout.ts';
import { plural } from './plural.ts';
import { printableName } from './printable.ts';
import { allVerdicts, ended, isFailure, type Summary, severitiesOf, summaryOf, wantsOf } from './summary.ts';
import { shortTime } from './time.ts';

const SHOWN_EVIDENCE = 3;

/** The report for people, in 80 columns: summary, a campaign's certificate, failures with their lines, notes, what is not decided, all in brief. */
export function reportText(report: Report, paint: Paint = plain): string {
  const verdicts = [failures, notes, waived, undecided];
  const order =
    report.migrations.length > 0
      ? [summary, certificateText, ...verdicts, brief]
      : [summary, brief, certificateText, ...verdicts];
  const parts = order.map((part) => part(report, paint));
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
  const verdicts = allVerdicts(report);
  const lines = [
    paint.bold(`${plural(counts.migrations, 'migration')}${name} in ${logs}`) +
      (outcomes.length > 0 ? `: ${outcomes.join(', ')}` : ''),
    ...(verdicts.length === 0 ? [] : [verdictCounts(counts, verdicts.filter(isFailure), paint)]),
    ...(counts.migrations === 0 ? [] : [profileLine(report)]),
  ];
  return lines.map((line) => indent(line, 0)).join('\n');
}

function verdictCounts(counts: Summary, failures: readonly Verdict[], paint: Paint): string {
  const failed =
    failures.length === 0
      ? paint.green('0 failed')
      : `${paint.red(`${counts.fail} failed`)} (${severitiesOf(failures)})`;
  return `Verdicts: ${failed}, ${counts.pass} passed, ${counts.inconclusive} not decided, ${counts.not_applicable} not applicable`;
}

/** Which nova the settings are read for, and where the logs show another than was declared. */
function profileLine({ migrations }: Report): string {
  const used = [...new Set(migrations.map(({ settings }) => settings.profile))].sort().join(' and ');
  const declared = migrations.some(({ settings }) => settings.profileDeclared);
  const others = migrations.filter(
    ({ migration, settings }) => (migration.dialect ?? settings.profile) !== settings.profile,
  );
  const source = declared ? 'as declared' : 'as the logs show';
  if (others.length === 0) return `Profile: ${used}, ${source}`;
  const shown = others[0]?.migration.dialect;
  return `Profile: ${used}, ${source}; but the lines of ${plural(others.length, 'migration')} are of ${shown}: is the profile right?`;
}

function failures(report: Report, paint: Paint): string {
  const failed = report.migrations.flatMap((judged) => {
    const verdicts = judged.verdicts.filter(isGrave);
    return verdicts.length === 0 ? [] : [[heading(judged, paint), ...verdicts.map((each) => failureText(each, paint))]];
  });
  const findings = report.findings.filter(isGrave).map((verdict) => failureText(verdict, paint));
  const all = [...failed, ...(findings.length === 0 ? [] : [[paint.bold('files, hosts and settings'), ...findings]])];
  return all.length === 0 ? '' : [paint.bold('FAILED'), ...all.map((part) => part.join('\n'))].join('\n\n');
}

/** Notes break a rule too, but ask for nothing to be mended. */
function isGrave(verdict: Verdict): boolean {
  return isFailure(verdict) && verdict.severity !== 'note';
}

/** A failed verdict with its first lines, as the report and the tail show it. */
export function failureText(verdict: Verdict, paint: Paint): string {
  const kind = verdict.severity === 'error' ? paint.red('error') : paint.yellow(verdict.severity);
  const lines = [`  ${paint.bold(verdict.rule)} (${kind})`, indent(printableName(verdict.message), 4)];
  return [...lines, ...evidenceOf(verdict, SHOWN_EVIDENCE, paint)].join('\n');
}

function evidenceOf({ evidence: all }: Verdict, most: number, paint: Paint): string[] {
  const shown = all.slice(0, most).map((each) => evidence(each, paint));
  return all.length > most ? [...shown, indent(`and ${plural(all.length - most, 'more line')}`, 6)] : shown;
}

function notes(report: Report, paint: Paint): string {
  const isNote = (verdict: Verdict) => isFailure(verdict) && verdict.severity === 'note';
  const note = (about: string) => (verdict: Verdict) => {
    const what = indent(`${paint.bold(verdict.rule)}: ${printableName(about + verdict.message)}`, 2);
    return [what, ...evidenceOf(verdict, 1, paint)].join('\n');
  };
  const all = [
    ...report.migrations.flatMap(({ migration, verdicts }) => verdicts.filter(isNote).map(note(`${migration.id}: `))),
    ...report.findings.filter(isNote).map(note('')),
  ];
  return all.length === 0 ? '' : [`${paint.bold('NOTES')}\n`, ...all].join('\n');
}

/** Failures that the campaign lets pass for now. */
function waived(report: Report, paint: Paint): string {
  const told = allVerdicts(report).flatMap(({ rule, message, waived: why }) =>
    why === undefined ? [] : [`  ${rule}: ${why}\n${indent(printableName(message), 4)}`],
  );
  return told.length === 0 ? '' : `${paint.bold('WAIVED')}\n\n${told.join('\n')}`;
}

/** What to collect, and what that would decide. */
function undecided(report: Report, paint: Paint): string {
  const wants = wantsOf(report).map(({ collect, decides }) => {
    return [indent(`collect: ${collect}`, 2), ...decides.map(([rule, verdicts]) => reason(rule, verdicts, report))];
  });
  if (wants.length === 0) return '';
  const parts = [
    ...(isDeclared(report) ? [] : [`${indent(DECLARE, 2)}\n`]),
    ...wants.flat(),
    ...(report.migrations.length === 0 ? [] : ['\n  The whole reason, for one migration: novatrail explain ID']),
  ];
  return [`${paint.bold('NOT DECIDED')}\n`, ...parts].join('\n');
}

const DECLARE = `No timeout and no downtime limit is declared, and no migration fails by what is assumed. \
State nova.conf (--set timeout=SECONDS,downtime=MS) or, with the instances, write a campaign file (README).`;

function isDeclared({ migrations }: Report): boolean {
  if (migrations.length === 0) return true;
  return migrations.some(({ settings }) => settings.timeout_s.declared || settings.max_downtime_ms.declared);
}

/**
 * Why a rule could not decide: the commonest reason, those that differ only in their figures taken together. Of migrations
 * a row, for `explain` tells the rest; of files, hosts and settings the whole.
 */
function reason(rule: string, verdicts: readonly Verdict[], { findings }: Report): string {
  const groups = [...Map.groupBy(verdicts, ({ message }) => message.replace(/\d+/g, '#')).values()];
  const [commonest] = groups.toSorted((a, b) => b.length - a.length);
  const text = printableName(`${rule} (${verdicts.length}): ${commonest?.[0]?.message}`);
  return findings.some((finding) => finding.rule === rule) ? indent(text, 4) : oneRow(text, 4);
}

function brief(report: Report, paint: Paint): string {
  if (report.migrations.length === 0) {
    const silent = report.sources.filter(({ events, unmatched }) => events + unmatched === 0);
    const why = silent.map(({ path, bytes }) => {
      return indent(printableName(`${path} ${bytes === 0 ? 'is empty' : 'holds no line about a live migration'}`), 2);
    });
    return [paint.bold('No live migration was found.'), ...why].join('\n');
  }
  const rows = report.migrations.map((judged) => briefRow(judged, paint));
  return `${paint.bold('MIGRATIONS')} (times in UTC)\n\n${rows.join('\n')}`;
}

function briefRow({ migration: m, verdicts, cut }: JudgedMigration, paint: Paint): string {
  const failed = verdicts.filter(isGrave).map(({ rule }) => rule);
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

function route(m: JudgedMigration['migration']): string {
  return printableName(`${m.sourceHost ?? '?'} -> ${m.destinationHost ?? '?'}`);
}

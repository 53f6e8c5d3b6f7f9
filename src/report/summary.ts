import type { JudgedMigration, Report } from '../judgement.ts';
import type { Severity, Status, Verdict } from '../model.ts';
import { plural } from './plural.ts';
import { duration } from './time.ts';

export interface Summary {
  readonly migrations: number;
  readonly pass: number;
  readonly fail: number;
  readonly inconclusive: number;
  readonly not_applicable: number;
}

/** Counts of all verdicts, of migrations and findings alike. */
export function summaryOf(report: Report): Summary {
  const counts = new Map<Status, number>();
  for (const { status, waived } of allVerdicts(report))
    if (waived === undefined) counts.set(status, (counts.get(status) ?? 0) + 1);
  const count = (status: Status) => counts.get(status) ?? 0;
  return {
    migrations: report.migrations.length,
    pass: count('pass'),
    fail: count('fail'),
    inconclusive: count('inconclusive'),
    not_applicable: count('not-applicable'),
  };
}

/** Every verdict in the report. */
export function allVerdicts(report: Report): Verdict[] {
  return [...report.migrations.flatMap(({ verdicts }) => verdicts), ...report.findings];
}

/** True of a verdict that says that a rule is broken, be it by a note, and that the campaign does not waive. */
export function isFailure({ status, waived }: Verdict): boolean {
  return status === 'fail' && waived === undefined;
}

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'note'];

/** How grave the failures are: `2 errors, 1 warning`. */
export function severitiesOf(failures: readonly Verdict[]): string {
  const counts = SEVERITIES.map((severity) => [failures.filter((each) => each.severity === severity).length, severity]);
  return counts
    .flatMap(([count, severity]) => (count === 0 ? [] : [plural(Number(count), String(severity))]))
    .join(', ');
}

/** What to collect, and the verdicts that it would decide, by rule. */
export interface Want {
  readonly collect: string;
  readonly decides: readonly (readonly [rule: string, verdicts: readonly Verdict[]])[];
}

/** What could not be decided, by what to collect; first what decides most. */
export function wantsOf(report: Report): Want[] {
  const open = Map.groupBy(
    allVerdicts(report).filter(({ status }) => status === 'inconclusive'),
    ({ rule }) => rule,
  );
  const asking = report.catalogue.filter(({ id }) => open.has(id));
  const wants = [...Map.groupBy(asking, ({ collect }) => collect)].map(([collect, rules]) => {
    return { collect, decides: rules.map(({ id }) => [id, open.get(id) ?? []] as const) };
  });
  const gain = ({ decides }: Want) => decides.reduce((sum, [, verdicts]) => sum + verdicts.length, 0);
  return wants.toSorted((a, b) => gain(b) - gain(a));
}

/** How a migration ended: `completed after 3.3 s`, or that the log does not say. */
export function ended({ outcome, duration_s }: JudgedMigration['migration']): string {
  if (outcome === 'running') return 'no end in the log';
  return duration_s === null || duration_s === 0 ? outcome : `${outcome} after ${duration(duration_s)}`;
}

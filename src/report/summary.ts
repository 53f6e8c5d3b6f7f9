import type { Report } from '../judgement.ts';
import type { Status, Verdict } from '../model.ts';

export interface Summary {
  readonly migrations: number;
  readonly pass: number;
  readonly fail: number;
  readonly inconclusive: number;
  readonly not_applicable: number;
}

/** Counts of all verdicts, of migrations and findings alike. */
export function summaryOf(report: Report): Summary {
  const count = (status: Status) =>
    allVerdicts(report).filter((verdict) => verdict.status === status && verdict.waived === undefined).length;
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

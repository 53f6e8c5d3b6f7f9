import type { JudgedMigration } from '../judgement.ts';
import type { Migration, Verdict } from '../model.ts';

/** A failure that a campaign lets pass until the end of a day (UTC, YYYY-MM-DD). */
export interface Waiving {
  readonly rule: string;
  readonly host: string | null;
  /** UUID. */
  readonly instance: string | null;
  readonly test: string | null;
  readonly until: string;
  readonly why: string;
}

/** A migration's verdicts, the failures marked that a waiver in force at the time of the report (ms) lets pass. */
export function waivedOn(
  {
    migration,
    tests,
    verdicts,
  }: Pick<JudgedMigration, 'tests' | 'verdicts'> & { migration: Omit<Migration, 'timeline'> },
  waivers: readonly Waiving[],
  at: number | null,
): Verdict[] {
  const hosts = [migration.sourceHost, migration.destinationHost];
  const meant = waivers.filter(
    ({ host, instance, test }) =>
      (host === null || hosts.includes(host)) &&
      (instance === null || instance === migration.instance) &&
      (test === null || tests.some(({ id }) => id === test)),
  );
  return verdicts.map((verdict) => waived(verdict, meant, at));
}

/** A finding, marked where a waiver lets it pass: one of a host where the finding speaks of it, none of an instance or a test. */
export function waivedFinding(finding: Verdict, waivers: readonly Waiving[], at: number | null): Verdict {
  const said = [finding.message, ...finding.evidence.map(({ path }) => path)].join(' ');
  const meant = waivers.filter(
    ({ host, instance, test }) => instance === null && test === null && (host === null || names(said, host)),
  );
  return waived(finding, meant, at);
}

function waived(verdict: Verdict, waivers: readonly Waiving[], at: number | null): Verdict {
  if (verdict.status !== 'fail') return verdict;
  const waiver = waivers.find(({ rule, until }) => rule === verdict.rule && (at === null || at < endOf(until)));
  return waiver === undefined ? verdict : { ...verdict, waived: `${waiver.why} (until ${waiver.until})` };
}

function endOf(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) + 86_400_000;
}

function names(text: string, host: string): boolean {
  return text.split(/[^\w.-]+/).some((word) => word.replace(/[.:]+$/, '') === host);
}

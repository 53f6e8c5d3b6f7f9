import { certificateOf } from '../certificate/certificate.ts';
import { type Waiving, waivedFinding, waivedOn } from '../certificate/waivers.ts';
import type { Certificate, MatchedTest } from '../certification.ts';
import type { Case, JudgedMigration, Report, SourceSummary, Throughput } from '../judgement.ts';
import { byStart } from '../judging.ts';
import type { Verdict } from '../model.ts';
import { allVerdicts, type PrivateNames } from '../report/index.ts';
import { versionOf } from '../root.ts';
import { CATALOGUE } from '../rules/index.ts';
import type { Campaign } from '../settings/campaign.ts';
import type { InputError } from '../tail/bytes.ts';

/** What one audit found. */
export interface Audited {
  readonly campaign: string | null;
  readonly profile: Report['profile'];
  readonly sources: readonly SourceSummary[];
  readonly migrations: readonly JudgedMigration[];
  readonly findings: readonly Verdict[];
  readonly tests: readonly MatchedTest[];
  readonly throughput: readonly Throughput[];
  readonly waivers: readonly Waiving[];
  /** Names that the campaign gives. */
  readonly hosts: readonly string[];
  readonly instances: readonly string[];
  readonly problems: readonly InputError[];
  /** Every migration again with all its lines, one by one, while its store is open. */
  readonly cases: () => Iterable<Case>;
}

/** One report of all audits, with waived failures marked and the certificates of their campaigns. `at`: its clock. */
export function reportOf(
  audits: readonly Audited[],
  at: number | null,
  window: { since: number; until: number },
): Report {
  const sources = audits.flatMap((each) => each.sources);
  const newest = sources.reduce<number | null>(
    (latest, { lastAt }) => (lastAt === null ? latest : Math.max(latest ?? lastAt, lastAt)),
    null,
  );
  const generatedAt = at ?? newest;
  const judged = audits.map((each) => withoutWaived(each, generatedAt));
  const migrations = judged
    .flatMap((each) => each.migrations)
    .filter((judged) => overlaps(judged, window))
    .map((judged) => ({ ...judged, cut: cutBy(judged, window) }))
    .sort(byStart);
  const shown = new Set(migrations.map(({ migration }) => migration.id));
  const seen = migrations.map(({ settings }) => settings.profile);
  const profiles = new Set(seen.length > 0 ? seen : audits.map(({ profile }) => profile));
  return {
    catalogue: CATALOGUE,
    generatedAt,
    version: versionOf(),
    campaign: audits.length === 1 ? (audits[0]?.campaign ?? null) : null,
    profile: profiles.size === 1 ? ([...profiles][0] ?? 'auto') : 'auto',
    sources,
    migrations,
    findings: judged.flatMap((each) => each.findings),
    tests: judged.flatMap(({ certificate }) => certificate.tests),
    uncovered: judged.flatMap(({ certificate }) => certificate.uncovered),
    throughput: audits.flatMap((each) => each.throughput).filter(({ migration }) => shown.has(migration)),
  };
}

/** An audit with its waived failures marked, and the certificate of what is left. */
function withoutWaived(
  { migrations, findings, tests, waivers }: Audited,
  at: number | null,
): Pick<Audited, 'migrations' | 'findings'> & { certificate: Certificate } {
  const left = findings.map((finding) => waivedFinding(finding, waivers, at));
  const matched = tests.map(({ match, ...rest }): MatchedTest => {
    if (match.kind !== 'found') return { match, ...rest };
    const verdicts = waivedOn(match.migration, waivers, at);
    return { match: { kind: 'found', migration: { ...match.migration, verdicts } }, ...rest };
  });
  return {
    migrations: migrations.map((each) => ({ ...each, verdicts: waivedOn(each, waivers, at) })),
    findings: left,
    certificate: certificateOf(matched, left),
  };
}

/** A migration that the window cuts is kept, and judged by all its lines. */
function overlaps(
  { migration: { startedAt, endedAt } }: JudgedMigration,
  { since, until }: { since: number; until: number },
): boolean {
  if (startedAt === null) return since === Number.NEGATIVE_INFINITY && until === Number.POSITIVE_INFINITY;
  return startedAt <= until && (endedAt ?? Number.POSITIVE_INFINITY) >= since;
}

function cutBy(
  { migration: { startedAt, endedAt } }: JudgedMigration,
  { since, until }: { since: number; until: number },
): string | null {
  const before = startedAt !== null && startedAt < since;
  const after = endedAt !== null && endedAt > until;
  if (!before && !after) return null;
  const side = before && after ? 'begins before and ends after' : before ? 'begins before' : 'ends after';
  return `${side} the window; judged whole`;
}

/** What only the campaigns know for names. */
export function namesIn(audits: readonly Audited[]): PrivateNames {
  return { hosts: audits.flatMap(({ hosts }) => hosts), instances: audits.flatMap(({ instances }) => instances) };
}

/** Whether a verdict failed at or above a severity. */
export function failed(report: Report, failOn: string): boolean {
  if (failOn === 'never') return false;
  const counts = failOn === 'warning' ? ['error', 'warning'] : ['error'];
  return allVerdicts(report).some(
    ({ status, severity, waived }) => status === 'fail' && waived === undefined && counts.includes(severity),
  );
}

/** Waivers by the instance's UUID. */
export function waiversOf({ waivers, instances }: Campaign): Waiving[] {
  const ids = new Map([...instances.values()].map(({ name, id }) => [name, id]));
  return waivers.map((waiver) => {
    const { instance } = waiver;
    return { ...waiver, instance: instance === null ? null : (ids.get(instance) ?? instance.toLowerCase()) };
  });
}

import { ingestLogs } from '../ingest.ts';
import { ingestSamples } from '../ingest-samples.ts';
import type { JudgedMigration, Report, SourceSummary } from '../judgement.ts';
import { byStart, judgeAll } from '../judging.ts';
import type { Verdict } from '../model.ts';
import { allVerdicts, FORMATS, type Format } from '../report/index.ts';
import { CATALOGUE } from '../rules/index.ts';
import { factCounts, sourceRows } from '../store/facts.ts';
import { guarded, type Handle, openStore } from '../store/open.ts';
import type { InputError } from '../tail/bytes.ts';
import { type Group, groupsOf } from './log-groups.ts';
import { sampleFiles } from './sample-files.ts';
import { campaignAt, declaredBy, readOptions, type SharedFlags, timeOf, windowOf, writeReport } from './shared.ts';
import { paintFor, progressBar, tell } from './terminal.ts';
import { UsageError } from './usage-error.ts';
import { versionOf } from './version.ts';

export interface AuditFlags extends SharedFlags {
  readonly paths: readonly string[];
  readonly db?: string | undefined;
  readonly at?: string | undefined;
  readonly format: string;
  readonly json?: string | undefined;
  readonly junit?: string | undefined;
  readonly html?: string | undefined;
  readonly markdown?: string | undefined;
  readonly failOn: string;
}

/** Reads logs, judges every migration, prints the report. Exit 0; 1 where a verdict failed; 3 where an input was not read. */
export async function audit(flags: AuditFlags): Promise<number> {
  const window = windowOf(flags);
  const at = timeOf(flags.at, '--at');
  const groups = await groupsOf(flags);
  if (flags.db !== undefined && groups.length > 1) {
    throw new UsageError(
      `there are ${groups.length} campaigns below these paths: audit one at a time into --db, or all without it`,
    );
  }
  if (flags.samples !== undefined && groups.length > 1) {
    throw new UsageError(
      `there are ${groups.length} campaigns below these paths: name the samples in each (samples: [...]), not with --samples`,
    );
  }
  const audits: Audited[] = [];
  for (const group of groups) audits.push(await auditGroup(group, flags));
  const report = reportOf(audits, at, window);
  process.stdout.write(FORMATS[flags.format as Format](report, paintFor(flags)));
  for (const format of FILE_FORMATS) {
    const path = flags[format];
    if (path !== undefined) writeReport(path, FORMATS[format](report));
  }
  const problems = audits.flatMap((each) => each.problems);
  tell(problems);
  if (problems.length > 0) return 3;
  return failed(report, flags.failOn) ? 1 : 0;
}

const FILE_FORMATS = ['json', 'junit', 'html', 'markdown'] as const;

interface Audited {
  readonly campaign: string | null;
  readonly profile: Report['profile'];
  readonly sources: readonly SourceSummary[];
  readonly migrations: readonly JudgedMigration[];
  readonly findings: readonly Verdict[];
  readonly problems: readonly InputError[];
}

async function auditGroup(group: Group, flags: AuditFlags): Promise<Audited> {
  const campaign = await campaignAt(group.campaignPath ?? undefined);
  const declared = await declaredBy(flags, campaign);
  const options = await readOptions(flags, campaign, group.campaignPath);
  const samples = sampleFiles(flags, campaign, group.campaignPath);
  const storePath = flags.db ?? '(throwaway store)';
  const db = openStore(flags.db ?? null);
  const bar = progressBar(flags);
  try {
    const reading = { ...options, storePath, progress: bar.show };
    const read = await ingestLogs(db, group.files, { ...reading, derive: () => {} });
    const unread = [...samples.problems, ...(await ingestSamples(db, samples.files, reading))];
    bar.done();
    const only = flags.paths.length === 0 && group.files.length === 0 ? null : new Set(read.sources);
    const migrations: JudgedMigration[] = [];
    const { findings } = guarded(storePath, () =>
      judgeAll(db, declared, { keep: flags.db !== undefined, only, each: (judged) => migrations.push(judged) }),
    );
    tell(read.notes);
    const problems = [...group.problems, ...read.problems, ...unread];
    return {
      campaign: campaign.name,
      profile: declared.profile ?? 'auto',
      sources: sourcesOf(db, only),
      migrations: migrations.sort(byStart),
      findings,
      problems,
    };
  } finally {
    bar.done();
    db.close();
  }
}

/** The logs that were read (`only`; null: all in the store). */
function sourcesOf(db: Handle, only: ReadonlySet<number> | null): SourceSummary[] {
  const counts = factCounts(db);
  return sourceRows(db)
    .filter(({ id }) => only === null || only.has(id))
    .map(({ id, path, host, bytes, lines, firstAt, lastAt }) => {
      const { events, unmatched } = counts.get(id) ?? { events: 0, unmatched: 0 };
      return { path, host, bytes, lines, events, unmatched, firstAt, lastAt };
    });
}

function reportOf(audits: readonly Audited[], at: number | null, window: { since: number; until: number }): Report {
  const sources = audits.flatMap((each) => each.sources);
  const newest = sources.reduce<number | null>(
    (latest, { lastAt }) => (lastAt === null ? latest : Math.max(latest ?? lastAt, lastAt)),
    null,
  );
  const migrations = audits
    .flatMap((each) => each.migrations)
    .filter((judged) => overlaps(judged, window))
    .map((judged) => ({ ...judged, cut: cutBy(judged, window) }))
    .sort(byStart);
  const seen = migrations.map(({ settings }) => settings.profile);
  const profiles = new Set(seen.length > 0 ? seen : audits.map(({ profile }) => profile));
  return {
    catalogue: CATALOGUE,
    generatedAt: at ?? newest,
    version: versionOf(),
    campaign: audits.length === 1 ? (audits[0]?.campaign ?? null) : null,
    profile: profiles.size === 1 ? ([...profiles][0] ?? 'auto') : 'auto',
    sources,
    migrations,
    findings: audits.flatMap((each) => each.findings),
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

function failed(report: Report, failOn: string): boolean {
  if (failOn === 'never') return false;
  const counts = failOn === 'warning' ? ['error', 'warning'] : ['error'];
  return allVerdicts(report).some(({ status, severity }) => status === 'fail' && counts.includes(severity));
}

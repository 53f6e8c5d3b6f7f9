import { ingestLogs } from '../ingest.ts';
import { ingestSamples } from '../ingest-samples.ts';
import { judged } from '../judged-before.ts';
import type { Case, JudgedMigration, Report } from '../judgement.ts';
import { byStart, type Declared, Judge } from '../judging.ts';
import { anonymiser, FORMATS, type Format } from '../report/index.ts';
import { instancesIn } from '../store/facts.ts';
import { guarded, type Handle, openStore } from '../store/open.ts';
import { sourceSummaries } from '../store/source-summaries.ts';
import { areLarge } from '../threads.ts';
import { widenYoungGeneration } from '../young-generation.ts';
import { type Audited, failed, namesIn, reportOf, waiversOf } from './audit-report.ts';
import { loadCampaign } from './campaign-files.ts';
import { type Group, groupsOf } from './log-groups.ts';
import { printParts, tell } from './output.ts';
import { progressBar } from './progress-bar.ts';
import { sampleFiles } from './sample-files.ts';
import { declaredBy, readOptions, type SharedFlags, timeOf, windowOf, writeReport } from './shared.ts';
import { paintFor } from './terminal.ts';
import { type Unpacking, unpacking } from './unpacking.ts';
import { UsageError } from './usage-error.ts';

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
  readonly anonymise?: boolean | undefined;
}

/** Reads logs, judges every migration, prints the report. Exit 0; 1 where a verdict failed; 3 where an input was not read. */
export async function audit(flags: AuditFlags): Promise<number> {
  const window = windowOf(flags);
  const at = timeOf(flags.at, '--at');
  const printed = FILE_FORMATS.find((format) => flags[format] === '-');
  if (printed !== undefined)
    throw new UsageError(`--${printed} takes a file; to print the report so, write --format ${printed}`);
  const unpacked = await unpacking(flags.paths);
  try {
    return await auditPaths({ ...flags, paths: unpacked.paths }, unpacked, window, at);
  } finally {
    unpacked.remove();
  }
}

async function auditPaths(
  flags: AuditFlags,
  unpacked: Unpacking,
  window: { since: number; until: number },
  at: number | null,
): Promise<number> {
  const groups =
    flags.paths.length === 0 && unpacked.problems.length > 0
      ? []
      : groupsOf({ ...flags, campaigns: unpacked.campaigns });
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
  const stores: Handle[] = [];
  try {
    for (const group of groups) {
      audits.push(await auditGroup(group, flags, unpacked, stores));
      // Only the page asks for the migrations again.
      if (!wantsPage(flags)) closeAll(stores);
    }
    const found = reportOf(audits, at, window);
    await writeReports(audits, found, flags);
    return exitCode(audits, found, flags, unpacked);
  } finally {
    closeAll(stores);
  }
}

function closeAll(stores: Handle[]): void {
  for (const db of stores.splice(0)) db.close();
}

async function writeReports(audits: readonly Audited[], found: Report, flags: AuditFlags): Promise<void> {
  const told = flags.anonymise
    ? anonymiser(found, namesIn(audits))
    : { report: found, through: <Value>(value: Value) => value };
  const page = wantsPage(flags) ? (await import('./audit-page.ts')).auditPage(audits, found, told) : '';
  await printParts(flags.format === 'html' ? [page] : FORMATS[flags.format as Format](told.report, paintFor(flags)));
  for (const format of FILE_FORMATS) {
    const path = flags[format];
    if (path !== undefined) writeReport(path, format === 'html' ? [page] : FORMATS[format](told.report));
  }
}

function wantsPage({ format, html }: AuditFlags): boolean {
  return format === 'html' || html !== undefined;
}

function exitCode(audits: readonly Audited[], report: Report, flags: AuditFlags, unpacked: Unpacking): number {
  const problems = [...unpacked.problems, ...audits.flatMap((each) => each.problems)];
  tell(problems);
  if (problems.length > 0) return 3;
  return failed(report, flags.failOn) ? 1 : 0;
}

const FILE_FORMATS = ['json', 'junit', 'html', 'markdown'] as const;

/** The store stays open, among `stores`. */
async function auditGroup(group: Group, flags: AuditFlags, { nameOf }: Unpacking, stores: Handle[]): Promise<Audited> {
  const { campaign, plan, notes } = loadCampaign(group.campaignPath ?? undefined);
  const declared = declaredBy(flags, campaign, plan);
  const options = await readOptions(flags, campaign, group.campaignPath);
  if (flags.db !== undefined || areLarge(group.files)) widenYoungGeneration();
  const samples = sampleFiles(flags, campaign, group.campaignPath);
  const storePath = flags.db ?? '(throwaway store)';
  const db = openStore(flags.db ?? null);
  stores.push(db);
  const bar = progressBar(flags, [...group.files, ...samples.files]);
  try {
    const reading = { ...options, nameOf, storePath, progress: bar.show };
    const read = await ingestLogs(db, group.files, reading);
    const unread = [...samples.problems, ...(await ingestSamples(db, samples.files, reading))];
    bar.done();
    const only = flags.paths.length === 0 && group.files.length === 0 ? null : new Set(read.sources);
    const migrations: JudgedMigration[] = [];
    const { findings, tests, throughput } = guarded(storePath, () =>
      judged(db, declared, { keep: flags.db !== undefined, only, each: (migration) => migrations.push(migration) }),
    );
    tell([...notes, ...read.notes]);
    const problems = [...group.problems, ...read.problems, ...unread];
    return {
      campaign: campaign.name,
      profile: declared.profile ?? 'auto',
      sources: sourceSummaries(db, only),
      migrations: migrations.sort(byStart),
      findings,
      tests,
      throughput,
      waivers: waiversOf(campaign),
      hosts: Object.keys(campaign.hosts),
      instances: [...campaign.instances.values()].map(({ name }) => name),
      problems,
      cases: () => casesIn(db, declared),
    };
  } finally {
    bar.done();
  }
}

function* casesIn(db: Handle, declared: Declared): Generator<Case> {
  const judging = new Judge(db, declared);
  for (const instance of instancesIn(db)) yield* judging.cases(instance);
}

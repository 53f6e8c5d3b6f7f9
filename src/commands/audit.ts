import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ingestLogs } from '../ingest.ts';
import type { JudgedMigration, SourceSummary } from '../judgement.ts';
import { byStart, deriving, judgeAll } from '../judging.ts';
import { FORMATS, type Format } from '../report/index.ts';
import { factCounts, sourceRows } from '../store/facts.ts';
import { guarded, type Handle, noStore, openStore } from '../store/open.ts';
import type { InputError } from '../tail/bytes.ts';
import { discoverLogs, type LogFile } from '../tail/discover.ts';
import { type Audited, failed, reportOf, waiversOf } from './audit-report.ts';
import { loadCampaign } from './campaign-files.ts';
import {
  campaignAt,
  campaignIn,
  campaignLogs,
  declaredBy,
  eachPath,
  readOptions,
  type SharedFlags,
  timeOf,
  UsageError,
  windowOf,
  writeReport,
} from './shared.ts';
import { paintFor, progressBar, tell } from './terminal.ts';

export interface AuditFlags extends SharedFlags {
  readonly paths: readonly string[];
  readonly db?: string | undefined;
  readonly at?: string | undefined;
  readonly format: string;
  readonly json?: string | undefined;
  readonly html?: string | undefined;
  readonly failOn: string;
}

/** Reads logs, judges every migration, prints the report. Exit 0; 1 where a verdict failed; 3 where an input was not read. */
export async function audit(flags: AuditFlags): Promise<number> {
  const window = windowOf(flags);
  const at = timeOf(flags.at, '--at');
  const groups = groupsOf(flags);
  if (flags.db !== undefined && groups.length > 1) {
    throw new UsageError(
      `there are ${groups.length} campaigns below these paths: audit one at a time into --db, or all without it`,
    );
  }
  const audits: Audited[] = [];
  for (const group of groups) audits.push(await auditGroup(group, flags));
  const report = reportOf(audits, at, window);
  process.stdout.write(FORMATS[flags.format as Format](report, paintFor(flags)));
  if (flags.json !== undefined) writeReport(flags.json, FORMATS.json(report));
  if (flags.html !== undefined) writeReport(flags.html, FORMATS.html(report));
  const problems = audits.flatMap((each) => each.problems);
  tell(problems);
  if (problems.length > 0) return 3;
  return failed(report, flags.failOn) ? 1 : 0;
}

/** Logs that one campaign declares; each group is judged by itself, for hosts of two campaigns may share a name. */
interface Group {
  readonly campaignPath: string | null;
  readonly files: readonly LogFile[];
  readonly problems: readonly InputError[];
}

function groupsOf(flags: AuditFlags): Group[] {
  if (flags.paths.length === 0) return [withoutPaths(flags)];
  const { problems, found } = eachPath(flags.paths, (path, unsearched) =>
    discoverLogs([path], unsearched).map((file) => ({
      file,
      campaign: flags.campaign ?? campaignFor(file.path, path),
    })),
  );
  const byCampaign = Map.groupBy(found, ({ campaign }) => campaign);
  const groups = [...byCampaign].map(([campaignPath, members]) => {
    const paths = members.map(({ file }) => file.path);
    return { campaignPath, files: discoverLogs(paths), problems: [] as InputError[] };
  });
  return groups.length === 0
    ? [{ campaignPath: flags.campaign ?? null, files: [], problems }]
    : [{ ...(groups[0] as Group), problems }, ...groups.slice(1)];
}

function withoutPaths(flags: AuditFlags): Group {
  if (flags.campaign !== undefined) {
    const paths = campaignLogs(campaignAt(flags.campaign), flags.campaign);
    if (paths.length === 0 && flags.db === undefined)
      throw new UsageError(`${flags.campaign}: names no log that is there; give paths`);
    return { campaignPath: flags.campaign, files: discoverLogs(paths), problems: [] };
  }
  if (flags.db === undefined)
    throw new UsageError('give logs or folders to audit, a --campaign that names them, or a --db that holds them');
  if (!existsSync(flags.db)) throw noStore(flags.db);
  return { campaignPath: null, files: [], problems: [] };
}

/** The campaign.yaml nearest above a log, inside the folder that was given. */
function campaignFor(log: string, given: string): string | null {
  if (given === '-' || !statSync(given).isDirectory()) return null;
  const top = resolve(given);
  for (let folder = dirname(log); ; folder = dirname(folder)) {
    const found = campaignIn(folder);
    if (found !== null || resolve(folder) === top) return found;
  }
}

async function auditGroup(group: Group, flags: AuditFlags): Promise<Audited> {
  const { campaign, plan, notes } = loadCampaign(group.campaignPath ?? undefined);
  const declared = declaredBy(flags, campaign, plan);
  const options = await readOptions(flags, campaign, group.campaignPath);
  const storePath = flags.db ?? '(throwaway store)';
  const db = openStore(flags.db ?? null);
  const bar = progressBar(flags);
  try {
    const derive = flags.db === undefined ? () => {} : deriving(db, declared);
    const read = await ingestLogs(db, group.files, { ...options, storePath, derive, progress: bar.show });
    bar.done();
    const only = flags.paths.length === 0 && group.files.length === 0 ? null : new Set(read.sources);
    const migrations: JudgedMigration[] = [];
    const { findings, tests } = guarded(storePath, () =>
      judgeAll(db, declared, { keep: flags.db !== undefined, only, each: (judged) => migrations.push(judged) }),
    );
    tell([...notes, ...read.notes]);
    const problems = [...group.problems, ...read.problems];
    return {
      campaign: campaign.name,
      profile: declared.profile ?? 'auto',
      sources: sourcesOf(db, only),
      migrations: migrations.sort(byStart),
      findings,
      tests,
      waivers: waiversOf(campaign),
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

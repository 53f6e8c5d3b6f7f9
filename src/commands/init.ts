import { existsSync, globSync, writeFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import type { SuiteTest } from '../certification.ts';
import { ingestLogs } from '../ingest.ts';
import type { JudgedMigration } from '../judgement.ts';
import { byStart, judgeAll } from '../judging.ts';
import { OPTION_NAMES } from '../nova/options.ts';
import { CampaignError, NO_CAMPAIGN } from '../settings/campaign.ts';
import { type Drafted, draftCampaign } from '../settings/draft.ts';
import { type ImportedFile, readImport } from '../settings/import/read.ts';
import { hostEvents, sourceRows } from '../store/facts.ts';
import { type Handle, openStore } from '../store/open.ts';
import { InputError } from '../tail/bytes.ts';
import { discoverLogs } from '../tail/discover.ts';
import { mergedFrom } from './campaign-files.ts';
import { tell } from './output.ts';
import { progressBar } from './progress-bar.ts';
import { declaredBy, readOptions, readText, type SharedFlags } from './shared.ts';
import { UsageError } from './usage-error.ts';

export interface InitFlags extends SharedFlags {
  readonly folder: string;
}

/** Writes a commented campaign.yaml for a folder of logs and clients' output. Exit 0, or 3. Throws UsageError where there is one. */
export async function init(flags: InitFlags): Promise<number> {
  const { folder } = flags;
  const path = join(folder, 'campaign.yaml');
  if (existsSync(path)) throw new UsageError(`${path}: there is one already; move it away to draft another`);
  const files = discoverLogs([folder]);
  const db = openStore(null);
  const bar = progressBar(flags, files);
  try {
    const options = await readOptions(flags, NO_CAMPAIGN, null);
    const reading = { ...options, storePath: '(throwaway store)', progress: bar.show };
    const { problems } = await ingestLogs(db, files, reading);
    bar.done();
    write(path, draftCampaign(draftedFrom(db, flags)));
    if (!flags.quiet) process.stdout.write(`${path} is written; go through it, then: novatrail audit ${folder}\n`);
    tell(problems);
    return problems.length > 0 ? 3 : 0;
  } finally {
    bar.done();
    db.close();
  }
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    throw new InputError(`${path}: cannot be written (${(error as Error).message})`, { cause: error });
  }
}

function draftedFrom(db: Handle, flags: InitFlags): Drafted {
  const { folder } = flags;
  const migrations: JudgedMigration[] = [];
  judgeAll(db, declaredBy(flags, NO_CAMPAIGN), { keep: false, each: (judged) => migrations.push(judged) });
  const imports = importsIn(folder);
  const files = imports.map(({ file }) => file);
  const declared = mergedFrom(files, NO_CAMPAIGN).campaign.instances;
  const suiteTests = files.flatMap((file) => file.suiteTests);
  const shown = new Set(migrations.flatMap(({ migration }) => (migration.dialect === null ? [] : [migration.dialect])));
  const [profile] = shown;
  return {
    name: basename(resolve(folder)),
    profile: shown.size === 1 ? (profile ?? null) : null,
    hosts: hostsOf(db, folder),
    imports: imports.map(({ path }) => path),
    samples: globSync('**/*{domjobinfo,samples}*/**/*.{txt,jsonl}', { cwd: folder }).sort(),
    defaults: dumpedIn(db),
    migrations: migrations.sort(byStart).map(({ migration: m }) => ({
      instance: m.instance,
      request: m.requestId,
      startedAt: m.startedAt,
      outcome: m.outcome,
      test: testAt(m.startedAt, suiteTests),
      route: `${m.sourceHost ?? '?'} to ${m.destinationHost ?? '?'}`,
    })),
    undeclared: [...new Set(migrations.map(({ migration }) => migration.instance))].filter((id) => !declared.has(id)),
  };
}

/** The innermost of the tests that ran at a time. */
function testAt(at: number | null, tests: readonly SuiteTest[]): string | null {
  if (at === null) return null;
  return tests.findLast(({ from, to }) => from <= at && at <= (to ?? Number.POSITIVE_INFINITY))?.id ?? null;
}

/** What clients printed, and logs of test suites; another program's JSON is of no use, and told by nobody. */
function importsIn(folder: string): { path: string; file: ImportedFile }[] {
  return globSync(['**/*.json', '**/TIS_AUTOMATION*.log'], { cwd: folder })
    .sort()
    .flatMap((path) => {
      const text = readText(join(folder, path));
      if (!/^\s*[[{]/.test(text.slice(0, 100))) return [];
      try {
        const file = readImport(text, join(folder, path));
        const isOfUse = file.suiteTests.length > 0 || Object.values(file.imported).some(({ length }) => length > 0);
        return isOfUse ? [{ path, file }] : [];
      } catch (error) {
        if (error instanceof CampaignError) return [];
        throw error;
      }
    });
}

function hostsOf(db: Handle, folder: string): Drafted['hosts'] {
  const named = sourceRows(db).filter(({ host }) => host !== null);
  return [...Map.groupBy(named, ({ host }) => host as string)].map(([name, rows]) => ({
    name,
    logs: rows.map(({ path }) => relative(resolve(folder), resolve(path))),
  }));
}

/** The newest value of each option of nova.conf that the logs print. */
function dumpedIn(db: Handle): Record<string, string> {
  const dumped = new Map(
    hostEvents(db, 'option').map(({ fields }) => [String(fields.name).replace(/^libvirt\./, ''), String(fields.value)]),
  );
  const known = Object.entries(OPTION_NAMES).flatMap(([name, option]) => {
    const value = dumped.get(option);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(known);
}

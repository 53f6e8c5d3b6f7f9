import { asStored } from '../as-stored.ts';
import type { Explained } from '../explanation.ts';
import { ingestLogs } from '../ingest.ts';
import { ingestSamples } from '../ingest-samples.ts';
import type { Case } from '../judgement.ts';
import { Judge } from '../judging.ts';
import { explainJson, explainText, printableName } from '../report/index.ts';
import { versionOf } from '../root.ts';
import { judge } from '../rules/index.ts';
import type { Campaign } from '../settings/campaign.ts';
import { whatIf } from '../statistics/what-if.ts';
import { guarded, type Handle, openReadOnly, openStore } from '../store/open.ts';
import { loadCampaign } from './campaign-files.ts';
import { migrationsOf, requireOneInstance, type Searched } from './find-migration.ts';
import { type Group, groupsOf } from './log-groups.ts';
import { printOut, tell } from './output.ts';
import { progressBar } from './progress-bar.ts';
import { sampleFiles } from './sample-files.ts';
import { declaredBy, readOptions, type SharedFlags } from './shared.ts';
import { paintFor } from './terminal.ts';
import { UsageError } from './usage-error.ts';

export interface ExplainFlags extends SharedFlags {
  readonly id: string;
  readonly paths: readonly string[];
  readonly db?: string | undefined;
  readonly format: string;
}

const STORE = 'novatrail.db';

/** Explains the migrations that an id means, of a store or of logs. Exit 0; 3 where a log was not read. Throws UsageError. */
export async function explain(flags: ExplainFlags): Promise<number> {
  if (flags.paths.length > 0 && flags.db !== undefined)
    throw new UsageError('give logs to explain from, or a --db that holds them, not both');
  if (flags.paths.length === 0 && flags.samples !== undefined)
    throw new UsageError(
      '--samples goes with logs to explain from; into a store they are read by: novatrail ingest --samples',
    );
  const opened: Searched[] = [];
  const problems: Error[] = [];
  try {
    if (flags.paths.length === 0) opened.push(storeOf(flags));
    for (const group of flags.paths.length === 0 ? [] : groupsOf(flags))
      opened.push(await readGroup(group, flags, problems));
    const found = opened.flatMap((searched) => {
      return guarded(flags.db ?? STORE, () => migrationsOf(flags.id, searched)).map((subject) => ({
        subject,
        searched,
      }));
    });
    tell(problems);
    requireOneInstance(
      flags.id,
      found.map(({ subject }) => subject),
      opened,
    );
    await show(
      found.map(({ subject, searched }) => explained(subject, searched.db, flags)),
      flags,
    );
  } finally {
    for (const { db } of opened) db.close();
  }
  return problems.length > 0 ? 3 : 0;
}

function storeOf(flags: ExplainFlags): Searched {
  const { campaign, plan } = loadCampaign(flags.campaign);
  const db = openReadOnly(flags.db ?? STORE);
  return searchedIn(db, new Judge(db, declaredBy(flags, campaign, plan)), campaign);
}

async function readGroup(group: Group, flags: ExplainFlags, problems: Error[]): Promise<Searched> {
  const { campaign, plan, notes } = loadCampaign(group.campaignPath ?? undefined);
  tell(notes);
  const declared = declaredBy(flags, campaign, plan);
  const options = await readOptions(flags, campaign, group.campaignPath);
  const samples = sampleFiles(flags, campaign, group.campaignPath);
  const db = openStore(null);
  const bar = progressBar(flags, [...group.files, ...samples.files]);
  try {
    const reading = { ...options, storePath: '(throwaway store)', progress: bar.show };
    const read = await ingestLogs(db, group.files, reading);
    problems.push(...group.problems, ...read.problems, ...samples.problems);
    problems.push(...(await ingestSamples(db, samples.files, reading)));
    bar.done();
    tell(read.notes);
    return searchedIn(db, new Judge(db, declared), campaign);
  } catch (error) {
    bar.done();
    db.close();
    throw error;
  }
}

function searchedIn(db: Handle, judging: Judge, campaign: Campaign): Searched {
  const names = new Map([...campaign.instances.values()].map(({ name, id }) => [name, id]));
  return { db, judge: judging, names };
}

/** By what the store says that was declared when its logs were read, unless something is declared now. */
function explained(subject: Case, db: Handle, { campaign, profile, set, paths }: ExplainFlags): Explained {
  const declaresNow = campaign !== undefined || profile !== undefined || (set ?? []).length > 0 || paths.length > 0;
  const stored = declaresNow ? null : asStored(db, subject.migration, subject.settings);
  if (stored === null) return { subject, verdicts: judge(subject), whatIf: whatIf(subject) };
  const before = { ...subject, settings: stored.settings };
  return { subject: before, verdicts: stored.verdicts, whatIf: whatIf(before) };
}

/** More migrations of one instance than this are listed, not told. */
const MOST_TOLD = 5;

async function show(all: readonly Explained[], flags: ExplainFlags): Promise<void> {
  if (flags.format === 'json') await printOut(explainJson(versionOf(), all));
  else if (all.length <= MOST_TOLD) await printOut(all.map((each) => explainText(each, paintFor(flags))).join('\n'));
  else await printOut(`${all.length} migrations; explain one of them:\n${all.map(listed).join('')}`);
}

function listed({ subject: { migration: m } }: Explained): string {
  return `  ${printableName(`${m.id}  ${m.sourceHost ?? '?'} -> ${m.destinationHost ?? '?'}  ${m.outcome}`)}\n`;
}

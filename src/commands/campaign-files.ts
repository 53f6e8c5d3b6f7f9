import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { MigrationRecord, Transcript, VimEvent } from '../certification.ts';
import type { Plan } from '../judging.ts';
import { CATALOGUE } from '../rules/index.ts';
import { type Campaign, CampaignError, NO_CAMPAIGN, parseCampaign } from '../settings/campaign.ts';
import { didYouMean } from '../settings/did-you-mean.ts';
import { mergeImports } from '../settings/import/merge.ts';
import type { Imported } from '../settings/import/openstack.ts';
import { type ImportedFile, readImport } from '../settings/import/read.ts';
import { readTranscript } from '../settings/import/transcript.ts';
import { planOf, UUID } from '../settings/plan.ts';
import { InputError } from '../tail/bytes.ts';
import { filesOf, fromFolder, readText } from './shared.ts';

/** A campaign with everything that its file names besides logs and samples. */
export interface LoadedCampaign {
  readonly campaign: Campaign;
  readonly plan: Plan;
  /** What is not known, for something else was not imported. */
  readonly notes: readonly Error[];
}

/** Reads a campaign file, what it imports, and the transcripts of its tests. Throws CampaignError, InputError. */
export function loadCampaign(path: string | undefined): LoadedCampaign {
  if (path === undefined) return loaded(NO_CAMPAIGN, [], new Map());
  const declared = parseCampaign(readText(path), path);
  const folder = dirname(path);
  const files = declared.imports.flatMap((pattern) => importsAt(pattern, folder, path));
  const transcripts = new Map(
    declared.tests.flatMap((test) => {
      if (test.transcript === null) return [];
      const at = fromFolder(test.transcript, folder);
      if (!existsSync(at)) throw test.wrong('transcript', 'there is no such file; check the path');
      return [[test.transcript, readTranscript(readText(at), at)] as const];
    }),
  );
  const all = loaded(declared, files, transcripts);
  checkWaivers(all.campaign);
  return all;
}

/** A campaign with what files hold that clients printed. Throws CampaignError, InputError. */
export function importedFrom(paths: readonly string[], declared: Campaign): { campaign: Campaign; imported: Imported } {
  return mergedFrom(
    paths.map((path) => readImport(readText(path), path)),
    declared,
  );
}

/** The same with files that are read already. */
export function mergedFrom(
  files: readonly ImportedFile[],
  declared: Campaign,
): { campaign: Campaign; imported: Imported } {
  const imported = together(files);
  return { campaign: mergeImports(declared, imported).campaign, imported };
}

function importsAt(pattern: string, folder: string, campaign: string): ImportedFile[] {
  const paths = filesOf(pattern, folder);
  if (paths.length === 0) throw new InputError(`${campaign}: import ${pattern}: there is no such file; check the path`);
  return paths.map((path) => readImport(readText(path), path));
}

function loaded(
  declared: Campaign,
  files: readonly ImportedFile[],
  transcripts: ReadonlyMap<string, Transcript>,
): LoadedCampaign {
  const imported = together(files);
  const { campaign, missing } = mergeImports(declared, imported);
  const suiteTests = files.flatMap((file) => file.suiteTests);
  const tests = planOf(campaign, { transcripts, actions: imported.actions, suiteTests });
  const issued = issuedByVim(
    files.flatMap(({ vimEvents }) => vimEvents),
    campaign,
  );
  const plan = { tests, records: [...imported.migrations, ...issued] };
  return { campaign, plan, notes: missing.map((each) => new CampaignError(each)) };
}

/** Throws CampaignError for one that can waive nothing. */
function checkWaivers({ waivers, instances }: Campaign): void {
  const rules = CATALOGUE.map(({ id }) => id);
  const names = [...instances.values()].map(({ name }) => name);
  for (const { rule, instance, wrong } of waivers) {
    if (!rules.includes(rule)) throw wrong('rule', `there is no rule ${rule}${didYouMean(rule, rules)}`);
    if (instance !== null && !names.includes(instance) && !UUID.test(instance))
      throw wrong('instance', `there is no instance ${instance}${didYouMean(instance, names)}`);
  }
}

/** The VIM's first event about each migration (700.151) says that it asked for it. */
function issuedByVim(events: readonly VimEvent[], { instances }: Campaign): MigrationRecord[] {
  const ids = new Map([...instances.values()].map(({ name, id }) => [name, id]));
  return events
    .filter(({ id }) => id === '700.151')
    .map(({ name, at, proof }) => {
      return { instance: ids.get(name) ?? null, status: 'issued', knownBy: 'the VIM', startedAt: at, proof };
    });
}

function together(files: readonly ImportedFile[]): Imported {
  const all = <Key extends keyof Imported>(key: Key) =>
    files.flatMap(({ imported }) => imported[key] as unknown[]) as Imported[Key];
  return {
    servers: all('servers'),
    flavors: all('flavors'),
    images: all('images'),
    volumes: all('volumes'),
    migrations: all('migrations'),
    actions: all('actions'),
  };
}

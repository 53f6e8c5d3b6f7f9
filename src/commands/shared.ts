import { closeSync, existsSync, globSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { DateTime } from 'luxon';
import type { Declared, Plan } from '../judging.ts';
import type { ReadOptions } from '../log-context.ts';
import type { Profile } from '../model.ts';
import { Clock } from '../parse/clock.ts';
import type { UserGrammar } from '../parse/user-grammar.ts';
import { ROOT } from '../root.ts';
import { type Campaign, NO_CAMPAIGN, parseCampaign, parseSet } from '../settings/campaign.ts';
import { planOf } from '../settings/plan.ts';
import { InputError } from '../tail/bytes.ts';
import { discoverLogs, type LogFile } from '../tail/discover.ts';
import { UsageError } from './usage-error.ts';

/** Flags that several commands take, as the command line gives them. */
export interface SharedFlags {
  readonly campaign?: string | undefined;
  readonly profile?: string | undefined;
  readonly set?: readonly string[] | undefined;
  readonly tz?: string | undefined;
  readonly host?: readonly string[] | undefined;
  readonly samples?: readonly string[] | undefined;
  readonly grammar?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly quiet?: boolean | undefined;
  readonly color?: boolean | undefined;
}

/** Where the built-in grammars lie. */
export function grammarFolder(): string {
  return join(ROOT, 'parsers');
}

/** Text of the rules that user grammars may use. */
export function grammarLibrary(): string {
  return readFileSync(join(grammarFolder(), 'lexical.peggy'), 'utf8');
}

/** The user's grammar, compiled; peggy is loaded only where there is one. Throws GrammarError, InputError. */
export async function userGrammar(path: string | undefined): Promise<UserGrammar | null> {
  if (path === undefined) return null;
  const { compileGrammar } = await import('../parse/user-grammar.ts');
  return compileGrammar(readText(path), path, grammarLibrary());
}

/** A file that people write. Throws InputError where it cannot be read. */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const why = missing ? 'there is no such file; check the path' : `cannot be read (${(error as Error).message})`;
    throw new InputError(`${path}: ${why}`, { cause: error });
  }
}

/** Writes a report; it holds what tenants' logs hold, so only its owner may read it. Throws InputError. */
export function writeReport(path: string, parts: Iterable<string>): void {
  try {
    const file = openSync(path, 'w', 0o600);
    try {
      for (const text of parts) writeFileSync(file, text);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new InputError(`${path}: the report cannot be written (${(error as Error).message})`, { cause: error });
  }
}

/** The campaign that `--campaign` names, or none. Throws CampaignError, InputError. */
export function campaignAt(path: string | undefined): Campaign {
  return path === undefined ? NO_CAMPAIGN : parseCampaign(readText(path), path);
}

/** The campaign file that lies in a folder, or null. */
export function campaignIn(folder: string): string | null {
  const path = join(folder, 'campaign.yaml');
  return existsSync(path) ? path : null;
}

/** What the flags and the campaign declare; `plan`: its tests, where what they refer to was read. Throws CampaignError. */
export function declaredBy(flags: SharedFlags, campaign: Campaign, plan: Plan = planAlone(campaign)): Declared {
  const chosen = flags.profile === undefined || flags.profile === 'auto' ? null : (flags.profile as Profile);
  return { campaign, set: parseSet(flags.set ?? []), profile: chosen ?? campaign.profile, plan };
}

/** How the logs are to be read. `campaignPath` is what the campaign's own paths are relative to. */
export async function readOptions(
  flags: SharedFlags,
  campaign: Campaign,
  campaignPath: string | null,
  everyTurn = false,
): Promise<ReadOptions> {
  const stated = [...hostFlags(flags.host ?? []), ...campaignHosts(campaign, campaignPath)];
  checkZone(flags.tz);
  for (const { tz } of Object.values(campaign.hosts)) checkZone(tz);
  return {
    hostOf: (path) => stated.find(({ at }) => isAt(path, at))?.name ?? null,
    zoneOf: (host) => flags.tz ?? (host === null ? undefined : campaign.hosts[host]?.tz) ?? null,
    user: await userGrammar(flags.grammar),
    everyTurn,
  };
}

/** What each of the given paths leads to; a path that cannot be read is told in `problems`, and the others count all the same. */
export function eachPath<Found>(
  paths: readonly string[],
  find: (path: string, problems: InputError[]) => readonly Found[],
): { found: Found[]; problems: InputError[] } {
  const problems: InputError[] = [];
  const found = paths.flatMap((path) => {
    try {
      return find(path, problems);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(error);
      return [];
    }
  });
  return { found, problems };
}

/** The logs that the given paths mean, each once, and what was not found. */
export function logsOf(paths: readonly string[]): { files: LogFile[]; problems: InputError[] } {
  const { found, problems } = eachPath(paths, (path, unsearched) => discoverLogs([path], unsearched));
  return { files: discoverLogs(found.map(({ path }) => path)), problems };
}

/** Files that patterns of a campaign mean, relative to its folder. */
export function campaignLogs(campaign: Campaign, campaignPath: string): string[] {
  const patterns = [...campaign.logs, ...Object.values(campaign.hosts).flatMap(({ logs }) => logs)];
  const cwd = dirname(campaignPath);
  return patterns.flatMap((pattern) => filesOf(pattern, cwd));
}

/** `--since` and `--until` in ms. Throws UsageError for what is no time with a zone. */
export function windowOf(flags: SharedFlags): { since: number; until: number } {
  const since = timeOf(flags.since, '--since') ?? Number.NEGATIVE_INFINITY;
  const until = timeOf(flags.until, '--until') ?? Number.POSITIVE_INFINITY;
  if (since > until) throw new UsageError(`--since ${flags.since} is later than --until ${flags.until}`);
  return { since, until };
}

/** An ISO 8601 time with zone, in ms. Throws UsageError. */
export function timeOf(text: string | undefined, flag: string): number | null {
  if (text === undefined) return null;
  const time = DateTime.fromISO(text, { setZone: true });
  if (!time.isValid || !/(?:Z|[+-]\d\d:?\d\d)$/i.test(text)) {
    throw new UsageError(`${flag} ${text}: write a time with its zone, as in 2024-05-01T09:00:00Z`);
  }
  return time.toMillis();
}

function planAlone(campaign: Campaign): Plan {
  return { tests: planOf(campaign, { transcripts: new Map(), actions: [], suiteTests: [] }), records: [] };
}

function checkZone(zone: string | undefined): void {
  if (zone === undefined) return;
  try {
    new Clock({ zone });
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

function hostFlags(flags: readonly string[]): { name: string; at: string }[] {
  return flags.map((flag) => {
    const [name, ...path] = flag.split('=');
    if (!name || path.length === 0)
      throw new UsageError(`--host ${flag}: write NAME=PATH, as in --host compute-0=nova-compute.log`);
    const at = path.join('=');
    if (at !== '-' && !existsSync(at)) throw new UsageError(`--host ${flag}: there is no such log or folder`);
    return { name, at };
  });
}

function campaignHosts(campaign: Campaign, campaignPath: string | null): { name: string; at: string }[] {
  if (campaignPath === null) return [];
  const cwd = dirname(campaignPath);
  return Object.entries(campaign.hosts).flatMap(([name, { logs }]) =>
    logs.flatMap((pattern) => filesOf(pattern, cwd).map((at) => ({ name, at }))),
  );
}

/** Files that a pattern of a campaign means, in order of their names. */
export function filesOf(pattern: string, folder: string): string[] {
  return globSync(pattern, { cwd: folder })
    .map((path) => fromFolder(path, folder))
    .sort();
}

/** Paths in a campaign are relative to its folder. */
export function fromFolder(path: string, folder: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}

function isAt(path: string, place: string): boolean {
  if (path === '-' || place === '-') return path === place;
  const [full, at] = [resolve(path), resolve(place)];
  return full === at || full.startsWith(at.endsWith(sep) ? at : at + sep);
}

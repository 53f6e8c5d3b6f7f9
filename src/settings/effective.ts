import type { ForkSettings, Migration, Profile, Settings } from '../model.ts';
import type { Campaign, ConfValues, DeclaredInstance } from './campaign.ts';
import { forkSettings } from './fork.ts';
import { novaConfOf } from './nova-conf.ts';
import { revealed } from './revealed.ts';
import { upstreamSettings } from './upstream.ts';

/** What is known of the settings around a migration. */
export interface SettingsInput {
  readonly campaign: Campaign;
  /** `--set`: over the campaign's `defaults`. */
  readonly set: ConfValues;
  /** `--profile` or the campaign's; null: from what the log shows. */
  readonly profile: Profile | null;
  /** What other migrations of the host, or of all hosts, show of the profile. */
  readonly dialectAround: Profile | null;
  /** Option dumps of the source host before the migration, newest last: name without its group, value as printed. */
  readonly options: readonly (readonly [name: string, value: string])[];
}

/**
 * What was in force for a migration. The fork's per-instance keys count in profile `stx-2018` only (each setting with its
 * own precedence); there a value is declared only where the instance is, for its flavor, image or metadata may carry a key.
 */
export function settingsOf(migration: Migration, input: SettingsInput): Settings {
  const profile = input.profile ?? migration.dialect ?? input.dialectAround ?? 'upstream';
  const instance = input.campaign.instances.get(migration.instance) ?? null;
  return revealed(chosen(profile, instance, migration, input), migration);
}

/** What a declared instance's next migration would find in force at a time (ms; null: before the first dated value). */
export function settingsAt(instance: DeclaredInstance, at: number | null, input: SettingsInput): Settings {
  const moment = at ?? Number.NEGATIVE_INFINITY;
  const profile = input.profile ?? input.dialectAround ?? 'upstream';
  return chosen(profile, instance, { startedAt: moment, endedAt: moment }, input);
}

/** The same with the fork. */
export function forkSettingsAt(instance: DeclaredInstance, at: number | null, input: SettingsInput): ForkSettings {
  const moment = at ?? Number.NEGATIVE_INFINITY;
  return chosenByFork(instance, { startedAt: moment, endedAt: moment }, input);
}

function chosen(
  profile: Profile,
  instance: DeclaredInstance | null,
  when: Pick<Migration, 'startedAt' | 'endedAt'>,
  input: SettingsInput,
): Settings {
  if (profile === 'stx-2018') return chosenByFork(instance, when, input);
  const settings = upstreamSettings(novaConfOf(profile, input, when.startedAt), instance);
  return { ...settings, profile, profileDeclared: input.profile !== null };
}

function chosenByFork(
  instance: DeclaredInstance | null,
  when: Pick<Migration, 'startedAt' | 'endedAt'>,
  input: SettingsInput,
): ForkSettings {
  const settings = forkSettings(novaConfOf('stx-2018', input, when.startedAt), instance, when);
  return { ...settings, profile: 'stx-2018', profileDeclared: input.profile !== null };
}

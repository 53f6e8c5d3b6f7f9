import type { Migration, Settings, Verdict } from './model.ts';
import { CATALOGUE } from './rules/index.ts';
import { judgementOf, type StoredSetting } from './store/derived.ts';
import type { Handle } from './store/open.ts';

/**
 * The settings and verdicts of a migration as the store has them: by what was declared when its lines were read. Null where it
 * has none. `now`: the settings as they would be by what is declared now, for what the store does not keep.
 */
export function asStored(
  db: Handle,
  { id }: Pick<Migration, 'id'>,
  now: Settings,
): { readonly settings: Settings; readonly verdicts: readonly Verdict[] } | null {
  const stored = judgementOf(db, id);
  return stored === null ? null : { settings: settingsFrom(stored.settings, now), verdicts: inOrder(stored.verdicts) };
}

/** The settings in force as they are stored, by name, with what is not stored by name. */
export function settingsFrom(
  stored: readonly StoredSetting[],
  now: Pick<Settings, 'profile' | 'profileDeclared'>,
): Settings {
  const named = stored.map(({ name, value, ...setting }) => [name, { ...setting, value: typedValue(value) }]);
  return { ...now, ...Object.fromEntries(named) } as Settings;
}

function typedValue(text: string | null): number | boolean | string | null {
  if (text === null || text === '') return text;
  if (text === 'true' || text === 'false') return text === 'true';
  return Number.isFinite(Number(text)) ? Number(text) : text;
}

/** Verdicts in the order of reports. */
export function inOrder(verdicts: readonly Verdict[]): Verdict[] {
  const place = ({ rule }: Verdict) => PLACES.get(rule) ?? PLACES.size;
  return verdicts.toSorted((a, b) => place(a) - place(b));
}

const PLACES = new Map(CATALOGUE.map(({ id }, index) => [id, index]));

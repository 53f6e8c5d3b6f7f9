import type { Setting, Settings } from '../model.ts';
import type { CatalogueTest, Setup } from './catalogue.ts';

const NAMES: Readonly<Record<Setup['setting'], string>> = {
  timeout_s: 'timeout',
  max_downtime_ms: 'maximum downtime',
  auto_converge: 'auto-converge',
  tunnel: 'tunnel',
};

/** Why a migration under these settings is no run of a test; null where it is one. What a test expects itself is taken at its word. */
export function unlike({ setup }: CatalogueTest, settings: Settings): string | null {
  for (const wanted of setup) {
    const setting: Setting<unknown> = settings[wanted.setting];
    const met =
      setting.origin === 'expect' ? isValue(wanted, setting) : isFrom(wanted, setting) && isValue(wanted, setting);
    if (!met) return `the test needs ${inWords(wanted)}, but here ${NAMES[wanted.setting]} is ${shown(setting)}`;
    if (!setting.declared)
      return `the test needs ${inWords(wanted)}, but nothing declares flavor, image and metadata of the instance`;
  }
  return null;
}

function isFrom({ from, against, alone }: Setup, { origin, candidates }: Setting<unknown>): boolean {
  if (from !== null && (origin === null || !from.includes(origin))) return false;
  if (against !== undefined && !candidates.some((each) => each.origin === against && each.lost !== null)) return false;
  const others = candidates.filter(
    (each) => ['flavor', 'image', 'instance'].includes(each.origin) && each.origin !== origin,
  );
  return !alone || others.length === 0;
}

function isValue({ value }: Setup, setting: Setting<unknown>): boolean {
  return value === undefined || setting.value === value;
}

function inWords({ setting, from, value, against, alone }: Setup): string {
  const what = value === undefined ? NAMES[setting] : `${NAMES[setting]} ${value}`;
  const place =
    from === null
      ? ''
      : from.includes('default')
        ? ' set by no flavor, image or instance'
        : ` from the ${from.join(' or ')}`;
  return `${what}${place}${alone ? ' alone' : ''}${against === undefined ? '' : ` against the ${against}`}`;
}

function shown({ value, origin }: Setting<unknown>): string {
  return `${value ?? 'unknown'}${origin === null ? '' : ` (${origin})`}`;
}

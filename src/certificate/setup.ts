import type { Setting, Settings } from '../model.ts';
import type { CatalogueTest, Setup } from './catalogue.ts';

const NAMES: Readonly<Record<Setup['setting'], string>> = {
  timeout_s: 'timeout',
  max_downtime_ms: 'maximum downtime',
  auto_converge: 'auto-converge',
  tunnel: 'tunnel',
};

const PLACES: Readonly<Record<string, string>> = { instance: 'instance metadata' };

function placeOf(origin: string | null): string {
  return PLACES[origin ?? ''] ?? origin ?? 'unknown';
}

/** Why a migration under these settings is no run of a test; null where it is one. What a test expects itself is taken at its word. */
export function unlike({ setup }: CatalogueTest, settings: Settings): string | null {
  for (const wanted of setup) {
    const setting: Setting<unknown> = settings[wanted.setting];
    const met =
      setting.origin === 'expect' ? isValue(wanted, setting) : isFrom(wanted, setting) && isValue(wanted, setting);
    if (!met) return `the test needs ${inWords(wanted)}, but here ${NAMES[wanted.setting]} is ${shown(setting)}`;
    if (!setting.declared)
      return `the test needs ${inWords(wanted)}, but nothing declares flavor, image and metadata of the instance`;
    const same = wanted.from === null ? undefined : sayingTheSame(setting).find(({ origin }) => origin !== 'nova.conf');
    if (same !== undefined)
      return `the ${placeOf(same.origin)} says ${setting.value} too: whether the ${placeOf(setting.origin)} counts is not shown`;
  }
  return null;
}

/** What the run leaves open though it passes: without the key in question nova.conf would have had the same effect. */
export function leftOpen({ setup }: CatalogueTest, settings: Settings): string[] {
  return setup.flatMap((wanted) => {
    const setting: Setting<unknown> = settings[wanted.setting];
    const conf = wanted.from === null ? undefined : sayingTheSame(setting).find(({ origin }) => origin === 'nova.conf');
    if (conf === undefined) return [];
    return [
      `left open: nova.conf says ${setting.value} too: that it is the ${placeOf(setting.origin)} that counts is not shown`,
    ];
  });
}

/** Candidates that lost with the same value as the winner's. */
function sayingTheSame({ value, candidates, origin }: Setting<unknown>): Setting<unknown>['candidates'] {
  return candidates.filter(
    (each) => each.lost !== null && each.origin !== origin && each.value.toLowerCase() === String(value).toLowerCase(),
  );
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

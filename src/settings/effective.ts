import type { Candidate, Migration, Origin, Profile, Setting, Settings } from '../model.ts';
import { dataGb } from '../nova/schedule.ts';
import type { Campaign, DeclaredInstance } from './campaign.ts';
import { type ConfValue, type NovaConf, novaConfOf } from './nova-conf.ts';
import { revealed } from './revealed.ts';

/** What is known of the settings around a migration. */
export interface SettingsInput {
  readonly campaign: Campaign;
  /** `--set`: over the campaign's `defaults`. */
  readonly set: Campaign['defaults'];
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
  const conf = novaConfOf(profile, input);
  const instance = input.campaign.instances.get(migration.instance) ?? null;
  const settings = profile === 'stx-2018' ? forkSettings(conf, instance) : upstreamSettings(conf, instance);
  return revealed({ ...settings, profile, profileDeclared: input.profile !== null }, migration);
}

type Chosen = Omit<Settings, 'profile' | 'profileDeclared'>;

const KEY = { instance: 'hw:wrs:live_migration_', image: 'hw_wrs_live_migration_' };

function forkSettings(conf: NovaConf, instance: DeclaredInstance | null): Chosen {
  const given = (name: string, origins: readonly Origin[]) =>
    origins.flatMap((origin) => lookUp(instance, origin, name));
  const declared = instance !== null;
  return {
    ...confSettings(conf),
    timeout_s: forkTimeout(conf, given('timeout', ['flavor', 'instance', 'image']), declared),
    max_downtime_ms: forkDowntime(conf, given('max_downtime', ['flavor', 'instance', 'image']), declared),
    auto_converge: forkSwitch(conf.auto_converge, given('auto_converge', ['instance', 'flavor']), declared),
    tunnel: forkSwitch(conf.tunnel, given('tunnel', ['instance', 'flavor']), declared),
    data_gb: none('the fork does not multiply by the size'),
  };
}

interface Given {
  readonly origin: Origin;
  readonly key: string;
  readonly value: string;
}

function lookUp(instance: DeclaredInstance | null, origin: Origin, name: string): Given[] {
  if (instance === null) return [];
  const key = (origin === 'image' ? KEY.image : KEY.instance) + name;
  const values = { flavor: instance.flavor, image: instance.image, instance: instance.metadata }[
    origin as 'flavor' | 'image' | 'instance'
  ];
  const value = values[key];
  return value == null ? [] : [{ origin, key, value }];
}

/** Lowest non-zero of flavor, instance and image; 0 only where every given value is 0 (stx-nova, driver.py). */
function forkTimeout(conf: NovaConf, given: readonly Given[], declared: boolean): Setting<number> {
  const numbers = given.flatMap((each) => (isInteger(each.value) ? [{ ...each, number: Number(each.value) }] : []));
  const positive = numbers.filter(({ number }) => number !== 0).sort((a, b) => a.number - b.number);
  const winner = positive[0] ?? numbers[0];
  const why =
    winner === undefined
      ? withoutWinner(given, 'a whole number', 'no flavor, image or instance key: nova.conf')
      : winner.number === 0
        ? 'every given value is 0: the timeout is off'
        : numbers.length > positive.length
          ? 'the lowest non-zero value wins; 0 is overridden'
          : 'the lowest value wins';
  const unread = (each: Given) => (isInteger(each.value) ? null : notA('a whole number', each));
  return choose(given, winner, winner?.number ?? null, conf.timeout, declared, why, unread);
}

/** Flavor, then instance, then image; below 100 ms nova.conf's value is taken instead (stx-nova, driver.py). */
function forkDowntime(conf: NovaConf, given: readonly Given[], declared: boolean): Setting<number> {
  const winner = given[0];
  if (winner && (!isInteger(winner.value) || Number(winner.value) < 100)) {
    return choose(
      given,
      undefined,
      null,
      conf.downtime,
      declared,
      `${winner.value} is not a number of at least 100: nova.conf`,
    );
  }
  const why = winner ? 'flavor wins over instance, instance over image' : 'no flavor, image or instance key: nova.conf';
  return choose(given, winner, winner ? Number(winner.value) : null, conf.downtime, declared, why);
}

/** Instance metadata wins over the flavor; an image property has no effect; what is no strict boolean is ignored. */
function forkSwitch(conf: ConfValue<boolean>, given: readonly Given[], declared: boolean): Setting<boolean> {
  const winner = given.find(({ value }) => booleanOf(value) !== null);
  const why = winner
    ? 'instance metadata wins over the flavor'
    : withoutWinner(given, 'a boolean', 'no flavor or instance key: nova.conf');
  const unread = (each: Given) => (booleanOf(each.value) === null ? notA('a boolean', each) : null);
  return choose(given, winner, winner ? booleanOf(winner.value) : null, conf, declared, why, unread);
}

/** Nova passes over a value that it cannot read. */
function withoutWinner(given: readonly Given[], kind: string, none: string): string {
  const [first] = given;
  return first === undefined ? none : `${notA(kind, first)}: nova.conf`;
}

function notA(kind: string, { value, origin }: Given): string {
  return `${value} (${origin}) is not ${kind}`;
}

function choose<Value>(
  given: readonly Given[],
  winner: Given | undefined,
  value: Value | null,
  conf: ConfValue<Value>,
  declared: boolean,
  why: string,
  unread: (each: Given) => string | null = () => null,
): Setting<Value> {
  const lost = (each: Given) => {
    const reason = unread(each);
    return reason === null ? why : winner ? reason : `${reason}: nova.conf`;
  };
  const candidates: Candidate[] = given.map((each) => ({
    origin: each.origin,
    key: each.key,
    value: each.value,
    lost: winner?.origin === each.origin ? null : lost(each),
  }));
  if (winner) return { value, origin: winner.origin, declared, candidates: [...candidates, lostConf(conf, why)], why };
  const unsaid = declared
    ? why
    : 'nova.conf, unless flavor, image or instance say otherwise: the campaign does not declare the instance';
  return { value: conf.value, origin: conf.origin, declared: declared && conf.declared, candidates, why: unsaid };
}

function lostConf<Value>(conf: ConfValue<Value>, why: string): Candidate {
  return { origin: conf.origin, key: conf.key, value: String(conf.value), lost: why };
}

function upstreamSettings(conf: NovaConf, instance: DeclaredInstance | null): Chosen {
  const size = sizeOf(instance);
  const timeout = conf.timeout;
  const known = size.value !== null || timeout.value === 0;
  const value = known ? Math.trunc(timeout.value * (size.value ?? 0)) : null;
  const why = known
    ? `nova.conf's ${timeout.value} s x ${size.value ?? '-'} GiB${instance?.block_migration && timeout.value > 0 ? ', the most it can be' : ''}`
    : "nova.conf's value x GiB, but the size is not declared";
  return {
    ...confSettings(conf),
    timeout_s: {
      value,
      origin: known ? timeout.origin : null,
      declared: known && timeout.declared,
      candidates: [],
      why,
    },
    max_downtime_ms: fromConf(conf.downtime),
    auto_converge: fromConf(conf.auto_converge),
    tunnel: fromConf(conf.tunnel),
    data_gb: size,
  };
}

/** Of data_gb's candidates, the first is what older novas make of the sizes, the second the least that can be. */
type SizeKey = 'memory_mib' | 'disks_gib';
const DISK_FILES =
  "a disk's file counts, not its declared size: less where it is thin, nothing where nova cannot see it";

function sizeOf(instance: DeclaredInstance | null): Setting<number> {
  if (instance?.memory_mib === undefined) return none('memory_mib of the instance is not declared');
  if (instance.block_migration && instance.disks_gib.length === 0)
    return none('disks_gib of the instance is not declared');
  const disks = instance.block_migration ? instance.disks_gib : [];
  const value = dataGb(instance.memory_mib, disks, false);
  const floored = dataGb(instance.memory_mib, disks, true);
  const least = dataGb(instance.memory_mib, [], true);
  const candidate = (key: SizeKey, gib: number, lost: string): Candidate[] =>
    gib === value ? [] : [{ origin: 'instance', key, value: String(gib), lost }];
  return {
    value,
    origin: 'instance',
    declared: true,
    candidates: [
      ...candidate('memory_mib', floored, 'Python 2 (nova until Stein) divides downwards'),
      ...(instance.block_migration ? candidate('disks_gib', least, DISK_FILES) : []),
    ],
    why: instance.block_migration
      ? `memory and disks, each at least 2 GiB: the most it can be, for ${DISK_FILES}`
      : 'memory, at least 2 GiB',
  };
}

function confSettings(conf: NovaConf) {
  return {
    post_copy: fromConf(conf.post_copy),
    timeout_action: fromConf(conf.timeout_action),
    downtime_steps: fromConf(conf.downtime_steps),
    downtime_delay_s: fromConf(conf.downtime_delay),
    completion_timeout_s: fromConf(conf.timeout),
  };
}

function fromConf<Value>(conf: ConfValue<Value>): Setting<Value> {
  const { value, origin, declared, key, below } = conf;
  if (below !== undefined) {
    const why = `nova.conf (${key}) says ${below}, but nova takes at least ${value}`;
    return { value, origin, declared, candidates: [{ origin, key, value: String(below), lost: why }], why };
  }
  const why = declared ? `nova.conf (${key})` : 'the default; nothing declares it';
  return { value, origin, declared, candidates: [], why };
}

function none(why: string): Setting<number> {
  return { value: null, origin: null, declared: false, candidates: [], why };
}

function isInteger(value: string): boolean {
  return /^\s*[+-]?\d+\s*$/.test(value);
}

/** oslo.utils strutils.bool_from_string(strict=True). */
function booleanOf(value: string): boolean | null {
  if (/^\s*(?:1|t|true|on|y|yes)\s*$/i.test(value)) return true;
  return /^\s*(?:0|f|false|off|n|no)\s*$/i.test(value) ? false : null;
}

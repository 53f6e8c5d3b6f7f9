import type { Origin, Profile } from '../model.ts';
import { OPTION_NAMES } from '../nova/options.ts';
import type { ConfValues, DeclaredConf } from './campaign.ts';
import { MOST_STEPS } from './campaign-schema.ts';
import { inForce } from './dated.ts';

/** One value of nova.conf; `declared` is false for a default that nothing states. */
export interface ConfValue<Value> {
  readonly value: Value;
  readonly origin: Origin;
  readonly declared: boolean;
  readonly key: string;
  /** What was stated, where nova takes its minimum instead. */
  readonly below?: Value;
}

/** nova.conf's [libvirt] live_migration_* values, timeouts and delays in s, downtime in ms. */
export interface NovaConf {
  readonly timeout: ConfValue<number>;
  readonly timeout_action: ConfValue<'abort' | 'force_complete'>;
  readonly downtime: ConfValue<number>;
  readonly downtime_steps: ConfValue<number>;
  readonly downtime_delay: ConfValue<number>;
  readonly progress_timeout: ConfValue<number>;
  readonly auto_converge: ConfValue<boolean>;
  readonly tunnel: ConfValue<boolean>;
  readonly post_copy: ConfValue<boolean>;
}

type Complete = { readonly [Key in keyof ConfValues]-?: Exclude<ConfValues[Key], undefined> };

/** Defaults of the deployments: StarlingX's puppet of 2018, and nova's own (nova/conf/libvirt.py, 16.0.0 to 33.0.0). */
const PROFILE_DEFAULTS: Readonly<Record<Profile, Complete>> = {
  'stx-2018': {
    timeout: 180,
    timeout_action: 'abort',
    downtime: 500,
    downtime_steps: 10,
    downtime_delay: 75,
    progress_timeout: 0,
    auto_converge: true,
    tunnel: false,
    post_copy: false,
  },
  upstream: {
    timeout: 800,
    timeout_action: 'abort',
    downtime: 500,
    downtime_steps: 10,
    downtime_delay: 75,
    progress_timeout: 0,
    auto_converge: false,
    tunnel: false,
    post_copy: false,
  },
};

/** Mitaka to Ocata take these for less (nova/virt/libvirt/migration.py); later ones do not start with less. */
const UPSTREAM_MINIMUM: Readonly<Partial<Record<keyof Complete, number>>> = {
  downtime: 100,
  downtime_steps: 3,
  downtime_delay: 3,
};

/**
 * nova.conf at a time (ms; null: unknown) as `--set`, then the campaign, then the log's option dump, then an explicitly
 * chosen profile declare it.
 */
export function novaConfOf(
  profile: Profile,
  input: {
    readonly set: ConfValues;
    readonly campaign: { readonly conf: DeclaredConf };
    readonly profile: Profile | null;
    readonly options: readonly (readonly [name: string, value: string])[];
  },
  at: number | null,
): NovaConf {
  const dump = new Map(input.options);
  const value = <Key extends keyof Complete>(key: Key): ConfValue<Complete[Key]> =>
    profile === 'upstream' ? raised(stated(key), UPSTREAM_MINIMUM[key]) : stated(key);
  const stated = <Key extends keyof Complete>(key: Key): ConfValue<Complete[Key]> => {
    const name = OPTION_NAMES[key];
    const given = (input.set[key] ?? inForce(input.campaign.conf[key] ?? [], at)?.value) as Complete[Key] | undefined;
    if (given !== undefined) return { value: given, origin: 'nova.conf', declared: true, key: name };
    const printed = printedValue(key, dump) as Complete[Key] | undefined;
    if (printed !== undefined) return { value: printed, origin: 'nova.conf', declared: true, key: name };
    return { value: PROFILE_DEFAULTS[profile][key], origin: 'default', declared: input.profile !== null, key: name };
  };
  return {
    timeout: value('timeout'),
    timeout_action: value('timeout_action'),
    downtime: value('downtime'),
    downtime_steps: value('downtime_steps'),
    downtime_delay: value('downtime_delay'),
    progress_timeout: value('progress_timeout'),
    auto_converge: value('auto_converge'),
    tunnel: value('tunnel'),
    post_copy: value('post_copy'),
  };
}

function raised<Value>(conf: ConfValue<Value>, minimum: number | undefined): ConfValue<Value> {
  if (minimum === undefined || typeof conf.value !== 'number' || conf.value >= minimum) return conf;
  return { ...conf, value: minimum as Value, below: conf.value };
}

function printedValue(key: keyof Complete, dump: ReadonlyMap<string, string>): number | boolean | string | undefined {
  const printed = dump.get(OPTION_NAMES[key]);
  if (key === 'tunnel') return tunnelOf(printed, dump.get('live_migration_flag'));
  if (printed === undefined || printed === 'None') return undefined;
  const example = PROFILE_DEFAULTS.upstream[key];
  if (typeof example === 'boolean') return printed === 'True' ? true : printed === 'False' ? false : undefined;
  if (typeof example === 'number') return /^\d{1,9}$/.test(printed) ? likely(key, Number(printed)) : undefined;
  return printed === 'abort' || printed === 'force_complete' ? printed : undefined;
}

/** A schedule of more steps than a campaign may declare is of no nova that runs. */
function likely(key: keyof Complete, value: number): number | undefined {
  return key === 'downtime_steps' && value > MOST_STEPS ? undefined : value;
}

/** Until Mitaka a flag in live_migration_flag tunnelled; live_migration_tunnelled overrides it where it is not None. */
function tunnelOf(option: string | undefined, flags: string | undefined): boolean | undefined {
  if (option === 'True') return true;
  if (option === 'False') return false;
  return flags === undefined ? undefined : flags.includes('VIR_MIGRATE_TUNNELLED');
}

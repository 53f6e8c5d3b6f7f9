import type { Candidate, ForkSettings, KnownSetting, Migration, Origin } from '../model.ts';
import { type KeyName, keyOf } from '../nova/keys.ts';
import { strictBoolean, wholeNumber } from '../nova/values.ts';
import type { DeclaredInstance } from './campaign.ts';
import { confSettings, none } from './conf-settings.ts';
import { changesWithin, inForce } from './dated.ts';
import type { ConfValue, NovaConf } from './nova-conf.ts';

/** What the StarlingX fork of 2018 takes (stx-nova, driver.py): keys of flavor, instance and image, each with its own precedence. */
export function forkSettings(
  conf: NovaConf,
  instance: DeclaredInstance | null,
  migration: Pick<Migration, 'startedAt' | 'endedAt'>,
): Omit<ForkSettings, 'profile' | 'profileDeclared'> {
  const given = (name: KeyName, origins: readonly Origin[]) =>
    origins.flatMap((origin) => lookUp(instance, origin, name, migration.startedAt));
  const declared = instance !== null;
  const steady = (setting: KnownSetting<number>, name: KeyName) =>
    changesMeanwhile(instance, name, migration) ? { ...setting, declared: false, why: CHANGED } : setting;
  return {
    ...confSettings(conf),
    timeout_s: steady(forkTimeout(conf, given('timeout', ['flavor', 'instance', 'image']), declared), 'timeout'),
    max_downtime_ms: steady(
      forkDowntime(conf, given('max_downtime', ['flavor', 'instance', 'image']), declared),
      'max_downtime',
    ),
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

function lookUp(instance: DeclaredInstance | null, origin: Origin, name: KeyName, at: number | null): Given[] {
  const { key, values } = valuesOf(instance, origin, name);
  const value = inForce(values, at)?.value;
  return value == null ? [] : [{ origin, key, value }];
}

function valuesOf(instance: DeclaredInstance | null, origin: Origin, name: KeyName) {
  const key = keyOf(name, origin);
  const keys = { flavor: instance?.flavor, image: instance?.image, instance: instance?.metadata };
  return { key, values: keys[origin as keyof typeof keys]?.[key] ?? [] };
}

const CHANGED = 'it changed while the migration ran, and nova reads it again twice a second';

/** The fork reads timeout and downtime on every turn of its loop (stx-nova, driver.py), so that they may change in mid-flight. */
function changesMeanwhile(
  instance: DeclaredInstance | null,
  name: KeyName,
  { startedAt, endedAt }: Pick<Migration, 'startedAt' | 'endedAt'>,
): boolean {
  const origins: Origin[] = ['flavor', 'instance', 'image'];
  return origins.some((origin) => changesWithin(valuesOf(instance, origin, name).values, startedAt, endedAt));
}

/** Lowest non-zero of flavor, instance and image; 0 only where every given value is 0 (stx-nova, driver.py). */
function forkTimeout(conf: NovaConf, given: readonly Given[], declared: boolean): KnownSetting<number> {
  const numbers = readable(given, wholeNumber);
  const positive = numbers.filter(({ taken }) => taken !== 0).sort((a, b) => a.taken - b.taken);
  const winner = positive[0] ?? numbers[0];
  const why =
    winner === undefined
      ? withoutWinner(given, 'a whole number', 'no flavor, image or instance key: nova.conf')
      : winner.taken === 0
        ? 'every given value is 0: the timeout is off'
        : numbers.length > positive.length
          ? 'the lowest non-zero value wins; 0 is overridden'
          : 'the lowest value wins';
  const unread = (each: Given) => (wholeNumber(each.value) !== null ? null : notA('a whole number', each));
  return choose(given, winner, conf.timeout, declared, why, unread);
}

/** Flavor, then instance, then image; below 100 ms nova.conf's value is taken instead (stx-nova, driver.py). */
function forkDowntime(conf: NovaConf, given: readonly Given[], declared: boolean): KnownSetting<number> {
  const [first] = given;
  const [winner] = readable(given.slice(0, 1), wholeNumber).filter(({ taken }) => taken >= 100);
  if (first && !winner) {
    const why = `${first.value} is not a number of at least 100: nova.conf`;
    return choose(given, winner, conf.downtime, declared, why);
  }
  const why = winner ? 'flavor wins over instance, instance over image' : 'no flavor, image or instance key: nova.conf';
  return choose(given, winner, conf.downtime, declared, why);
}

/** Instance metadata wins over the flavor; an image property has no effect; what is no strict boolean is ignored. */
function forkSwitch(conf: ConfValue<boolean>, given: readonly Given[], declared: boolean): KnownSetting<boolean> {
  const [winner] = readable(given, strictBoolean);
  const why =
    winner === undefined
      ? withoutWinner(given, 'a boolean', 'no flavor or instance key: nova.conf')
      : winner.origin === 'flavor'
        ? 'the flavor says so, and no instance metadata'
        : 'instance metadata wins over the flavor';
  const unread = (each: Given) => (strictBoolean(each.value) === null ? notA('a boolean', each) : null);
  return choose(given, winner, conf, declared, why, unread);
}

/** What nova takes a source's text for. */
interface Taken<Value> extends Given {
  readonly taken: Value;
}

function readable<Value>(given: readonly Given[], read: (text: string) => Value | null): Taken<Value>[] {
  return given.flatMap((each) => {
    const taken = read(each.value);
    return taken === null ? [] : [{ ...each, taken }];
  });
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
  winner: Taken<Value> | undefined,
  conf: ConfValue<Value>,
  declared: boolean,
  why: string,
  unread: (each: Given) => string | null = () => null,
): KnownSetting<Value> {
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
  if (winner) {
    const { taken: value, origin } = winner;
    return { value, origin, declared, candidates: [...candidates, lostConf(conf)], why };
  }
  const unsaid = declared
    ? why
    : 'nova.conf, unless flavor, image or instance say otherwise: the campaign does not declare the instance';
  return { value: conf.value, origin: conf.origin, declared: declared && conf.declared, candidates, why: unsaid };
}

function lostConf<Value>(conf: ConfValue<Value>): Candidate {
  return {
    origin: conf.origin,
    key: conf.key,
    value: String(conf.value),
    lost: 'what flavor, image or instance say wins over nova.conf',
  };
}

import type { Report } from '../judgement.ts';

/** Names that only a campaign or a log knows for private: hosts, instances as people call them. */
export interface PrivateNames {
  readonly hosts: readonly string[];
  readonly instances: readonly string[];
}

/**
 * The report with hosts, instances, requests, tenants, users, addresses and paths replaced by pseudonyms, in lines of
 * evidence too; the same original gets the same pseudonym everywhere. Plan, rules and figures stay. `through` does the same to
 * what else is told of the report's migrations.
 */
export function anonymiser(
  report: Report,
  names: PrivateNames,
): { report: Report; through: <Value>(value: Value) => Value } {
  const pseudonyms = new Pseudonyms(report, names);
  const { catalogue, uncovered, version, profile, generatedAt, ...rest } = report;
  const told = { ...pseudonyms.through(rest), catalogue, uncovered, version, profile, generatedAt } as Report;
  return { report: told, through: (value) => pseudonyms.through(value) };
}

const UUID = /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi;
/** Tenants and users by their ids. */
const HEX_ID = /\b[0-9a-f]{32}\b/gi;
const DOMAIN = /\binstance-[0-9a-f]{8}\b/gi;
const IPV4 = /\b(?:\d{1,3}\.){3}\d{1,3}\b/g;
const IPV6 =
  /(?<![\w:.])(?:[0-9a-f]{1,4}:){2,7}(?::?[0-9a-f]{1,4}){1,6}(?![\w:])|(?<![\w:.])(?:[0-9a-f]{1,4}:)*:(?::?[0-9a-f]{1,4}){1,7}(?![\w:])/gi;
const MAC = /\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/gi;
/** What nova prints of who asked: ids or names behind the request id. */
const CONTEXT = /(\[(?:None )?(?:req-[\w-]+ )*req-[\w-]+ )([^\]]*)(\])/g;
/** A VIM event names the tenant, and the instance. */
const OWNED = /\b(owned by |against instance |for instance )(\S+)/g;
/** Values of these keys are of the catalogue or of the program, and hold nothing private. */
const KEPT = new Set([
  'rule',
  'status',
  'severity',
  'outcome',
  'profile',
  'section',
  'title',
  'origin',
  'key',
  'config',
  'dialect',
]);
const ORDINARY = new Set(['-', 'None', 'default', 'admin', 'all']);

class Pseudonyms {
  readonly #known = new Map<string, string>();
  readonly #paths: readonly string[];
  readonly #names: readonly string[];
  readonly #campaign: string | null;

  constructor({ sources, migrations, findings, tests, campaign }: Report, { hosts, instances }: PrivateNames) {
    const of = (values: readonly (string | null)[]) =>
      values.filter((value) => value !== null && value !== '') as string[];
    const verdicts = [...migrations.flatMap((each) => each.verdicts), ...findings, ...tests];
    const evidence = verdicts.flatMap((each) => each.evidence.map(({ path }) => path));
    this.#paths = longestFirst([...sources.map(({ path }) => path), ...evidence]);
    const named = migrations.flatMap(({ migration }) => [migration.sourceHost, migration.destinationHost]);
    const whole = of([...hosts, ...sources.map(({ host }) => host), ...named]);
    // A host is called by its whole name here and by the first part of it there.
    const allHosts = longestFirst([...whole, ...whole.map((host) => host.split('.')[0] as string)]);
    for (const host of allHosts) this.#pseudonym('host', host);
    for (const instance of longestFirst(instances)) this.#pseudonym('guest', instance);
    this.#names = longestFirst([...allHosts, ...instances]);
    this.#campaign = campaign;
    for (const { migration } of migrations) this.#uuid(migration.instance);
  }

  /** A value with every text in it replaced. */
  through<Value>(value: Value, key = ''): Value {
    if (typeof value === 'string')
      return (KEPT.has(key) ? value : key === 'path' ? this.#path(value) : this.#text(value)) as Value;
    if (Array.isArray(value)) return value.map((each) => this.through(each, key)) as Value;
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, this.through(each, name)])) as Value;
  }

  #text(text: string): string {
    let told = text;
    if (this.#campaign !== null) told = told.replaceAll(this.#campaign, 'campaign');
    for (const path of this.#paths) told = told.replaceAll(path, this.#path(path));
    told = told
      .replace(CONTEXT, (_, begun: string, who: string, end: string) => `${begun}${this.#who(who)}${end}`)
      .replace(OWNED, (_, before: string, name: string) => `${before}${this.#pseudonym('name', name)}`)
      .replace(UUID, (id) => this.#uuid(id))
      .replace(HEX_ID, (id) => this.#pseudonym('id', id.toLowerCase()))
      .replace(DOMAIN, (name) => this.#pseudonym('domain', name))
      .replace(MAC, (address) => this.#pseudonym('mac', address.toLowerCase()))
      .replace(IPV4, (address) => this.#pseudonym('ipv4', address))
      .replace(IPV6, (address) => (/[\da-f]::?[\da-f]/i.test(address) ? this.#pseudonym('ipv6', address) : address));
    for (const name of this.#names) told = told.replace(wordOf(name), this.#known.get(name) ?? name);
    return this.#shortIds(told);
  }

  /** A folder's name may tell who has which problem: what is kept is the file's own. */
  #path(path: string): string {
    const name = path.split(/[/\\]/).at(-1) ?? '';
    return /campaign\.yaml$/.test(name)
      ? 'campaign.yaml'
      : `${this.#pseudonym('file', path)}/${/nova-compute/.test(name) ? 'nova-compute.log' : 'file'}`;
  }

  #who(who: string): string {
    const words = who.split(' ');
    return words.map((word) => (ORDINARY.has(word) ? word : this.#pseudonym('id', word.toLowerCase()))).join(' ');
  }

  #uuid(id: string): string {
    return this.#pseudonym('uuid', id.toLowerCase());
  }

  /** Migrations are named by the first digits of their instance. */
  #shortIds(text: string): string {
    return text.replace(/\b([0-9a-f]{8})(?=-\d{8}T\d{6})/g, (short) => {
      const whole = [...this.#known].find(([original]) => UUID_START.test(original) && original.startsWith(short));
      return whole?.[1].slice(0, 8) ?? short;
    });
  }

  #pseudonym(kind: string, original: string): string {
    const known = this.#known.get(original);
    if (known !== undefined) return known;
    const made = PSEUDONYM[kind]?.(this.#known.size + 1) ?? `${kind}-${this.#known.size + 1}`;
    this.#known.set(original, made);
    return made;
  }
}

const UUID_START = /^[0-9a-f]{8}-[0-9a-f]{4}-/;

const hex = (number: number, digits: number) => number.toString(16).padStart(digits, '0');

/** Of the form that readers of logs expect; addresses are of the networks that documents use. */
const PSEUDONYM: Readonly<Record<string, (number: number) => string>> = {
  uuid: (number) => `${hex(number, 8)}-0000-4000-8000-000000000000`,
  id: (number) => hex(number, 32),
  domain: (number) => `instance-${hex(number, 8)}`,
  mac: (number) => `02:00:00:00:${hex(number >> 8, 2)}:${hex(number & 255, 2)}`,
  ipv4: (number) => `198.18.${number >> 8}.${number & 255}`,
  ipv6: (number) => `2001:db8::${hex(number, 1)}`,
};

function longestFirst(values: readonly string[]): string[] {
  return [...new Set(values)].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
}

/** The name where it stands for itself, with the domain behind it. */
function wordOf(name: string): RegExp {
  const literal = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\w-])${literal}(?:(?:\\.[a-z][\\w-]*)+(?=[\\s:/'")\\],;]|$))?(?![\\w-])`, 'g');
}

import { type Document, isAlias, isNode, LineCounter, parseDocument, visit } from 'yaml';
import * as z from 'zod';
import type { Expectation, Network, PlannedTest } from '../certification.ts';
import type { Guest, Proof } from '../judgement.ts';
import type { Profile } from '../model.ts';
import { CampaignError, Places, pathOf, reasonOf } from './campaign-places.ts';
import { type CampaignData, campaignSchema, confValues, type Dated } from './campaign-schema.ts';
import { plannedOf } from './campaign-tests.ts';

export { CampaignError } from './campaign-places.ts';

const assignments = z.strictObject(confValues).partial();

/** nova.conf's values, by the names that `defaults` and `--set` use; timeouts and delays in s, downtime in ms. */
export type ConfValues = z.infer<typeof assignments>;
/** The keys that `defaults` and `--set` take. */
export const DEFAULT_KEYS: readonly string[] = Object.keys(confValues);

/** A value of the file with the line it stands on. */
export type Declared<Value> = Dated<Value> & { readonly proof: Proof };
/** nova.conf's values with the times from which they hold, oldest first. */
export type DeclaredConf = {
  readonly [Key in keyof ConfValues]?: readonly Declared<Exclude<ConfValues[Key], undefined>>[];
};
/** Values by key, oldest first; null where it is explicitly unset. */
export type DeclaredKeys = Readonly<Record<string, readonly Declared<string | null>[]>>;

export interface DeclaredInstance extends Guest {
  readonly id: string;
  /** libvirt's name of the guest. */
  readonly domain: string | null;
  readonly disks_gib: readonly number[];
  readonly flavor: DeclaredKeys;
  readonly image: DeclaredKeys;
  readonly metadata: DeclaredKeys;
}

export type SampleFiles = CampaignData['samples'][number];

/** A test as the file has it: `instance` is a name or a UUID, `transcript` a path relative to the campaign's folder. */
export interface DeclaredTest {
  readonly id: string;
  readonly instance: string | null;
  readonly request: string | null;
  readonly network: Network | null;
  readonly window: PlannedTest['window'];
  readonly transcript: string | null;
  readonly expect: Expectation;
  readonly proof: Proof;
  /** What is wrong with one of its keys, shown where that stands. */
  readonly wrong: (key: string, why: string) => CampaignError;
}

/** A failure that is let pass until the end of a day (UTC). */
export interface Waiver {
  readonly rule: string;
  readonly host: string | null;
  readonly instance: string | null;
  readonly test: string | null;
  /** YYYY-MM-DD */
  readonly until: string;
  readonly why: string;
  readonly wrong: DeclaredTest['wrong'];
}

/** What a campaign declares; without a file everything is empty. */
export interface Campaign {
  readonly name: string | null;
  readonly profile: Profile | null;
  readonly logs: readonly string[];
  readonly hosts: CampaignData['hosts'];
  readonly conf: DeclaredConf;
  /** By instance UUID. */
  readonly instances: ReadonlyMap<string, DeclaredInstance>;
  /** Files of samples: patterns relative to the campaign's folder; `instance` is a name or a UUID. */
  readonly samples: readonly SampleFiles[];
  /** Files to import: patterns relative to the campaign's folder. */
  readonly imports: readonly string[];
  readonly networks: readonly Network[];
  readonly tests: readonly DeclaredTest[];
  readonly waivers: readonly Waiver[];
}

export const NO_CAMPAIGN: Campaign = {
  name: null,
  profile: null,
  logs: [],
  hosts: {},
  conf: {},
  instances: new Map(),
  samples: [],
  imports: [],
  networks: [],
  tests: [],
  waivers: [],
};

/** Reads a campaign file's text. Throws CampaignError that shows the first wrong place. */
export function parseCampaign(source: string, path: string): Campaign {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines });
  const places = new Places(source, path, document, lines);
  const broken = document.errors[0];
  if (broken) throw places.error(broken.pos[0], broken.message.split('\n')[0] ?? 'is no YAML');
  const result = campaignSchema.safeParse(valuesOf(document, places));
  if (!result.success) throw places.issue(result.error.issues[0] as z.core.$ZodIssue);
  return asCampaign(result.data, places);
}

/** Reads `KEY=VALUE,…` of `--set`. Throws CampaignError for an unknown key or a wrong value. */
export function parseSet(given: readonly string[]): ConfValues {
  const values: Record<string, unknown> = {};
  for (const assignment of given.flatMap((part) => part.split(','))) {
    const [key, ...value] = assignment.split('=');
    if (!key || value.length === 0)
      throw new CampaignError(`--set ${assignment}: write KEY=VALUE, as in --set timeout=180`);
    values[key.trim()] = scalar(value.join('=').trim());
  }
  const result = assignments.safeParse(values);
  if (result.success) return result.data;
  const issue = result.error.issues[0] as z.core.$ZodIssue;
  throw new CampaignError(`--set ${pathOf(issue).join('.')}: ${reasonOf(issue, DEFAULT_KEYS)}`);
}

/** What the file says, its aliases replaced by what they stand for; an alias of nothing is shown where it stands. */
function valuesOf(document: Document.Parsed, places: Places): unknown {
  const anchors = new Set<string>();
  visit(document, (_, node) => {
    if (isAlias(node) && !anchors.has(node.source))
      throw places.error(node.range?.[0] ?? 0, `there is no anchor &${node.source} before the alias *${node.source}`);
    if (isNode(node) && 'anchor' in node && node.anchor) anchors.add(node.anchor);
  });
  try {
    return document.toJS();
  } catch (error) {
    throw places.error(0, `cannot be read: ${(error as Error).message}`);
  }
}

function asCampaign(data: CampaignData, places: Places): Campaign {
  const instances = Object.entries(data.instances).map(
    ([name, declared]) => [declared.id.toLowerCase(), asInstance(name, declared, places)] as const,
  );
  const { logs, hosts, samples } = data;
  return {
    name: data.campaign ?? null,
    profile: data.profile ?? null,
    logs,
    hosts,
    samples,
    conf: proven<unknown>(data.defaults, ['defaults'], places) as DeclaredConf,
    instances: new Map(instances),
    imports: data.import,
    ...plannedOf(data, places),
  };
}

function asInstance(name: string, data: CampaignData['instances'][string], places: Places): DeclaredInstance {
  const { flavor, image, metadata, workload, memory_mib, vcpus, domain, block_migration, disks_gib } = data;
  const keysOf = (room: string, keys: typeof flavor) => proven(keys, ['instances', name, room], places);
  return {
    name,
    id: data.id.toLowerCase(),
    domain: domain ?? null,
    memory_mib: memory_mib ?? null,
    vcpus: vcpus ?? null,
    block_migration,
    disks_gib,
    workload: {
      constant: workload?.constant ?? false,
      cpu_bound: workload?.cpu_bound ?? false,
      dirty_mib_s: workload?.dirty_mib_s ?? null,
    },
    flavor: keysOf('flavor', flavor),
    image: keysOf('image', image),
    metadata: keysOf('metadata', metadata),
  };
}

type Placed<Value> = Dated<Value> & { readonly place: number };

/** The values with the lines they stand on. */
function proven<Value>(
  keys: Readonly<Record<string, readonly Placed<Value>[] | undefined>>,
  path: readonly string[],
  places: Places,
): Record<string, Declared<Value>[]> {
  const entries = Object.entries(keys).map(([key, values = []]) => [
    key,
    values.map(({ value, from, place }) => ({ value, from, proof: places.proof([...path, key, place]) })),
  ]);
  return Object.fromEntries(entries);
}

function scalar(value: string): unknown {
  if (/^-?\d+$/.test(value)) return Number(value);
  if (/^(?:true|yes|on)$/i.test(value)) return true;
  if (/^(?:false|no|off)$/i.test(value)) return false;
  return value;
}

import { type Document, isAlias, isNode, LineCounter, parseDocument, visit } from 'yaml';
import { z } from 'zod';
import type { Profile } from '../model.ts';

/** What is wrong with a campaign file or `--set`: where (file:line with a caret), why, what to do. */
export class CampaignError extends Error {
  override name = 'CampaignError';
}

const text = z
  .union([z.string(), z.number(), z.boolean(), z.null()])
  .transform((value) => (value === null ? null : String(value)));
const keys = z.record(z.string(), text).default({});

/** nova.conf's values, by the names that `defaults` and `--set` use; timeouts and delays in s, downtime in ms. */
const defaults = z.strictObject({
  timeout: z.number().int().min(0).optional(),
  timeout_action: z.enum(['abort', 'force_complete']).optional(),
  downtime: z.number().int().min(1).optional(),
  downtime_steps: z.number().int().min(1).optional(),
  downtime_delay: z.number().int().min(0).optional(),
  progress_timeout: z.number().int().min(0).optional(),
  auto_converge: z.boolean().optional(),
  tunnel: z.boolean().optional(),
  post_copy: z.boolean().optional(),
});

const host = z.strictObject({
  logs: z.array(z.string()).default([]),
  tz: z.string().optional(),
  clock_error_ms: z.number().min(0).optional(),
});

const instance = z.strictObject({
  id: z.uuid(),
  domain: z.string().optional(),
  memory_mib: z.number().positive().optional(),
  vcpus: z.number().int().positive().optional(),
  block_migration: z.boolean().default(false),
  disks_gib: z.array(z.number().positive()).default([]),
  flavor: keys,
  image: keys,
  metadata: keys,
  workload: z.looseObject({}).optional(),
});

const campaign = z
  .strictObject({
    novatrail: z.literal(1),
    campaign: z.string().optional(),
    profile: z.enum(['stx-2018', 'upstream']).optional(),
    logs: z.array(z.string()).default([]),
    hosts: z.record(z.string(), host).default({}),
    defaults: defaults.default({}),
    instances: z.record(z.string(), instance).default({}),
    import: z.unknown().optional(),
    networks: z.unknown().optional(),
    samples: z.unknown().optional(),
    tests: z.unknown().optional(),
    waive: z.unknown().optional(),
  })
  .superRefine(({ instances }, context) => {
    const named = new Map<string, string>();
    for (const [name, { id }] of Object.entries(instances)) {
      const other = named.get(id.toLowerCase());
      if (other === undefined) named.set(id.toLowerCase(), name);
      else
        context.addIssue({
          code: 'custom',
          path: ['instances', name, 'id'],
          message: `is the id of ${other} too; give each instance its own`,
        });
    }
  });

export type Defaults = z.infer<typeof defaults>;
/** The keys that `defaults` and `--set` take. */
export const DEFAULT_KEYS: readonly string[] = Object.keys(defaults.shape);
export type DeclaredInstance = z.infer<typeof instance>;

/** What a campaign declares; without a file everything is empty. */
export interface Campaign {
  readonly name: string | null;
  readonly profile: Profile | null;
  readonly logs: readonly string[];
  readonly hosts: Readonly<Record<string, z.infer<typeof host>>>;
  readonly defaults: Defaults;
  /** By instance UUID. */
  readonly instances: ReadonlyMap<string, DeclaredInstance>;
}

export const NO_CAMPAIGN: Campaign = {
  name: null,
  profile: null,
  logs: [],
  hosts: {},
  defaults: {},
  instances: new Map(),
};

/** Reads a campaign file's text. Throws CampaignError that shows the first wrong place. */
export function parseCampaign(source: string, path: string): Campaign {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines });
  const show = (offset: number, why: string) => new CampaignError(pointAt(source, path, lines.linePos(offset), why));
  const broken = document.errors[0];
  if (broken) throw show(broken.pos[0], broken.message.split('\n')[0] ?? 'is no YAML');
  const result = campaign.safeParse(valuesOf(document, show));
  if (result.success) return asCampaign(result.data);
  const issue = result.error.issues[0] as z.core.$ZodIssue;
  throw show(offsetOf(document, pathOf(issue)), reasonOf(issue, knownKeys(issue.path)));
}

/** What the file says, its aliases replaced by what they stand for; an alias of nothing is shown where it stands. */
function valuesOf(document: Document.Parsed, show: (offset: number, why: string) => CampaignError): unknown {
  const anchors = new Set<string>();
  visit(document, (_, node) => {
    if (isAlias(node) && !anchors.has(node.source))
      throw show(node.range?.[0] ?? 0, `there is no anchor &${node.source} before the alias *${node.source}`);
    if (isNode(node) && 'anchor' in node && node.anchor) anchors.add(node.anchor);
  });
  try {
    return document.toJS();
  } catch (error) {
    throw show(0, `cannot be read: ${(error as Error).message}`);
  }
}

/** Reads `KEY=VALUE,…` of `--set`. Throws CampaignError for an unknown key or a wrong value. */
export function parseSet(assignments: readonly string[]): Defaults {
  const given: Record<string, unknown> = {};
  for (const assignment of assignments.flatMap((part) => part.split(','))) {
    const [key, ...value] = assignment.split('=');
    if (!key || value.length === 0)
      throw new CampaignError(`--set ${assignment}: write KEY=VALUE, as in --set timeout=180`);
    given[key.trim()] = scalar(value.join('=').trim());
  }
  const result = defaults.safeParse(given);
  if (result.success) return result.data;
  const issue = result.error.issues[0] as z.core.$ZodIssue;
  throw new CampaignError(`--set ${pathOf(issue).join('.')}: ${reasonOf(issue, Object.keys(defaults.shape))}`);
}

function asCampaign(data: z.infer<typeof campaign>): Campaign {
  const instances = new Map(Object.values(data.instances).map((declared) => [declared.id.toLowerCase(), declared]));
  const { logs, hosts } = data;
  return {
    name: data.campaign ?? null,
    profile: data.profile ?? null,
    logs,
    hosts,
    defaults: data.defaults,
    instances,
  };
}

function scalar(value: string): unknown {
  if (/^-?\d+$/.test(value)) return Number(value);
  if (/^(?:true|yes|on)$/i.test(value)) return true;
  if (/^(?:false|no|off)$/i.test(value)) return false;
  return value;
}

/** Where the wrong thing stands: for an unknown key, the key. */
function pathOf(issue: z.core.$ZodIssue): (string | number)[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol') as (string | number)[];
  return issue.code === 'unrecognized_keys' ? [...path, issue.keys[0] ?? ''] : path;
}

function reasonOf(issue: z.core.$ZodIssue, known: readonly string[]): string {
  if (issue.code !== 'unrecognized_keys') return issue.message;
  const key = issue.keys[0] ?? '';
  const nearest = known.toSorted((a, b) => distance(a, key) - distance(b, key))[0];
  const hint = nearest !== undefined && distance(nearest, key) <= 3 ? `; did you mean ${nearest}?` : '';
  return `unknown key ${key}${hint}`;
}

function knownKeys(path: readonly PropertyKey[]): string[] {
  const shape =
    { defaults, hosts: host, instances: instance }[String(path[0])] ?? (path.length === 0 ? campaign : null);
  return shape === null ? Object.keys(defaults.shape) : Object.keys(shape.shape);
}

function offsetOf(document: ReturnType<typeof parseDocument>, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const pair = pairOf(parent, path[length - 1]);
    if (pair !== null) return pair;
  }
  return 0;
}

function pairOf(parent: unknown, key: string | number | undefined): number | null {
  const items = (parent as { items?: unknown[] } | null)?.items;
  if (!items) return null;
  const pair = items.find((item) => String((item as { key?: unknown }).key) === String(key)) as
    | { key?: unknown }
    | undefined;
  const node = pair?.key ?? (typeof key === 'number' ? items[key] : undefined);
  return isNode(node) ? (node.range?.[0] ?? null) : null;
}

function pointAt(source: string, path: string, { line, col }: { line: number; col: number }, why: string): string {
  const row = source.split('\n')[line - 1] ?? '';
  const number = String(line);
  return `${path}:${line}:${col}: ${why}\n  ${number} | ${row}\n  ${' '.repeat(number.length)} | ${' '.repeat(Math.max(0, col - 1))}^`;
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

import * as z from 'zod';
import { expectation, network, plannedTest, waiver } from './campaign-tests-schema.ts';
import { didYouMean } from './did-you-mean.ts';

/** A value that holds from a time on (ms since the epoch); null: always. */
export interface Dated<Value> {
  readonly value: Value;
  readonly from: number | null;
}

const time = z.iso.datetime({ offset: true, error: 'write a time with its zone, as 2019-05-20T13:00:00Z' });

/** A value, `{ value, from }`, or a list of such, as a list in order of time. */
function dated<Value>(value: z.ZodType<Value>) {
  const from = time.transform((text) => Date.parse(text)).optional();
  const entry = z.strictObject({ value, from }) as unknown as z.ZodType<{ value: Value; from?: number | undefined }>;
  return z.preprocess(
    (given) => (Array.isArray(given) ? given : [isEntry(given) ? given : { value: given }]),
    z
      .array(entry)
      .min(1, 'give at least one value')
      .superRefine((entries, context) => {
        const times = entries.map(({ from }) => from);
        for (const [index, from] of times.entries()) {
          if (times.indexOf(from) === index) continue;
          const what = from === undefined ? 'has a second value without from' : 'has two values from the same time';
          context.addIssue({ code: 'custom', path: [index], message: `${what}; give each its own time` });
        }
      })
      .transform((entries) => entries.map(({ value, from }, place) => ({ value, from: from ?? null, place })))
      .transform((entries) => entries.toSorted((a, b) => (a.from ?? -Infinity) - (b.from ?? -Infinity))),
  );
}

function isEntry(given: unknown): boolean {
  return typeof given === 'object' && given !== null;
}

const text = z
  .union([z.string(), z.number(), z.boolean(), z.null()], { error: 'write a text, a number, true, false or ~' })
  .transform((value) => (value === null ? null : String(value)));
const keys = z.record(z.string(), dated(text)).default({});

/** The most downtime steps that count as a schedule: nova.conf sets no limit. */
export const MOST_STEPS = 10_000;

/** nova.conf's values, by the names that `defaults` and `--set` use; timeouts and delays in s, downtime in ms. */
export const confValues = {
  timeout: z.number().int().min(0),
  timeout_action: z.enum(['abort', 'force_complete']),
  downtime: z.number().int().min(1),
  downtime_steps: z.number().int().min(1).max(MOST_STEPS),
  downtime_delay: z.number().int().min(0),
  progress_timeout: z.number().int().min(0),
  auto_converge: z.boolean(),
  tunnel: z.boolean(),
  post_copy: z.boolean(),
};

const defaults = z.strictObject({
  timeout: dated(confValues.timeout).optional(),
  timeout_action: dated(confValues.timeout_action).optional(),
  downtime: dated(confValues.downtime).optional(),
  downtime_steps: dated(confValues.downtime_steps).optional(),
  downtime_delay: dated(confValues.downtime_delay).optional(),
  progress_timeout: dated(confValues.progress_timeout).optional(),
  auto_converge: dated(confValues.auto_converge).optional(),
  tunnel: dated(confValues.tunnel).optional(),
  post_copy: dated(confValues.post_copy).optional(),
});

const host = z.strictObject({
  logs: z.array(z.string()).default([]),
  tz: z.string().optional(),
  clock_error_ms: z.number().min(0).optional(),
});

const workload = z.strictObject({
  constant: z.boolean().default(false),
  cpu_bound: z.boolean().default(false),
  dirty_mib_s: z.number().positive().optional(),
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
  workload: workload.optional(),
});

const samples = z.strictObject({
  path: z.string(),
  instance: z.string().optional(),
  host: z.string().optional(),
  /** The day (UTC) of the first sample, for files of `top` that print the time of day only. */
  date: z.iso.date().optional(),
});

/** The campaign file. */
export const campaignSchema = z
  .strictObject({
    novatrail: z.literal(1, { error: 'a campaign file says novatrail: 1, the version of its format' }),
    campaign: z.string().optional(),
    profile: z.enum(['stx-2018', 'upstream']).optional(),
    logs: z.array(z.string()).default([]),
    hosts: z.record(z.string(), host).default({}),
    defaults: defaults.default({}),
    instances: z.record(z.string(), instance).default({}),
    samples: z
      .array(z.preprocess((given) => (typeof given === 'string' ? { path: given } : given), samples))
      .default([]),
    import: z.array(z.string()).default([]),
    networks: z.record(z.string(), network).default({}),
    tests: z.array(plannedTest).default([]),
    waive: z.array(waiver).default([]),
  })
  .superRefine(({ instances, networks, samples, tests }, context) => {
    for (const [index, test] of tests.entries()) {
      if (test.network === undefined || test.network in networks) continue;
      const message = `there is no network ${test.network}${didYouMean(test.network, Object.keys(networks))}`;
      context.addIssue({ code: 'custom', path: ['tests', index, 'network'], message });
    }
    for (const [place, { instance }] of samples.entries()) {
      if (instance === undefined || Object.hasOwn(instances, instance) || z.uuid().safeParse(instance).success)
        continue;
      const message = `${instance} is neither declared under instances nor a UUID`;
      context.addIssue({ code: 'custom', path: ['samples', place, 'instance'], message });
    }
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

export type CampaignData = z.infer<typeof campaignSchema>;

/** The keys that may stand at a place in the file; for a key of nova.conf those of `defaults`. */
export function knownKeys(path: readonly PropertyKey[]): string[] {
  if (path.length === 0) return Object.keys(campaignSchema.shape);
  const shapes = {
    defaults,
    hosts: host,
    instances: instance,
    samples,
    networks: network,
    tests: plannedTest,
    waive: waiver,
  };
  const shape = path.includes('workload')
    ? workload
    : path.includes('expect')
      ? expectation
      : shapes[path[0] as keyof typeof shapes];
  const nested =
    ['defaults', 'instances'].includes(String(path[0])) &&
    path.length > (path[0] === 'defaults' ? 1 : 2) &&
    !path.includes('workload');
  return nested ? ['value', 'from'] : Object.keys((shape ?? defaults).shape);
}

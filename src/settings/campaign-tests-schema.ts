import { DateTime, Interval } from 'luxon';
import * as z from 'zod';

const WINDOW =
  'write when its migration starts, as 2019-05-20T13:00:00Z, 2019-05-20T13:00:00Z/PT10M or with a second time';

/** When a migration starts, in ms: a time, or two of them, or a time and how long from then on (ISO 8601, with zone). */
const timeWindow = z.string({ error: WINDOW }).transform((text, context) => {
  const found = windowOf(text);
  if (found !== null) return found;
  context.addIssue({ code: 'custom', message: WINDOW });
  return z.NEVER;
});

/** A network that migrations go over. */
export const network = z.strictObject({
  config: z.enum(['cpe', 'infra-only', 'lacp', 'mgmt-only', 'other']),
  link_mbps: z.number().positive().optional(),
  /** Links of a bond. */
  members: z.number().int().positive().default(1),
  throughput_floor_mib_s: z.number().positive().optional(),
});

/** What a test expects over what the settings say. */
export const expectation = z.strictObject({
  outcome: z.enum(['completed', 'timed-out', 'cancelled', 'failed', 'running']).optional(),
  timeout: z.number().int().min(0).optional(),
  downtime: z.number().int().min(1).optional(),
  auto_converge: z.boolean().optional(),
  tunnel: z.boolean().optional(),
  throttled: z.boolean().optional(),
});

/** A test of the campaign; timeouts in s, downtime in ms. */
export const plannedTest = z
  .strictObject({
    id: z.string().min(1),
    instance: z.string().optional(),
    request: z.string().optional(),
    network: z.string().optional(),
    window: timeWindow.optional(),
    transcript: z.string().optional(),
    expect: expectation.optional(),
  })
  .refine((test) => test.instance !== undefined || test.request !== undefined || test.transcript !== undefined, {
    error: 'name the instance, the request or the transcript that the test is about',
  });

/** A failure that is let pass until a day. */
export const waiver = z.strictObject({
  rule: z.string().min(1),
  host: z.string().optional(),
  instance: z.string().optional(),
  test: z.string().optional(),
  until: z.iso.date({ error: 'write the last day of the waiver, as 2019-06-01' }),
  why: z.string().min(1, 'say why'),
});

function windowOf(text: string): { from: number; to: number } | null {
  const [begin = '', end] = text.split('/');
  if (!ZONED.test(begin) || (end !== undefined && !end.startsWith('P') && !ZONED.test(end))) return null;
  if (end === undefined) {
    const time = DateTime.fromISO(begin);
    return time.isValid ? { from: time.toMillis(), to: time.toMillis() } : null;
  }
  const interval = Interval.fromISO(text);
  return interval.isValid ? { from: interval.start.toMillis(), to: interval.end.toMillis() } : null;
}

const ZONED = /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/;

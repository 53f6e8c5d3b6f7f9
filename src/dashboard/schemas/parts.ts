import * as z from 'zod';

const text = z.string();
const count = z.int().nonnegative();
const number = z.number();
const time = z.iso.datetime({ precision: 3 }).meta({ description: 'UTC' });
const some = <Type extends z.ZodType>(type: Type) => type.nullable();

const status = z.enum(['pass', 'fail', 'inconclusive', 'not-applicable']);
const severity = z.enum(['error', 'warning', 'note']);
const outcome = z.enum(['completed', 'timed-out', 'cancelled', 'failed', 'running']);
const testStatus = z.enum(['pass', 'fail', 'inconclusive', 'manual', 'not-run']);
const origin = z.enum(['flavor', 'image', 'instance', 'nova.conf', 'default', 'log', 'expect']);

const cited = z.strictObject({ path: text, line: count, text });
const proved = { evidence: z.array(cited), evidence_count: count };
const summary = z.strictObject({
  migrations: count,
  pass: count,
  fail: count,
  inconclusive: count,
  not_applicable: count,
});
const source = z.strictObject({
  path: text,
  host: some(text),
  bytes: count,
  lines: count,
  events: count,
  unmatched: count,
  first_at: some(time),
  last_at: some(time),
});
const test = {
  id: text,
  plan: some(text),
  section: some(text),
  title: some(text),
  status: testStatus,
  migrations: z.array(text),
  reasons: z.array(text),
  missing: some(text),
};
const uncovered = z.array(z.strictObject({ id: text, text, untested: z.boolean() }));
const candidate = z.strictObject({ origin, key: text, value: text, lost: some(text) });

const rowFacts = {
  id: text,
  instance: text,
  source_host: some(text),
  destination_host: some(text),
  test: some(text),
  outcome,
  started_at: some(time),
  duration_s: some(number),
};
const observed = {
  max_step_ms: some(number),
  last_step_s: some(number),
  throughput_bytes_s: some(number),
  dirty_ratio: some(number),
  pause_ms: some(number),
  throttle_percent: some(number),
};

/** What several answers of the dashboard have in common. */
export const PARTS = {
  text,
  count,
  number,
  time,
  some,
  status,
  severity,
  outcome,
  testStatus,
  origin,
  cited,
  proved,
  summary,
  source,
  test,
  uncovered,
  candidate,
  rowFacts,
  observed,
};

/** Why there is no answer. */
export const PROBLEM = z.strictObject({ error: text }).meta({ id: 'Problem' });

import * as z from 'zod';
import type { PageFront } from '../../report/index.ts';
import { PARTS } from './parts.ts';

const {
  text,
  count,
  number,
  time,
  some,
  status,
  severity,
  outcome,
  testStatus,
  summary,
  source,
  uncovered,
  test,
  proved,
} = PARTS;

const certificate = z.strictObject({
  counts: z.array(z.strictObject({ status: testStatus, words: text, count })),
  tests: z.array(z.strictObject({ ...test, words: text, ...proved })),
  uncovered,
});
const finding = z.strictObject({
  rule: text,
  title: text,
  status,
  severity,
  message: text,
  waived: some(text),
  hosts: z.array(text),
  about: z.enum(['settings', 'clock', 'log', 'other']),
  ...proved,
});
const host = z.strictObject({
  host: text,
  sources: z.array(source),
  findings: z.array(count).meta({ description: 'places in the list of findings' }),
  migrations_from: count,
  migrations_to: count,
  failing_from: count,
});
const arm = z.strictObject({
  name: text,
  n: count,
  median_bytes_s: some(number),
  p10_bytes_s: some(number),
  p90_bytes_s: some(number),
  values: z.array(z.tuple([text, number])).meta({ description: 'id of a migration, bytes a second' }),
});
const stratum = z.strictObject({
  stratum: text,
  arms: z.array(arm),
  ratio: some(number).meta({ description: 'of the medians, tunnelled to direct' }),
  ratio_interval: some(z.tuple([number, number])).meta({ description: '95 %' }),
  p_lower: some(number),
  reading: text,
});
const ruleMeta = z.strictObject({
  id: text,
  title: text,
  why: text,
  severity,
  needs: text,
  undecided: text,
  collect: text,
});

/** The front page, the hosts and the comparison. */
export const FRONT = z
  .strictObject({
    novatrail: text.meta({ description: 'version' }),
    generated_at: some(time),
    campaign: some(text),
    profile: text,
    summary,
    outcomes: z.array(z.strictObject({ outcome, count })),
    certificate: some(certificate),
    failing_rules: z.array(z.strictObject({ rule: text, title: text, severity, migrations: count, findings: count })),
    undecided: z.array(z.strictObject({ collect: text, decides: z.array(z.strictObject({ rule: text, count })) })),
    findings: z.array(finding),
    hosts: z.array(host),
    tunnel: z.strictObject({
      strata: z.array(stratum),
      excluded: z.array(z.strictObject({ why: text, count })),
      notes: z.array(text),
    }),
    sources: z.array(source),
    rules: z.array(ruleMeta),
  })
  .meta({ id: 'Front' }) satisfies z.ZodType<PageFront>;

import * as z from 'zod';
import { PARTS } from './parts.ts';

const {
  text,
  count,
  number,
  time,
  some,
  status,
  severity,
  origin,
  summary,
  source,
  uncovered,
  candidate,
  observed,
  rowFacts,
  test,
} = PARTS;

const evidence = z.array(z.strictObject({ path: text, line: count, offset: count, text }));
const verdict = z.strictObject({
  rule: text,
  status,
  severity,
  message: text,
  waived: text.optional(),
  evidence,
});
const inForce = z.strictObject({
  value: some(z.union([text, number, z.boolean()])),
  origin: some(origin),
  candidates: z.array(candidate),
  why: text,
  declared: z.boolean(),
});

/** What `audit --format json` prints. */
export const REPORT = z
  .strictObject({
    novatrail: text,
    generated_at: some(time),
    campaign: some(text),
    profile: text,
    summary,
    sources: z.array(source),
    migrations: z.array(
      z.strictObject({
        ...rowFacts,
        request_id: some(text),
        network: some(text),
        ended_at: some(time),
        profile: text,
        clock_step: z.boolean(),
        cut: some(text),
        settings: z.strictObject({
          timeout_s: inForce,
          max_downtime_ms: inForce,
          auto_converge: inForce,
          tunnel: inForce,
          post_copy: inForce,
        }),
        observed: z.strictObject(observed),
        verdicts: z.array(verdict),
      }),
    ),
    tests: z.array(z.strictObject({ ...test, evidence })),
    uncovered,
    findings: z.array(verdict),
  })
  .meta({ id: 'Report' });

import * as z from 'zod';
import type { PageDetail, PageRow } from '../../report/index.ts';
import { PARTS } from './parts.ts';

const { text, count, number, time, some, status, severity, origin, candidate, observed, rowFacts } = PARTS;

/** A migration in a table. */
export const ROW = z
  .strictObject({
    ...rowFacts,
    failing: z.array(text),
    severity: some(severity),
    waived: count,
    undecided: count,
  })
  .meta({ id: 'Row' }) satisfies z.ZodType<PageRow>;

const places = z.array(count).meta({ description: "places in the migration's lines" });
const at = { at_s: number.meta({ description: 'seconds from the start' }) };
const setting = z.strictObject({
  key: text,
  name: text,
  unit: text,
  value: some(z.union([text, number, z.boolean()])),
  origin: some(origin),
  declared: z.boolean(),
  why: text,
  candidates: z.array(candidate),
});
const readings = z.strictObject({
  from: z.enum(['log', 'samples']),
  at_s: z.array(number),
  remaining_bytes: z.array(number),
  processed_bytes: z.array(number),
  wire_bytes_s: z.array(some(number)),
  dirty_bytes_s: z.array(some(number)),
  total_bytes: some(number),
  rises: z.array(count).meta({ description: 'places of readings before which a pass ended unseen' }),
});
const moment = z.strictObject({
  from_s: some(number),
  to_s: some(number),
  host: some(text),
  type: text,
  text,
  count,
  lines: places,
});

/** Everything of one migration. */
export const DETAIL = z
  .strictObject({
    ...rowFacts,
    ended_at: some(time),
    request_id: some(text),
    guest: some(text),
    network: some(text),
    profile: text,
    clock_step: z.boolean(),
    cut: some(text),
    observed: z.strictObject({ ...observed, tunnelled: some(z.boolean()) }),
    story: z.array(z.strictObject({ text, lines: places })),
    settings: z.array(setting),
    readings,
    downtime_steps: z.array(z.strictObject({ ...at, downtime_ms: number })),
    throttle: z.array(z.strictObject({ ...at, percent: number })),
    moments: z.array(moment),
    pause: some(z.strictObject({ from_s: number, to_s: number, pause_ms: some(number) })),
    verdicts: z.array(
      z.strictObject({ rule: text, status, severity, message: text, waived: some(text), lines: places }),
    ),
    what_if: z.array(z.strictObject({ name: text, kind: text, text, lines: places })),
    lines: z.array(z.strictObject({ path: text, line: count, text, position: some(count) })),
  })
  .meta({ id: 'Migration' }) satisfies z.ZodType<PageDetail>;

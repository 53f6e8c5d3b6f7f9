import * as z from 'zod';
import type { LogEvent, Sample, Unmatched } from '../model.ts';

// What travels: one fact a message, as JSON. Every message says of which source it is, so that it can be stored before the
// statement about the source has come. Offsets in bytes, times in ms.

const count = z.int().nonnegative();
const time = z.int().nullable();
const text = z.string().nullable();
const numbers = z.array(z.array(z.number()));
const fields = z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null(), numbers]));
const place = { offset: count, line: count, at: time, host: text };
const said = { ...place, level: text, logger: text, instance: text, text: z.string() };

const event = z.object({ ...said, pid: z.int().nullable(), request_id: text, type: z.string(), fields });
const unmatched = z.object({ ...said, message: z.string() });
const sample = z.object({
  ...place,
  at: z.int(),
  kind: z.enum(['job', 'vcpu', 'schedstat', 'flow', 'libvirtd']),
  domain: text,
  instance: text,
  fields,
  text: z.string(),
});

const lost = z.object({
  from: count,
  to: count.nullable(),
  reason: z.enum(['truncate', 'replace', 'delete']),
  noticed_at: z.int(),
  after: time,
  before: time,
});

const generation = z.object({
  device: z.string(),
  inode: z.string(),
  begun_at: z.int(),
  ended_at: time,
  ended_by: z.enum(['rename', 'truncate', 'delete', 'replace']).nullable(),
  quiet_until: time,
});

/** All that is known of a source at one moment; the newest revision counts. `open_*`: records that may still grow. */
const statement = z.object({
  revision: count,
  head_length: count,
  head_sha256: z.string(),
  checkpoint: count,
  checkpoint_line: count,
  bytes: count,
  lines: count,
  first_at: time,
  last_at: time,
  overlong: count,
  generation: generation.nullable(),
  lost: z.array(lost),
  domains: z.array(z.object({ domain: z.string(), instance: z.string() })),
  open_events: z.array(event),
  open_unmatched: z.array(unmatched),
});

const source = {
  v: z.literal(1),
  /** The source's name among those of its node, and which reading of it. */
  log: z.string().min(1),
  reading: count,
  kind: z.enum(['log', 'samples']),
  path: z.string().min(1),
  host: text,
};

const message = z.discriminatedUnion('type', [
  z.object({ ...source, type: z.literal('event'), fact: event }),
  z.object({ ...source, type: z.literal('unmatched'), fact: unmatched }),
  z.object({ ...source, type: z.literal('sample'), fact: sample }),
  z.object({ ...source, type: z.literal('source'), fact: statement }),
]);

export type Message = z.infer<typeof message>;
export type EventFact = z.infer<typeof event>;
export type UnmatchedFact = z.infer<typeof unmatched>;
export type SampleFact = z.infer<typeof sample>;
export type Statement = z.infer<typeof statement>;

/** The same id for the same fact, whenever and however often it is published. */
export function idOf(node: string, { log, reading, type, fact }: Message): string {
  const which = type === 'source' ? `r${fact.revision}` : String(fact.offset);
  return `${node}:${log}:${reading}:${which}`;
}

/** A text that takes more bytes is cut to so many characters: a message must not be larger than a broker takes (1 MiB). */
const MOST_BYTES = 32 * 1024;
const CUT_AT = 5000;

/** A message as it travels. */
export function encode(sent: Message): string {
  return JSON.stringify(sent, (_, value: unknown) => (typeof value === 'string' ? short(value) : value));
}

function short(text: string): string {
  if (text.length <= CUT_AT || Buffer.byteLength(JSON.stringify(text)) <= MOST_BYTES) return text;
  return `${text.slice(0, CUT_AT)}...`;
}

/** What travelled as a message; null where it is none. */
export function decode(data: string): Message | null {
  try {
    return message.safeParse(JSON.parse(data)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** An event as a fact. */
export function eventFact({ ref: { offset, line }, requestId, ...event }: LogEvent): EventFact {
  const { at, host, level, logger, pid, instance, type, text } = event;
  const said = { offset, line, at, host, level, logger, pid, request_id: requestId, instance, type, text };
  return { ...said, fields: event.fields as EventFact['fields'] };
}

/** A record that no grammar took, as a fact. */
export function unmatchedFact({ ref: { offset, line }, ...record }: Unmatched): UnmatchedFact {
  const { at, host, level, logger, instance, message, text } = record;
  return { offset, line, at, host, level, logger, instance, message, text };
}

/** A sample as a fact. */
export function sampleFact({ ref: { offset, line }, ...sample }: Sample): SampleFact {
  const { at, host, kind, domain, instance, text } = sample;
  return { offset, line, at, host, kind, domain, instance, text, fields: sample.fields as SampleFact['fields'] };
}

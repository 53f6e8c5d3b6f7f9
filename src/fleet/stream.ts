import {
  DiscardPolicy,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { ROOT, STREAM } from './subject.ts';

/** What is wanted of the stream. Age and window in ms. */
export interface StreamWish {
  readonly replicas: number;
  readonly maxAge_ms: number;
  readonly maxBytes: number;
  readonly duplicateWindow_ms: number;
}

/** One thing in which a stream is not as wanted. */
export interface Difference {
  readonly name: string;
  readonly is: string;
  readonly wanted: string;
  /** The change may cost messages that are kept now. */
  readonly shrinks: boolean;
  /** A stream keeps this as it was made. */
  readonly fixed: boolean;
}

/** The stream as the broker has it; null where there is none. */
export async function streamAt(manager: JetStreamManager): Promise<StreamConfig | null> {
  try {
    return (await manager.streams.info(STREAM)).config;
  } catch (error) {
    if ((error as { code?: number }).code === STREAM_NOT_FOUND) return null;
    throw error;
  }
}

const STREAM_NOT_FOUND = 10059;

/** Makes the stream. A full one takes nothing more, so that nodes keep what it cannot: nothing goes uncollected unseen. */
export async function makeStream(manager: JetStreamManager, wish: StreamWish): Promise<void> {
  await manager.streams.add({ name: STREAM, ...fixedPart(), ...changeable(wish) });
}

/** Changes what can be changed. */
export async function changeStream(manager: JetStreamManager, wish: StreamWish): Promise<void> {
  await manager.streams.update(STREAM, changeable(wish));
}

/** In what a stream is not as wanted. */
export function differences(config: StreamConfig, wish: StreamWish): Difference[] {
  const wanted = { ...fixedPart(), ...changeable(wish) };
  const named = (Object.keys(wanted) as (keyof typeof wanted)[]).map((name): Difference => {
    const [is, should] = [config[name], wanted[name]];
    return {
      name,
      is: words(name, is),
      wanted: words(name, should),
      shrinks: name in LIMITS ? isLess(Number(should), Number(is)) : name === 'subjects' && !covers(should, is),
      fixed: name in fixedPart(),
    };
  });
  return named.filter(({ is, wanted: should }) => is !== should);
}

/** The stream as it is to be, in words. */
export function described(wish: StreamWish): string[] {
  return Object.entries({ ...fixedPart(), ...changeable(wish) }).map(
    ([name, value]) => `${name}: ${words(name, value)}`,
  );
}

function fixedPart() {
  return { storage: StorageType.File, retention: RetentionPolicy.Limits };
}

function changeable({ replicas, maxAge_ms, maxBytes, duplicateWindow_ms }: StreamWish) {
  return {
    subjects: [`${ROOT}.>`],
    num_replicas: replicas,
    max_age: nanos(maxAge_ms),
    max_bytes: maxBytes,
    duplicate_window: nanos(duplicateWindow_ms),
    discard: DiscardPolicy.New,
  };
}

/** Limits that cost messages, or copies of them, where they become smaller; 0 and less is no limit. */
const LIMITS: Readonly<Record<string, true>> = { num_replicas: true, max_age: true, max_bytes: true };

function isLess(wanted: number, is: number): boolean {
  const limit = (value: number) => (value > 0 ? value : Number.POSITIVE_INFINITY);
  return limit(wanted) < limit(is);
}

function covers(wanted: unknown, is: unknown): boolean {
  return (is as string[]).every((subject) => (wanted as string[]).includes(subject));
}

function words(name: string, value: unknown): string {
  if (name === 'max_age' || name === 'duplicate_window') return `${Number(value) / 1e9} s`;
  if (name === 'max_bytes') return Number(value) > 0 ? `${value} bytes` : 'no limit';
  return Array.isArray(value) ? value.join(', ') : String(value);
}

import {
  AckPolicy,
  type ConsumerConfig,
  type ConsumerInfo,
  DeliverPolicy,
  type JetStreamManager,
  ReplayPolicy,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { PARTITIONS, ROOT, SHARED, STREAM, tokenOf } from './subject.ts';

/** From where a new store is filled: the beginning, a time (ms), a sequence number of the stream. */
export type From = 'all' | { readonly time: number } | { readonly sequence: number };

/** A consumer that a store needs: what it is called, and what it is given. */
export interface Wanted {
  readonly name: string;
  readonly filter: string;
}

/** What is given and not acknowledged at most, and for how long before it is given again. */
const MAX_PENDING = 20_000;
const ACK_WAIT_MS = 60_000;

/** The consumers that a store needs: one for all, or one for each of its partitions and one for what all need. */
export function consumersFor(store: string, region: string | null, partitions: ReadonlySet<string> | null): Wanted[] {
  const place = region === null ? '*' : tokenOf(region);
  if (partitions === null) return [{ name: `collect_${store}_any`, filter: `${ROOT}.${place}.>` }];
  return [...partitions, SHARED].map((partition) => ({
    name: `collect_${store}_${partition}`,
    filter: `${ROOT}.${place}.${partition}.>`,
  }));
}

/** Every partition. */
export const ALL_PARTITIONS: readonly string[] = Array.from({ length: PARTITIONS }, (_, index) => String(index));

/** The consumer of that name; null where there is none. */
export async function consumerInfo(manager: JetStreamManager, name: string): Promise<ConsumerInfo | null> {
  try {
    return await manager.consumers.info(STREAM, name);
  } catch (error) {
    if ((error as { code?: number }).code === CONSUMER_NOT_FOUND) return null;
    throw error;
  }
}

const CONSUMER_NOT_FOUND = 10014;

/** Makes a consumer that begins somewhere. Whatever it had acknowledged under that name is forgotten. */
export async function makeConsumer(
  manager: JetStreamManager,
  { name, filter }: Wanted,
  from: From,
): Promise<ConsumerInfo> {
  if ((await consumerInfo(manager, name)) !== null) await manager.consumers.delete(STREAM, name);
  return manager.consumers.add(STREAM, {
    ...settings(),
    durable_name: name,
    filter_subject: filter,
    replay_policy: ReplayPolicy.Instant,
    ...begin(from),
  });
}

/** In what a collector's consumer is not as it should be. */
export function consumerDifferences({ config }: ConsumerInfo): string[] {
  const wanted = settings();
  return (Object.keys(wanted) as (keyof typeof wanted)[])
    .filter((name) => config[name] !== wanted[name])
    .map((name) => `${name} is ${config[name]}, and should be ${wanted[name]}`);
}

/** Makes a consumer as it should be, as far as that can be changed. */
export async function mendConsumer(manager: JetStreamManager, name: string): Promise<void> {
  const { ack_policy: _, ...changeable } = settings();
  await manager.consumers.update(STREAM, name, changeable);
}

function settings() {
  return { ack_policy: AckPolicy.Explicit, ack_wait: nanos(ACK_WAIT_MS), max_ack_pending: MAX_PENDING };
}

function begin(from: From): Pick<ConsumerConfig, 'deliver_policy' | 'opt_start_seq' | 'opt_start_time'> {
  if (from === 'all') return { deliver_policy: DeliverPolicy.All };
  if ('time' in from)
    return { deliver_policy: DeliverPolicy.StartTime, opt_start_time: new Date(from.time).toISOString() };
  return { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: Math.max(1, from.sequence) };
}

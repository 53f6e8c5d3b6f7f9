import { hostname } from 'node:os';
import { jetstream } from '@nats-io/jetstream';
import { Broker } from '../fleet/broker.ts';
import { Publisher, type Sending } from '../fleet/publish.ts';
import { inboxOf, STREAM } from '../fleet/subject.ts';
import { publishMetrics } from '../metrics/fleet.ts';
import { pausing } from '../service/pause.ts';
import { type Handle, usedBytes } from '../store/open.ts';
import { droppedCount, outboxState } from '../store/outbox.ts';
import { brokerOf, type NatsFlags } from './nats-flags.ts';
import type { Reporting } from './tail-reporting.ts';
import { UsageError } from './usage-error.ts';

export interface PublishFlags extends NatsFlags {
  readonly db: string;
  readonly region?: string | undefined;
  readonly node?: string | undefined;
  readonly outboxLimit?: number | undefined;
}

const ACKNOWLEDGED_WITHIN_MS = 5000;
/** When the program is to end, what waits is published for at most so long (ms); the rest at the next start. */
const LAST_BATCHES_MS = 1000;
const MEBIBYTE = 1024 * 1024;
const LIMIT_MIB = 1024;

/** Publishes what a tail stores, beside it, to the stream of a fleet. */
export class Publishing {
  readonly #db: Handle;
  readonly #reporting: Reporting;
  readonly #limit_bytes: number;
  readonly #stop = new AbortController();
  readonly #broker: Broker;
  readonly #publisher: Publisher;
  readonly #running: Promise<unknown>;
  readonly #count: (result: string, count: number) => void;
  #dropped: number;

  /** Begins at once. Throws UsageError where a flag is wrong. */
  constructor(flags: PublishFlags, db: Handle, reporting: Reporting) {
    const { log } = reporting;
    const node = flags.node ?? hostname();
    if ((flags.outboxLimit ?? LIMIT_MIB) <= 0)
      throw new UsageError(`--outbox-limit ${flags.outboxLimit}: write MiB, more than 0`);
    this.#db = db;
    this.#reporting = reporting;
    this.#limit_bytes = (flags.outboxLimit ?? LIMIT_MIB) * MEBIBYTE;
    this.#dropped = droppedCount(db);
    const pause = pausing(this.#stop.signal);
    const region = flags.region ?? 'default';
    const client = { name: `novatrail tail on ${node}`, inbox: inboxOf({ region, node }) };
    this.#broker = new Broker(brokerOf(flags), client, log, pause);
    this.#count = publishMetrics(reporting.registry, () => outboxState(db));
    this.#publisher = new Publisher({
      db,
      storePath: flags.db,
      region,
      node,
      send: (sending) => this.#send(sending),
      connected: () => this.#broker.connected,
      now: Date.now,
      pause,
      sent: this.#count,
      warn: log.warn,
    });
    const { signal } = this.#stop;
    this.#running = Promise.all([this.#broker.run(signal), this.#publisher.run(signal)]);
  }

  /** True: what was not published stays, however old; false where the store has grown to its limit. */
  keepsUnpublished(): boolean {
    this.#tellDropped();
    return usedBytes(this.#db) < this.#limit_bytes;
  }

  /** Publishes what waits, if that can be done at once. */
  async end(): Promise<void> {
    this.#stop.abort();
    const latest = performance.now() + LAST_BATCHES_MS;
    while (performance.now() < latest && (await this.#publisher.drain({ all: true })));
    await this.#broker.close();
    await this.#running;
  }

  async #send({ subject, id, data }: Sending): Promise<boolean> {
    const { connection } = this.#broker;
    if (connection === null) throw new Error('there is no connection');
    const options = { msgID: id, timeout: ACKNOWLEDGED_WITHIN_MS, expect: { streamName: STREAM } };
    return (await jetstream(connection).publish(subject, data, options)).duplicate;
  }

  #tellDropped(): void {
    const dropped = droppedCount(this.#db);
    if (dropped === this.#dropped) return;
    const more = dropped - this.#dropped;
    this.#dropped = dropped;
    this.#count('dropped', more);
    this.#reporting.log.warn(
      `${more} old records were removed before they could be published: the store has reached --outbox-limit`,
    );
  }
}

import { type JetStreamManager, type JsMsg, jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { consumerRows, writeConsumer } from '../store/collected.ts';
import { guarded, type Handle } from '../store/open.ts';
import { InputError } from '../tail/bytes.ts';
import type { Broker } from './broker.ts';
import type { Delivery } from './collect.ts';
import { consumerInfo, type From, makeConsumer, type Wanted } from './consumers.ts';
import { STREAM } from './subject.ts';

export interface FeedOptions {
  readonly db: Handle;
  readonly storePath: string;
  readonly broker: Broker;
  readonly wanted: readonly Wanted[];
  /** Where to begin; null: where this store is, or at the beginning. */
  readonly from: From | null;
  /** Stores a batch and acknowledges it; false where it could not be stored. */
  readonly take: (batch: readonly Delivery[]) => boolean;
  /** False while nothing can be stored. */
  readonly ready: () => boolean;
  readonly pause: (ms: number) => Promise<void>;
  readonly warn: (message: string) => void;
}

/** Most messages a transaction, and what is asked for at once. */
const BATCH = 1000;
const ASKED = 2000;
/** What could not be stored is given again after so long (ms). */
const AGAIN_MS = 2000;
const RETRY_MS = 2000;

/** What the stream has for this store, brought to it in batches, whatever happens to the broker. */
export class Feed {
  readonly #on: FeedOptions;
  #restart: boolean;
  #queue: JsMsg[] = [];
  #planned = false;
  #manager: JetStreamManager | null = null;
  /** Messages that wait in the stream, as last seen. */
  pending = 0;

  constructor(options: FeedOptions) {
    this.#on = options;
    this.#restart = options.from !== null;
  }

  /** Goes on until it is stopped. */
  async run(stop: AbortSignal): Promise<void> {
    const { wanted, warn, pause } = this.#on;
    while (!stop.aborted) {
      const connection = this.#on.broker.connected ? this.#on.broker.connection : null;
      try {
        if (connection !== null) await this.#consume(connection, wanted, stop);
      } catch (error) {
        if (error instanceof InputError) throw error;
        warn(`the stream cannot be read (${(error as Error).message}); it is tried again`);
      }
      await pause(RETRY_MS);
    }
    this.#flush();
  }

  /** Notes up to where everything is stored, for a store that is put back from a copy. */
  async note(): Promise<void> {
    if (this.#manager === null || !this.#on.broker.connected) return;
    const floors = new Map<string, number>();
    let pending = 0;
    for (const { name } of this.#on.wanted) {
      const info = await consumerInfo(this.#manager, name);
      if (info === null) continue;
      floors.set(name, info.ack_floor.stream_seq);
      pending += info.num_pending + info.num_ack_pending;
    }
    this.pending = pending;
    this.#write(floors);
  }

  async #consume(connection: NatsConnection, wanted: readonly Wanted[], stop: AbortSignal): Promise<void> {
    const manager = await jetstreamManager(connection);
    const floors = new Map<string, number>();
    for (const each of wanted) floors.set(each.name, await this.#prepare(manager, each));
    this.#write(floors);
    this.#restart = false;
    this.#manager = manager;
    const client = jetstream(connection);
    const feeds = await Promise.all(
      wanted.map(async ({ name }) => {
        const consumer = await client.consumers.get(STREAM, name);
        const callback = (message: JsMsg) => this.#queued(message);
        return consumer.consume({ max_messages: ASKED, abort_on_missing_resource: true, callback });
      }),
    );
    const stopped = new Promise<void>((over) => stop.addEventListener('abort', () => over(), { once: true }));
    const ended = await Promise.race([stopped, ...feeds.map((feed) => feed.closed())]);
    await Promise.all(feeds.map((feed) => feed.close()));
    if (ended instanceof Error) throw ended;
  }

  /** Has the consumer begin where the store is: behind what it acknowledged where the store lost some of that. */
  async #prepare(manager: JetStreamManager, wanted: Wanted): Promise<number> {
    const stored = consumerRows(this.#on.db).find(({ name }) => name === wanted.name)?.stored ?? null;
    if (this.#restart || stored === null)
      return (await makeConsumer(manager, wanted, this.#on.from ?? 'all')).ack_floor.stream_seq;
    const info = await consumerInfo(manager, wanted.name);
    const { first_seq } = (await manager.streams.info(STREAM)).state;
    if (first_seq > stored + 1)
      this.#on.warn(
        `the stream begins at message ${first_seq} and this store has what came up to ${stored}: what lies between is gone`,
      );
    if (info === null || info.ack_floor.stream_seq > stored)
      await makeConsumer(manager, wanted, { sequence: stored + 1 });
    return stored;
  }

  #queued(message: JsMsg): void {
    if (!this.#on.ready()) {
      message.nak(AGAIN_MS);
      return;
    }
    this.#queue.push(message);
    if (this.#planned) return;
    this.#planned = true;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    this.#planned = false;
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0, BATCH);
      if (this.#on.take(batch.map(delivery))) continue;
      for (const message of [...batch, ...this.#queue.splice(0)]) message.nak(AGAIN_MS);
    }
  }

  #write(floors: ReadonlyMap<string, number>): void {
    const { db, storePath } = this.#on;
    const write = () => {
      for (const [name, floor] of floors) writeConsumer(db, name, floor);
    };
    guarded(storePath, () => db.transaction(write).immediate());
  }
}

function delivery(message: JsMsg): Delivery {
  return { subject: message.subject, data: message.string(), ack: () => message.ack() };
}

import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { LiveJudge, type LiveMigration } from '../follow/live-judge.ts';
import { Writer, type WriterEvents } from '../follow/writer.ts';
import type { Declared, Derived } from '../judging.ts';
import { consumerRows } from '../store/collected.ts';
import { newestLine } from '../store/facts.ts';
import type { Handle } from '../store/open.ts';
import { type Keep, prune } from '../store/retention.ts';
import { Broker, type BrokerAddress, type BrokerEvents } from './broker.ts';
import { Collector, type Taken } from './collect.ts';
import { consumersFor, type From } from './consumers.ts';
import { Feed } from './feed.ts';

export interface CentralOptions {
  readonly db: Handle;
  readonly storePath: string;
  readonly declared: Declared;
  readonly broker: BrokerAddress;
  /** Null: of all regions; of all instances; from where the store is. */
  readonly region: string | null;
  readonly partitions: ReadonlySet<string> | null;
  readonly from: From | null;
  readonly now: () => number;
  readonly stopwatch: () => number;
  /** Ends after so long (ms), or when the program is to end. */
  readonly pause: (ms: number) => Promise<void>;
}

export interface CentralEvents extends WriterEvents, BrokerEvents {
  readonly derived: (rows: readonly Derived[]) => void;
  readonly taken: (how: Taken, count: number) => void;
}

/** How often (ms) it is noted how far all is stored. */
const NOTE_EVERY_MS = 10_000;

/** The central side of a fleet: one store, what the stream has for it, and the rules. */
export class Central {
  readonly #options: CentralOptions;
  readonly #events: CentralEvents;
  readonly #live: LiveJudge;
  readonly #writer: Writer;
  readonly #broker: Broker;
  readonly #collector: Collector;
  readonly #feed: Feed;
  /** No file is read here. */
  readonly lag_bytes = 0;
  #notedAt: number;
  #judging = false;
  #ended = false;

  constructor(options: CentralOptions, events: CentralEvents) {
    const { db, storePath, declared, stopwatch, pause, partitions } = options;
    this.#options = options;
    this.#events = events;
    this.#notedAt = options.now();
    this.#live = new LiveJudge(db, declared, stopwatch, events.derived);
    this.#writer = new Writer({ db, path: storePath, live: this.#live }, options, events);
    this.#broker = new Broker(options.broker, { name: 'novatrail collect' }, events, pause);
    const { taken, warn } = events;
    this.#collector = new Collector({ db, live: this.#live, writer: this.#writer, partitions, taken, warn });
    const wanted = consumersFor(storeId(db), options.region, partitions);
    const common = { db, storePath, broker: this.#broker, from: options.from, pause, warn };
    this.#feed = new Feed({
      ...common,
      wanted,
      take: (batch) => this.#collector.take(batch),
      ready: () => this.#collector.ready,
    });
  }

  /** Messages that wait in the stream, as last seen. */
  get pending(): number {
    return this.#feed.pending;
  }

  get running(): LiveMigration[] {
    return this.#live.running;
  }

  /** Time (ms) of the newest line. */
  get lastLineAt(): number | null {
    return newestLine(this.#options.db);
  }

  /** Judges what the store holds, and tells what was not told yet. */
  open(): void {
    this.#writer.attempt(() => this.#live.all());
    this.#writer.announce();
  }

  /** Goes on until it is stopped; what has come then is stored. Throws InputError where the stream cannot be read at all. */
  async run(stop: AbortSignal): Promise<void> {
    const broker = this.#broker.run(stop);
    await this.#feed.run(stop);
    this.#ended = true;
    this.#collector.judge();
    await this.#note();
    await this.#broker.close();
    await broker;
  }

  /** To be called about once a second. */
  second(): void {
    if (!this.#judging) void this.#judge();
    const now = this.#options.now();
    if (now - this.#notedAt < NOTE_EVERY_MS) return;
    this.#notedAt = now;
    void this.#note();
  }

  /** Removes a small part of what is not kept any longer. True where there may be more. */
  prune(keep: Keep): boolean {
    let pruned = false;
    this.#writer.attempt(() => {
      pruned = prune(this.#options.db, keep, () => false);
      return 0;
    });
    return pruned;
  }

  /** Judges what is new where that is cheap; in between, what comes is stored. */
  async #judge(): Promise<void> {
    this.#judging = true;
    while (!this.#ended && this.#collector.judge()) await setImmediate();
    this.#judging = false;
  }

  async #note(): Promise<void> {
    try {
      await this.#feed.note();
    } catch (error) {
      this.#events.warn(`the stream does not tell how far it was read (${(error as Error).message})`);
    }
  }
}

/** What tells this store's consumers from those of others. */
function storeId(db: Handle): string {
  const [, id] = consumerRows(db)[0]?.name.split('_') ?? [];
  return id ?? randomBytes(8).toString('hex');
}

import type { LiveJudge } from '../follow/live-judge.ts';
import type { Writer } from '../follow/writer.ts';
import type { LogEvent } from '../model.ts';
import { instancesOfRequests } from '../store/collected.ts';
import { quietTimes } from '../store/generations.ts';
import type { Handle } from '../store/open.ts';
import { sourceRow } from '../store/publishable.ts';
import { Applier, type Change } from './apply.ts';
import { decode, type Message } from './message.ts';
import { nodeOf } from './subject.ts';

/** A message as the stream gives it. */
export interface Delivery {
  readonly subject: string;
  readonly data: string;
  /** Tells the stream that the message is stored: it is not given again. */
  readonly ack: () => void;
}

/** How messages fared: they brought something new, nothing new, or are none of ours. */
export type Taken = 'stored' | 'duplicate' | 'refused';

export interface CollectOptions {
  readonly db: Handle;
  readonly live: LiveJudge;
  readonly writer: Writer;
  /** Whose facts are wanted; null: all. */
  readonly partitions: ReadonlySet<string> | null;
  readonly taken: (how: Taken, count: number) => void;
  readonly warn: (message: string) => void;
}

interface Opened {
  readonly node: string;
  readonly message: Message;
}

/** Instances that are judged in one transaction: messages wait no longer. */
const JUDGED_AT_ONCE = 500;

/** Stores deliveries in transactions, acknowledges what is stored, and judges what it touches. */
export class Collector {
  readonly #on: CollectOptions;
  readonly #applier: Applier;

  constructor(options: CollectOptions) {
    this.#on = options;
    this.#applier = new Applier(options.db, options.partitions);
  }

  /** True while the store takes what comes; false while it is given time to recover. */
  get ready(): boolean {
    return this.#on.writer.ready;
  }

  /**
   * Stores a batch, then acknowledges it. Where it cannot be stored nothing is acknowledged: the stream gives it again.
   * What is no message of ours is told, counted and acknowledged, or it would come for ever.
   */
  take(batch: readonly Delivery[]): boolean {
    const opened = batch.flatMap((delivery) => this.#open(delivery));
    let changes: Change[] = [];
    const stored = this.#on.writer.attempt(() => {
      changes = opened.flatMap(({ node, message }) => this.#applier.apply(node, message) ?? []);
      this.#note(changes);
      return 0;
    });
    if (!stored) {
      this.#applier.forget();
      return false;
    }
    for (const { ack } of batch) ack();
    this.#on.taken('stored', changes.length);
    this.#on.taken('duplicate', opened.length - changes.length);
    this.#on.taken('refused', batch.length - opened.length);
    return true;
  }

  /** Judges what is new where that is cheap. True where there is more. */
  judge(): boolean {
    const { live, writer } = this.#on;
    if (!live.isBehind || !writer.ready) return false;
    if (writer.attempt(() => live.refresh(JUDGED_AT_ONCE))) return live.isBehind;
    live.redo();
    return false;
  }

  #open({ subject, data }: Delivery): Opened[] {
    const node = nodeOf(subject);
    const message = node === null ? null : decode(data);
    if (node !== null && message !== null) return [{ node, message }];
    this.#on.warn(`a message on ${subject} is none of novatrail's, and is left out`);
    return [];
  }

  #note(changes: readonly Change[]): void {
    const quiet = changes.some(({ stated }) => stated) ? quietTimes(this.#on.db) : new Map<number, number>();
    for (const [source, of] of Map.groupBy(changes, (change) => change.source)) {
      const events = of.flatMap((change) => change.events);
      const instances = of.flatMap((change) => change.instances);
      this.#on.live.note(sourceRow(this.#on.db, source), quiet.get(source) ?? null, events, instances);
    }
    const requests = changes.flatMap(({ events }) => events.flatMap(requestOf));
    if (requests.length > 0)
      for (const instance of instancesOfRequests(this.#on.db, requests)) this.#on.live.touch(instance);
  }
}

/** Lines without an instance belong to the migration of their request. */
function requestOf({ instance, requestId }: LogEvent): string[] {
  return instance === null && requestId !== null ? [requestId] : [];
}

import { guarded, type Handle, StoreError } from '../store/open.ts';
import { encode, idOf, type Message } from './message.ts';
import { Outbox, type Outgoing } from './outbox.ts';
import { subjectOf } from './subject.ts';

/** A message on its way to the stream. */
export interface Sending {
  readonly subject: string;
  readonly id: string;
  readonly data: string;
}

/** How a message fared: the stream has it now, had it already, or did not say that it has it. */
export type Result = 'stored' | 'duplicate' | 'failed';

export interface PublishOptions {
  readonly db: Handle;
  readonly storePath: string;
  readonly region: string;
  readonly node: string;
  /** Ends when the stream has the message on disk; throws where it does not say so. Gives true where it had it before. */
  readonly send: (sending: Sending) => Promise<boolean>;
  /** False while there is no connection: then nothing is tried. */
  readonly connected: () => boolean;
  /** The time (ms). */
  readonly now: () => number;
  /** Ends after so long (ms), or when `wake` says so. */
  readonly pause: (ms: number) => Promise<void>;
  readonly sent: (result: Result, count: number) => void;
  readonly warn: (message: string) => void;
}

/** Messages on their way at once: what is not acknowledged waits in the store, not in memory. */
const BATCH = 500;
/** How often (ms) the store is looked at where nobody says that there is something new. */
const IDLE_MS = 1000;
/** After a failure the next attempt is made after so long (ms), doubled with each, up to the most. */
const BACK_OFF = { first_ms: 500, most_ms: 30_000 };

/** Publishes what a store holds and the stream has not acknowledged, in batches, whatever happens to the broker. */
export class Publisher {
  readonly #on: PublishOptions;
  readonly #outbox: Outbox;
  #failures = 0;

  constructor(options: PublishOptions) {
    this.#on = options;
    this.#outbox = new Outbox(options.db, options.now);
  }

  /** Goes on until it is stopped. */
  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      const more = await this.drain();
      if (!more) await this.#on.pause(this.#failures === 0 ? IDLE_MS : backOff(this.#failures));
    }
  }

  /** Publishes one batch. True where there is more to be published at once. `all`: also what could wait. */
  async drain({ all = false } = {}): Promise<boolean> {
    if (!this.#on.connected()) return false;
    try {
      const batch = this.#transaction(() => this.#outbox.next(BATCH, { all }));
      if (batch.length === 0) return false;
      return await this.#publish(batch);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#failures += 1;
      this.#on.warn(`${error.message}. Publishing waits`);
      return false;
    }
  }

  async #publish(batch: readonly Outgoing[]): Promise<boolean> {
    const { sent, warn } = this.#on;
    const results = await Promise.allSettled(batch.map((each) => this.#on.send(this.#sending(each))));
    const acknowledged = new Set(batch.filter((_, index) => results[index]?.status === 'fulfilled'));
    this.#transaction(() => this.#outbox.acknowledge(batch, (each) => acknowledged.has(each)));
    const known = results.filter((result) => result.status === 'fulfilled' && result.value).length;
    const failed = results.filter((result) => result.status === 'rejected');
    sent('duplicate', known);
    sent('stored', acknowledged.size - known);
    sent('failed', failed.length);
    const [first] = failed;
    this.#failures = first === undefined ? 0 : this.#failures + 1;
    if (first !== undefined)
      warn(
        `${batch.length - acknowledged.size} messages were not acknowledged (${reason(first.reason)}); they stay in the store and are sent again`,
      );
    return first === undefined;
  }

  #sending({ message, instance }: { message: Message; instance: string | null }): Sending {
    const { region, node } = this.#on;
    return {
      subject: subjectOf({ region, node }, instance, message.type),
      id: idOf(node, message),
      data: encode(message),
    };
  }

  #transaction<Got>(work: () => Got): Got {
    return guarded(this.#on.storePath, () => this.#on.db.transaction(work).immediate());
  }
}

function backOff(failures: number): number {
  return Math.min(BACK_OFF.first_ms * 2 ** (failures - 1), BACK_OFF.most_ms);
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import type { Tail } from '../follow/tail.ts';
import { durationOf } from './durations.ts';
import { UsageError } from './usage-error.ts';

/** How often (ms) it is looked whether something is too old. */
const LOOK_EVERY_MS = 10 * 60_000;

/** What is kept of events and of results, as `--keep-events` and `--keep-migrations` say; removed in small parts. */
export class Kept {
  readonly #events: number | null;
  readonly #migrations: number | null;
  #next = 0;

  /** Throws UsageError for what is no duration. */
  constructor(events: string | undefined, migrations: string | undefined) {
    this.#events = events === undefined ? null : durationOf(events, '--keep-events');
    this.#migrations = migrations === undefined ? null : durationOf(migrations, '--keep-migrations');
    if (this.#migrations !== null && this.#migrations < (this.#events ?? Number.POSITIVE_INFINITY)) {
      throw new UsageError(
        `--keep-migrations ${migrations}: give --keep-events too, no longer than that; a result is kept at least as long as its events`,
      );
    }
  }

  /**
   * Removes a part of what is too old, where some is known to be or it is time to look. `unpublished`: what was not
   * published yet stays.
   */
  prune(store: Pick<Tail, 'prune'>, now: number, unpublished = false): void {
    if (now < this.#next || (this.#events === null && this.#migrations === null)) return;
    const since = (duration: number | null) => (duration === null ? null : now - duration);
    const keep = { eventsSince: since(this.#events), migrationsSince: since(this.#migrations), unpublished };
    const more = store.prune(keep);
    this.#next = more ? now : now + LOOK_EVERY_MS;
  }
}

import type { Tail } from '../follow/tail.ts';
import { UsageError } from './usage-error.ts';

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };
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

  /** Removes a part of what is too old, where some is known to be or it is time to look. */
  prune(tail: Tail, now: number): void {
    if (now < this.#next || (this.#events === null && this.#migrations === null)) return;
    const since = (duration: number | null) => (duration === null ? null : now - duration);
    const more = tail.prune({ eventsSince: since(this.#events), migrationsSince: since(this.#migrations) });
    this.#next = more ? now : now + LOOK_EVERY_MS;
  }
}

function durationOf(text: string, flag: string): number {
  const [, number, unit = ''] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  if (number === undefined || Number(number) === 0)
    throw new UsageError(`${flag} ${text}: write a duration as 90d, 12h or 8w`);
  return Number(number) * (UNITS[unit] ?? 0);
}

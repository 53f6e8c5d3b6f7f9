import { type Handle, prepared } from './open.ts';

/** What a store holds, in a few numbers. Times in ms; null where there is nothing. */
export interface StoreCounts {
  /** Migrations by how they ended. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly oldestRunningAt: number | null;
  /** Time of the newest line read. */
  readonly lastLineAt: number | null;
}

/** The numbers, without looking at every event. */
export function storeCounts(db: Handle): StoreCounts {
  const ended = prepared(
    db,
    'SELECT outcome, count(*) AS n, min(started_at_ms) AS first FROM migrations GROUP BY outcome',
  ).all() as { outcome: string; n: number; first: number | null }[];
  const lastLineAt = prepared(db, "SELECT max(last_at_ms) FROM sources WHERE kind = 'log'").pluck().get();
  return {
    outcomes: Object.fromEntries(ended.map(({ outcome, n }) => [outcome, n])),
    oldestRunningAt: ended.find(({ outcome }) => outcome === 'running')?.first ?? null,
    lastLineAt: lastLineAt as number | null,
  };
}

import type { SourceSummary } from '../judgement.ts';
import { factCounts, sourceRows } from './facts.ts';
import type { Handle } from './open.ts';

/** The logs in the store, with what was found in them; `only`: these (null: all). */
export function sourceSummaries(db: Handle, only: ReadonlySet<number> | null): SourceSummary[] {
  const counts = factCounts(db);
  return sourceRows(db)
    .filter(({ id }) => only === null || only.has(id))
    .map(({ id, path, host, bytes, lines, firstAt, lastAt }) => {
      const { events, unmatched } = counts.get(id) ?? { events: 0, unmatched: 0 };
      return { path, host, bytes, lines, events, unmatched, firstAt, lastAt };
    });
}

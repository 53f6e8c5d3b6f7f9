import { createHash } from 'node:crypto';
import { type Handle, prepared } from './open.ts';

/** Of what the derived rows are the judgement, as a hash; null where nobody knows any more. */
export function judgedMark(db: Handle): string | null {
  return (prepared(db, 'SELECT mark FROM judged').pluck().get() as string | undefined) ?? null;
}

/** Says of what the derived rows are the judgement. Call in the transaction that wrote them. */
export function writeJudged(db: Handle, mark: string): void {
  prepared(db, 'INSERT OR REPLACE INTO judged (id, mark) VALUES (1, ?)').run(mark);
}

/** The derived rows may not be what the store's facts lead to from now on. */
export function forgetJudged(db: Handle): void {
  prepared(db, 'DELETE FROM judged').run();
}

const WHOLE = ['sources', 'generations', 'lost_ranges', 'domains', 'archived'] as const;
const COUNTED = ['unmatched', 'samples'] as const;

/** A hash of what is known of the logs, and of how many facts there are. Who changes a fact in its place says `forgetJudged`. */
export function stateOfFacts(db: Handle): string {
  const hash = createHash('sha256');
  for (const table of WHOLE)
    for (const row of prepared(db, `SELECT * FROM ${table} ORDER BY 1, 2`).raw().iterate())
      hash.update(JSON.stringify(row));
  const counts = COUNTED.map((table) => prepared(db, `SELECT count(*) FROM ${table}`).pluck().get());
  return hash.update(JSON.stringify([eventCount(db), ...counts])).digest('hex');
}

/** Stored events, counted by the two indices that between them hold each of them: the table itself is twenty times as large. */
export function eventCount(db: Handle): number {
  const sql = `SELECT (SELECT count(*) FROM events WHERE instance IS NOT NULL)
    + (SELECT count(*) FROM events WHERE instance IS NULL)`;
  return prepared(db, sql).pluck().get() as number;
}

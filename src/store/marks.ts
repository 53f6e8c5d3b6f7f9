import { type Handle, prepared } from './open.ts';

/** A number that changes with every commit of another program. */
export function versionSeen(db: Handle): number {
  return db.pragma('data_version', { simple: true }) as number;
}

/**
 * A mark for each instance that has events, which changes when what is stored of it changes: how many events there are, and
 * of its migrations how they ended, of how many lines they are, and what the verdicts say.
 */
export function marksOf(db: Handle): Map<string, string> {
  const counts = prepared(
    db,
    'SELECT instance, count(*) AS n FROM events WHERE instance IS NOT NULL GROUP BY instance',
  ).all() as { instance: string; n: number }[];
  const derived = prepared(
    db,
    `SELECT m.instance, group_concat(concat_ws(' ', m.id, m.outcome, m.ended_at_ms, m.throttle_percent,
         (SELECT count(*) FROM migration_events e WHERE e.migration = m.id),
         (SELECT group_concat(v.rule || v.status || length(v.message)) FROM verdicts v WHERE v.migration = m.id))) AS mark
     FROM migrations m GROUP BY m.instance`,
  ).all() as { instance: string; mark: string }[];
  const marks = new Map(derived.map(({ instance, mark }) => [instance, mark]));
  return new Map(counts.map(({ instance, n }) => [instance, `${n} ${marks.get(instance) ?? ''}`]));
}

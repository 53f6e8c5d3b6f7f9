import { createHash } from 'node:crypto';
import { type Handle, prepared } from './open.ts';

/** A number that changes with every commit of another program. */
export function versionSeen(db: Handle): number {
  return db.pragma('data_version', { simple: true }) as number;
}

/**
 * A mark for each instance that has events, which changes when what is stored of it changes: how many events there are, under
 * which names their files are known, how its migrations went, what was in force, what the verdicts say.
 */
export function marksOf(db: Handle): Map<string, string> {
  const paths = prepared(db, "SELECT group_concat(id || ' ' || path) FROM sources").pluck().get() as string | null;
  const derived = new Map<string, string>();
  for (const [instance, text] of prepared(db, DERIVED).raw().iterate() as Iterable<[string, string]>)
    derived.set(instance, createHash('sha1').update(`${paths} ${text}`).digest('base64'));
  const counts = prepared(
    db,
    'SELECT instance, count(*) AS n FROM events WHERE instance IS NOT NULL GROUP BY instance',
  ).all() as { instance: string; n: number }[];
  return new Map(counts.map(({ instance, n }) => [instance, `${n} ${derived.get(instance) ?? ''}`]));
}

const DERIVED = `SELECT m.instance, group_concat(concat_ws(' ', m.id, m.outcome, m.ended_at_ms, m.throttle_percent,
    (SELECT count(*) FROM migration_events e WHERE e.migration = m.id),
    (SELECT group_concat(concat_ws(' ', s.name, s.value, s.origin, s.declared, s.why)) FROM settings s WHERE s.migration = m.id),
    (SELECT group_concat(concat_ws(' ', v.rule, v.status, v.severity, v.message)) FROM verdicts v WHERE v.migration = m.id)))
  FROM migrations m GROUP BY m.instance`;

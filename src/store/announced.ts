import type { Evidence, Severity, Verdict } from '../model.ts';
import type { DerivedRow } from './derived-rows.ts';
import { type Handle, prepared } from './open.ts';

/** A verdict to be printed once: that it failed, or (`stands` false) that later lines took it back. */
export interface Announcement {
  readonly migration: string;
  readonly instance: string;
  readonly source_host: string | null;
  readonly destination_host: string | null;
  readonly rule: string;
  readonly stands: boolean;
  readonly severity: Severity;
  readonly message: string;
  readonly evidence: readonly Evidence[];
}

/**
 * Notes which verdicts of derived migrations are to be announced: those that fail and were not announced, and those that
 * were and fail no longer. Gives how many. Call inside the transaction that stores them.
 */
export function noteVerdicts(db: Handle, rows: readonly DerivedRow[]): number {
  const known = prepared(db, 'SELECT stands FROM announced WHERE migration = ? AND rule = ?').pluck();
  const note = prepared(
    db,
    `INSERT INTO announced (migration, rule, stands, told) VALUES (?, ?, ?, 0)
     ON CONFLICT (migration, rule) DO UPDATE SET stands = excluded.stands, told = 0`,
  );
  const changed = rows.flatMap(({ migration, verdicts }) =>
    verdicts.flatMap(({ rule, status }) => {
      const stands = status === 'fail' ? 1 : 0;
      return (known.get(migration.id, rule) ?? 0) === stands ? [] : [{ migration: migration.id, rule, stands }];
    }),
  );
  for (const { migration, rule, stands } of changed) note.run(migration, rule, stands);
  return changed.length;
}

/** What is noted and not told yet. */
export function untold(db: Handle): Announcement[] {
  const rows = prepared(
    db,
    `SELECT a.migration, a.rule, a.stands, m.instance, m.source_host, m.destination_host, v.severity, v.message, v.evidence
     FROM announced a JOIN migrations m ON m.id = a.migration
     JOIN verdicts v ON v.migration = a.migration AND v.rule = a.rule
     WHERE NOT a.told ORDER BY m.started_at_ms, a.migration, a.rule`,
  ).all() as (Omit<Announcement, 'stands' | 'evidence'> & { stands: number; evidence: string })[];
  return rows.map(({ stands, evidence, ...row }) => ({
    ...row,
    stands: Boolean(stands),
    evidence: JSON.parse(evidence) as Verdict['evidence'],
  }));
}

/** Notes that announcements are out. Call inside a transaction. */
export function markTold(
  db: Handle,
  announcements: readonly Pick<Announcement, 'migration' | 'rule' | 'stands'>[],
): void {
  const mark = prepared(db, 'UPDATE announced SET told = 1 WHERE migration = ? AND rule = ? AND stands = ?');
  for (const { migration, rule, stands } of announcements) mark.run(migration, rule, stands ? 1 : 0);
}

/** How many failed verdicts the store holds, by severity. */
export function openFailures(db: Handle): Record<string, number> {
  const rows = prepared(
    db,
    "SELECT severity, count(*) AS n FROM verdicts WHERE status = 'fail' GROUP BY severity",
  ).all() as { severity: string; n: number }[];
  return Object.fromEntries(rows.map(({ severity, n }) => [severity, n]));
}

import type { JudgedMigration, Setting } from '../model.ts';
import type { Handle } from './open.ts';

/** Replaces the derived rows of one instance: its migrations with their events, settings and verdicts. Call inside a transaction. */
export function writeDerived(db: Handle, instance: string, judged: readonly JudgedMigration[]): void {
  forget(db, instance);
  for (const { migration, settings, verdicts } of judged) {
    insertMigration(db, { migration, profile: settings.profile });
    const event = db.prepare('INSERT INTO migration_events (migration, position, source, offset) VALUES (?, ?, ?, ?)');
    for (const [position, { source, ref }] of migration.timeline.entries())
      event.run(migration.id, position, source, ref.offset);
    const setting = db.prepare(
      'INSERT INTO settings (migration, name, value, origin, declared, why, candidates) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    for (const [name, value] of namedSettings(settings)) {
      const text = value.value === null ? null : String(value.value);
      setting.run(
        migration.id,
        name,
        text,
        value.origin,
        value.declared ? 1 : 0,
        value.why,
        JSON.stringify(value.candidates),
      );
    }
    const verdict = db.prepare(
      'INSERT INTO verdicts (migration, rule, status, severity, message, evidence) VALUES (?, ?, ?, ?, ?, ?)',
    );
    for (const v of verdicts)
      verdict.run(migration.id, v.rule, v.status, v.severity, v.message, JSON.stringify(v.evidence));
  }
}

/** Drops every derived row; the facts stay. */
export function dropDerived(db: Handle): void {
  db.exec('DELETE FROM verdicts; DELETE FROM settings; DELETE FROM migration_events; DELETE FROM migrations;');
}

function forget(db: Handle, instance: string): void {
  const ids = db.prepare('SELECT id FROM migrations WHERE instance = ?').pluck().all(instance) as string[];
  for (const id of ids) {
    for (const table of ['verdicts', 'settings', 'migration_events']) {
      db.prepare(`DELETE FROM ${table} WHERE migration = ?`).run(id);
    }
    db.prepare('DELETE FROM migrations WHERE id = ?').run(id);
  }
}

function insertMigration(
  db: Handle,
  { migration: m, profile }: { migration: JudgedMigration['migration']; profile: string },
): void {
  const o = m.observed;
  db.prepare(
    `INSERT INTO migrations (id, instance, source_host, destination_host, request_id, started_at_ms, ended_at_ms, duration_s,
       outcome, profile, max_step_ms, last_step_s, throughput_bytes_s, dirty_ratio, pause_ms, throttle_percent)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    ...[
      m.id,
      m.instance,
      m.sourceHost,
      m.destinationHost,
      m.requestId,
      m.startedAt,
      m.endedAt,
      m.duration_s,
      m.outcome,
      profile,
    ],
    ...[o.max_step_ms, o.last_step_s, o.throughput_bytes_s, o.dirty_ratio, o.pause_ms, o.throttle_percent],
  );
}

function namedSettings(settings: JudgedMigration['settings']): [string, Setting<unknown>][] {
  return Object.entries(settings).filter((entry): entry is [string, Setting<unknown>] => {
    const value: unknown = entry[1];
    return typeof value === 'object' && value !== null && 'origin' in value;
  });
}

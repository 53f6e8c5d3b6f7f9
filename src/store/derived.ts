import type { Matched } from '../certification.ts';
import type { Migration, Revealed, Setting, Settings, Verdict } from '../model.ts';
import { type Handle, prepared } from './open.ts';

/** A migration with all its lines, as it is stored. */
export interface DerivedRow extends Matched {
  readonly migration: Migration;
  readonly settings: Settings;
  readonly verdicts: readonly Verdict[];
  readonly revealed: readonly Revealed[];
  /** Of the guest, as declared, else as the counters show; null where neither tells. */
  readonly memory_mib: number | null;
}

/** Replaces the derived rows of one instance: its migrations with their events, settings, verdicts and what they reveal. Call inside a transaction. */
export function writeDerived(db: Handle, instance: string, judged: readonly DerivedRow[]): void {
  forget(db, instance);
  for (const row of judged) {
    const { migration, settings, verdicts, revealed } = row;
    insertMigration(db, row);
    const event = prepared(
      db,
      'INSERT INTO migration_events (migration, position, source, offset) VALUES (?, ?, ?, ?)',
    );
    for (const [position, { source, ref }] of migration.timeline.entries())
      event.run(migration.id, position, source, ref.offset);
    const setting = prepared(
      db,
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
    const verdict = prepared(
      db,
      'INSERT INTO verdicts (migration, rule, status, severity, message, evidence) VALUES (?, ?, ?, ?, ?, ?)',
    );
    for (const v of verdicts)
      verdict.run(migration.id, v.rule, v.status, v.severity, v.message, JSON.stringify(v.evidence));
    insertRevealed(db, migration.id, revealed);
  }
}

/** A setting as it is stored: its value in text. */
export interface StoredSetting extends Omit<Setting<unknown>, 'value'> {
  readonly name: string;
  readonly value: string | null;
}

/** What is stored of a migration's judgement: what was in force when it was derived, and its verdicts. Null where it is not. */
export function judgementOf(db: Handle, id: string): { settings: StoredSetting[]; verdicts: Verdict[] } | null {
  if (prepared(db, 'SELECT 1 FROM migrations WHERE id = ?').get(id) === undefined) return null;
  const settings = prepared(
    db,
    'SELECT name, value, origin, declared, why, candidates FROM settings WHERE migration = ?',
  ).all(id) as (Omit<StoredSetting, 'declared' | 'candidates'> & { declared: number; candidates: string })[];
  const verdicts = prepared(
    db,
    'SELECT rule, status, severity, message, evidence FROM verdicts WHERE migration = ?',
  ).all(id) as StoredVerdict[];
  return {
    settings: settings.map(({ declared, candidates, ...row }) => {
      return { ...row, declared: declared === 1, candidates: JSON.parse(candidates) };
    }),
    verdicts: verdicts.map((row) => ({ ...row, evidence: JSON.parse(row.evidence) })),
  };
}

/** Replaces the findings: verdicts on files, hosts and declared settings. Call inside a transaction. */
export function writeFindings(db: Handle, findings: readonly Verdict[]): void {
  prepared(db, 'DELETE FROM findings').run();
  const finding = prepared(
    db,
    'INSERT INTO findings (position, rule, status, severity, message, evidence) VALUES (?, ?, ?, ?, ?, ?)',
  );
  for (const [position, { rule, status, severity, message, evidence }] of findings.entries())
    finding.run(position, rule, status, severity, message, JSON.stringify(evidence));
}

/** The findings that are stored, in the order of reports. */
export function storedFindings(db: Handle): Verdict[] {
  const rows = prepared(
    db,
    'SELECT rule, status, severity, message, evidence FROM findings ORDER BY position',
  ).all() as StoredVerdict[];
  return rows.map((row) => ({ ...row, evidence: JSON.parse(row.evidence) }));
}

type StoredVerdict = Omit<Verdict, 'evidence'> & { readonly evidence: string };

/** A log is found under another name from now on: so are the lines that verdicts name. Call inside a transaction. */
export function renameSource(db: Handle, source: number, from: string, to: string): void {
  prepared(db, 'UPDATE sources SET path = ? WHERE id = ?').run(to, source);
  const named = (path: string) => `"path":${JSON.stringify(path)},`;
  prepared(db, 'UPDATE verdicts SET evidence = replace(evidence, @from, @to) WHERE instr(evidence, @from) > 0').run({
    from: named(from),
    to: named(to),
  });
}

/** Drops every derived row that can be derived again; the facts stay. */
export function dropDerived(db: Handle): void {
  // Without a condition SQLite drops the pages of a table at once, without looking at its rows.
  const some = prepared(db, 'SELECT 1 FROM archived LIMIT 1').get() !== undefined;
  const derivable = (column: string) => (some ? ` WHERE ${column} NOT IN (SELECT migration FROM archived)` : '');
  db.exec('DELETE FROM findings');
  for (const table of ['revealed', 'verdicts', 'settings', 'migration_events'])
    db.exec(`DELETE FROM ${table}${derivable('migration')}`);
  db.exec(`DELETE FROM migrations${derivable('id')}`);
}

function forget(db: Handle, instance: string): void {
  const ids = prepared(
    db,
    'SELECT id FROM migrations WHERE instance = ? AND id NOT IN (SELECT migration FROM archived)',
  )
    .pluck()
    .all(instance) as string[];
  for (const id of ids) {
    for (const table of ['revealed', 'verdicts', 'settings', 'migration_events']) {
      prepared(db, `DELETE FROM ${table} WHERE migration = ?`).run(id);
    }
    prepared(db, 'DELETE FROM migrations WHERE id = ?').run(id);
  }
}

function insertRevealed(db: Handle, migration: string, revealed: readonly Revealed[]): void {
  const row = prepared(db, 'INSERT INTO revealed (migration, name, least, most, possible) VALUES (?, ?, ?, ?, ?)');
  for (const { name, possible } of revealed) {
    const numbers = possible.flatMap((each) => (typeof each === 'string' ? [] : each));
    const ends = numbers.length === 0 ? [null, null] : [numbers[0], numbers.at(-1)];
    row.run(migration, name, ...ends, JSON.stringify(possible));
  }
}

function insertMigration(db: Handle, { migration: m, settings, tests, network, memory_mib }: DerivedRow): void {
  const o = m.observed;
  prepared(
    db,
    `INSERT INTO migrations (id, instance, source_host, destination_host, request_id, started_at_ms, ended_at_ms, duration_s,
       outcome, profile, max_step_ms, last_step_s, throughput_bytes_s, dirty_ratio, pause_ms, throttle_percent, tunnelled,
       test, network, link_mbps, memory_mib)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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
      settings.profile,
    ],
    ...[
      o.max_step_ms,
      o.last_step_s,
      o.throughput_bytes_s,
      o.dirty_ratio,
      o.pause_ms,
      o.throttle_percent,
      o.tunnelled === null ? null : Number(o.tunnelled),
    ],
    ...[tests[0]?.id ?? null, network?.config ?? null, network?.link_mbps ?? null, memory_mib],
  );
}

function namedSettings(settings: Settings): [string, Setting<unknown>][] {
  return Object.entries(settings).filter((entry): entry is [string, Setting<unknown>] => {
    const value: unknown = entry[1];
    return typeof value === 'object' && value !== null && 'origin' in value;
  });
}

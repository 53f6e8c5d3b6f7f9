import type { Setting, Verdict } from '../model.ts';
import {
  CHILD_COLUMNS,
  CHILD_TABLES,
  type ChildTable,
  childRows,
  type DerivedRow,
  MIGRATION_COLUMNS,
  migrationValues,
  type Values,
} from './derived-rows.ts';
import { forgetJudged } from './judged.ts';
import { type Handle, prepared } from './open.ts';

/**
 * Makes the derived rows of one instance what they are to be: its migrations with their events, settings, verdicts and what
 * they reveal. What is stored so already is not written again. Call inside a transaction.
 */
export function writeDerived(db: Handle, instance: string, judged: readonly DerivedRow[]): void {
  forgetJudged(db);
  const stored = new Set(derivableIds(db, 'WHERE instance = ?', instance));
  for (const row of judged) {
    const { id } = row.migration;
    // Its events went in their time; should they come again, perhaps not all of them do.
    if (isArchived(db, id)) continue;
    stored.delete(id);
    // What was read before of another instance whose name began alike may have left the same name behind.
    const isStored = writeMigration(db, migrationValues(row));
    for (const [table, rows] of Object.entries(childRows(row)) as [ChildTable, readonly Values[]][]) {
      if (isStored && areSame(storedRows(db, table, id), rows)) continue;
      if (isStored) prepared(db, `DELETE FROM ${table} WHERE migration = ?`).run(id);
      insertRows(db, table, id, rows);
    }
  }
  for (const id of stored) forget(db, id);
}

/** True where of a migration only the result is kept. */
function isArchived(db: Handle, id: string): boolean {
  return prepared(db, 'SELECT 1 FROM archived WHERE migration = ?').get(id) !== undefined;
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
  const verdicts = prepared(db, 'SELECT rule, status, severity, message, evidence FROM verdicts WHERE migration = ?')
    .raw()
    .all(id) as VerdictRow[];
  return {
    settings: settings.map(({ declared, candidates, ...row }) => {
      return { ...row, declared: declared === 1, candidates: JSON.parse(candidates) };
    }),
    verdicts: verdicts.map(verdictOf),
  };
}

type VerdictRow = [
  rule: string,
  status: Verdict['status'],
  severity: Verdict['severity'],
  message: string,
  evidence: string,
];

/** Of most verdicts there is none, of a large store hundreds of thousands. */
const NO_EVIDENCE: Verdict['evidence'] = [];

function verdictOf([rule, status, severity, message, evidence]: VerdictRow): Verdict {
  return { rule, status, severity, message, evidence: evidence === '[]' ? NO_EVIDENCE : JSON.parse(evidence) };
}

/** Replaces the findings: verdicts on files, hosts and declared settings. Call inside a transaction. */
export function writeFindings(db: Handle, findings: readonly Verdict[]): void {
  forgetJudged(db);
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
  const rows = prepared(db, 'SELECT rule, status, severity, message, evidence FROM findings ORDER BY position')
    .raw()
    .all() as VerdictRow[];
  return rows.map(verdictOf);
}

/** A log is found under another name from now on: so are the lines that verdicts name. Call inside a transaction. */
export function renameSource(db: Handle, source: number, from: string, to: string): void {
  prepared(db, 'UPDATE sources SET path = ? WHERE id = ?').run(to, source);
  const named = (path: string) => `"path":${JSON.stringify(path)},`;
  prepared(db, 'UPDATE verdicts SET evidence = replace(evidence, @from, @to) WHERE instr(evidence, @from) > 0').run({
    from: named(from),
    to: named(to),
  });
}

/** Drops the migrations that are not derived any more, but for such as cannot be derived again. Call inside a transaction. */
export function dropOthers(db: Handle, derived: ReadonlySet<string>): void {
  for (const id of derivableIds(db)) if (!derived.has(id)) forget(db, id);
}

/** Migrations that can be derived again: their events are all stored still. `condition`: on the table. */
export function derivableIds(db: Handle, condition = '', ...values: unknown[]): string[] {
  const sql = `SELECT id FROM (SELECT id FROM migrations ${condition}) WHERE id NOT IN (SELECT migration FROM archived)`;
  return prepared(db, sql)
    .pluck()
    .all(...values) as string[];
}

function forget(db: Handle, id: string): void {
  for (const table of CHILD_TABLES) prepared(db, `DELETE FROM ${table} WHERE migration = ?`).run(id);
  prepared(db, 'DELETE FROM migrations WHERE id = ?').run(id);
}

/** False where there was none of that name. */
function writeMigration(db: Handle, values: Values): boolean {
  const columns = MIGRATION_COLUMNS.join(', ');
  const stored = prepared(db, `SELECT ${columns} FROM migrations WHERE id = ?`).raw().get(values[0]) as
    | Values
    | undefined;
  if (stored !== undefined && areSame([stored], [values])) return true;
  const changes = MIGRATION_COLUMNS.slice(1).map((column) => `${column} = excluded.${column}`);
  prepared(
    db,
    `INSERT INTO migrations (${columns}) VALUES (${marks(values)}) ON CONFLICT (id) DO UPDATE SET ${changes.join(', ')}`,
  ).run(...values);
  return stored !== undefined;
}

function storedRows(db: Handle, table: ChildTable, id: string): Values[] {
  const columns = CHILD_COLUMNS[table];
  const sql = `SELECT ${columns.join(', ')} FROM ${table} WHERE migration = ? ORDER BY ${columns[0]}`;
  return prepared(db, sql).raw().all(id) as Values[];
}

function insertRows(db: Handle, table: ChildTable, id: string, rows: readonly Values[]): void {
  const columns = CHILD_COLUMNS[table];
  const insert = prepared(db, `INSERT INTO ${table} (migration, ${columns.join(', ')}) VALUES (?, ${marks(columns)})`);
  for (const row of rows) insert.run(id, ...row);
}

function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}

function areSame(a: readonly Values[], b: readonly Values[]): boolean {
  return a.length === b.length && a.every((row, place) => row.every((value, column) => value === b[place]?.[column]));
}

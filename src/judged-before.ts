// What is stored of a store's migrations is their judgement as long as nothing that it depends on has changed.

import { inOrder, settingsFrom } from './as-stored.ts';
import { matchTests } from './certificate/matching.ts';
import { isJudged } from './judged-mark.ts';
import {
  byStart,
  type Declared,
  type JudgeOptions,
  judgeAll,
  matchedBy,
  NO_PLAN,
  type StoreJudged,
  withoutLines,
} from './judging.ts';
import { factsOf, throughputOf } from './migration-facts.ts';
import type { Migration } from './model.ts';
import { derivableIds, judgementOf, storedFindings } from './store/derived.ts';
import type { DerivedRow } from './store/derived-rows.ts';
import { sourceRows } from './store/facts.ts';
import type { Handle } from './store/open.ts';
import { derivableMigrations, type StoredMigration, timelineOf } from './store/stored-migrations.ts';

/** As `judgeAll`; what was judged before and has not changed is taken as it is stored. */
export function judged(db: Handle, declared: Declared, options: JudgeOptions = {}): StoreJudged {
  const read = db.transaction(() => (isJudged(db, declared) ? stored(db, declared, options) : null));
  // The findings on some of the logs are not stored.
  return (isAboutAll(db, options.only ?? null) ? read() : null) ?? judgeAll(db, declared, options);
}

function isAboutAll(db: Handle, only: ReadonlySet<number> | null): boolean {
  return only === null || sourceRows(db).every(({ id }) => only.has(id));
}

/** Sees to it that everything in the store is judged by what is declared, and says how many migrations that is. */
export function judgedCount(db: Handle, declared: Declared): number {
  const count = db.transaction(() => (isJudged(db, declared) ? derivableIds(db).length : null));
  return count() ?? judgeAll(db, declared).migrations;
}

function stored(db: Handle, declared: Declared, { each = () => {} }: JudgeOptions): StoreJudged {
  const { tests, records } = declared.plan ?? NO_PLAN;
  const byInstance = Map.groupBy(derivableMigrations(db), ({ migration }) => migration.instance);
  const facts = [...byInstance.values()].flatMap((rows) => {
    const attempts = rows.map(({ migration }) => migration);
    return rows.map((row) => {
      const derived = derivedOf(db, declared, row, attempts);
      each({ ...withoutLines(derived), lines: row.lines });
      return factsOf(derived);
    });
  });
  facts.sort(byStart);
  const findings = storedFindings(db);
  return {
    migrations: facts.length,
    findings,
    tests: matchTests(tests, facts, records),
    throughput: throughputOf(facts),
  };
}

/** Only what is said of tests shows lines. */
function derivedOf(
  db: Handle,
  declared: Declared,
  { migration, profile, memory_mib, lineFigures }: StoredMigration,
  attempts: readonly Migration[],
): DerivedRow {
  const judgement = judgementOf(db, migration.id);
  if (judgement === null) throw new Error(`${migration.id}: went while it was read`);
  const matched = matchedBy(declared, migration, attempts);
  const timeline = matched.tests.length > 0 ? timelineOf(db, migration.id) : [];
  const settings = settingsFrom(judgement.settings, { profile, profileDeclared: declared.profile !== null });
  const verdicts = inOrder(judgement.verdicts);
  return {
    migration: { ...migration, timeline },
    settings,
    verdicts,
    ...matched,
    memory_mib,
    lineFigures,
    revealed: [],
  };
}

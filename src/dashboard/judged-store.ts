import { asStored } from '../as-stored.ts';
import { matchTests } from '../certificate/matching.ts';
import type { MatchedTest, MigrationFacts } from '../certification.ts';
import type { Explained } from '../explanation.ts';
import type { Case, JudgedMigration, SourceSummary, Throughput } from '../judgement.ts';
import { byStart, type Declared, Judge, NO_PLAN, withoutLines } from '../judging.ts';
import { factsOf, throughputOf } from '../migration-facts.ts';
import type { Verdict } from '../model.ts';
import { judge } from '../rules/index.ts';
import { NO_CAMPAIGN } from '../settings/campaign.ts';
import { whatIf } from '../statistics/what-if.ts';
import { storedFindings } from '../store/derived.ts';
import { instancesIn } from '../store/facts.ts';
import { marksOf } from '../store/marks.ts';
import { guarded, type Handle } from '../store/open.ts';
import { sourceSummaries } from '../store/source-summaries.ts';
import { archivedMigrations } from '../store/stored-migrations.ts';
import { archivedCase } from './archived.ts';

/** Everything in a store, judged. */
export interface Judgement {
  readonly sources: readonly SourceSummary[];
  readonly migrations: readonly JudgedMigration[];
  readonly findings: readonly Verdict[];
  readonly tests: readonly MatchedTest[];
  readonly throughput: readonly Throughput[];
}

interface JudgedInstance {
  readonly mark: string;
  readonly judged: readonly JudgedMigration[];
  readonly facts: readonly MigrationFacts[];
}

export interface JudgedStoreOptions {
  readonly db: Handle;
  readonly path: string;
  /** What is declared now; null: what the store says counts, which was declared when its logs were read. */
  readonly declared: Declared | null;
  /** Lets others have their turn, as often as it is called. */
  readonly pause: () => Promise<void>;
}

const NOTHING: Declared = { campaign: NO_CAMPAIGN, set: {}, profile: null };

/** A store that others write to, judged again and again without writing to it. */
export class JudgedStore {
  readonly #options: JudgedStoreOptions;
  readonly #declared: Declared;
  #judge: Judge | null = null;
  /** What was judged before, by instance. */
  #known = new Map<string, JudgedInstance>();
  /** Migrations whose lines are gone. */
  #archived = new Map<string, Case>();

  constructor(options: JudgedStoreOptions) {
    this.#options = options;
    this.#declared = options.declared ?? NOTHING;
  }

  /** Judges what is in the store at this moment, whatever is written meanwhile. Rejects with StoreError. */
  async judge(): Promise<Judgement> {
    const { db, path } = this.#options;
    // One state of the store throughout; others may write all the time.
    guarded(path, () => db.exec('BEGIN'));
    try {
      return await this.#judgeAll();
    } finally {
      if (db.inTransaction) db.exec('COMMIT');
    }
  }

  /** One migration with all that explains it; null where there is none. Throws StoreError. */
  explained(id: string, instance: string): Explained | null {
    return guarded(this.#options.path, () => {
      const whole = this.#judge?.cases(instance).find(({ migration }) => migration.id === id);
      const subject = whole ?? this.#archived.get(id);
      if (subject === undefined) return null;
      const { settings, verdicts } = this.#judgementOf(subject);
      const judged = { ...subject, settings };
      return { subject: judged, verdicts, whatIf: whatIf(judged) };
    });
  }

  async #judgeAll(): Promise<Judgement> {
    const { db, path, pause } = this.#options;
    const judging = guarded(path, () => new Judge(db, this.#declared));
    // What is declared now is applied to the logs as they are now: marks tell only of what the store was told.
    const marks = this.#options.declared === null ? guarded(path, () => marksOf(db)) : null;
    const known = new Map<string, JudgedInstance>();
    for (const instance of guarded(path, () => instancesIn(db))) {
      const mark = marks?.get(instance) ?? '';
      const before = this.#known.get(instance);
      const isKnown = marks !== null && before?.mark === mark;
      known.set(instance, isKnown ? before : guarded(path, () => this.#judgeInstance(judging, instance, mark)));
      await pause();
    }
    this.#known = known;
    this.#judge = judging;
    return guarded(path, () => this.#together(judging, [...known.values(), this.#judgeArchived()]));
  }

  #judgeInstance(judging: Judge, instance: string, mark: string): JudgedInstance {
    const rows = judging.derive(instance).map((row) => ({ ...row, ...this.#storedOf(row) }));
    return { mark, judged: rows.map(withoutLines), facts: rows.map(factsOf) };
  }

  /** Nothing can be derived from lines that are gone: what is stored counts, whatever is declared now. */
  #judgeArchived(): JudgedInstance {
    const rows = archivedMigrations(this.#options.db).map((row) => ({ ...row, subject: archivedCase(row) }));
    this.#archived = new Map(rows.map(({ subject }) => [subject.migration.id, subject]));
    const derived = rows.map(({ subject, lines, memory_mib, lineFigures }) => {
      const { migration, settings, tests, network } = subject;
      const stored = asStored(this.#options.db, migration, settings) ?? { settings, verdicts: [] };
      return {
        lines,
        row: { migration, ...stored, tests, network, memory_mib, revealed: [], lineFigures },
      };
    });
    return {
      mark: '',
      judged: derived.map(({ row, lines }) => ({ ...withoutLines(row), lines })),
      facts: derived.map(({ row }) => factsOf(row)),
    };
  }

  #storedOf({ migration, settings }: Pick<Case, 'migration' | 'settings'>) {
    const isGone = this.#archived.has(migration.id);
    return this.#options.declared === null || isGone ? asStored(this.#options.db, migration, settings) : null;
  }

  #judgementOf(subject: Case): Pick<JudgedMigration, 'settings' | 'verdicts'> {
    return this.#storedOf(subject) ?? { settings: subject.settings, verdicts: judge(subject) };
  }

  #together(judging: Judge, all: readonly JudgedInstance[]): Judgement {
    const facts = all.flatMap((each) => each.facts).sort(byStart);
    const { tests, records } = this.#declared.plan ?? NO_PLAN;
    return {
      sources: sourceSummaries(this.#options.db, null),
      migrations: all.flatMap(({ judged }) => judged).sort(byStart),
      findings: this.#withStored(judging.findings(facts)),
      tests: matchTests(tests, facts, records),
      throughput: throughputOf(facts),
    };
  }

  /** Of rules that find nothing to judge without a campaign, what the store says: it was told one. */
  #withStored(findings: readonly Verdict[]): Verdict[] {
    if (this.#options.declared !== null) return [...findings];
    const judged = new Set(findings.flatMap(({ rule, status }) => (status === 'not-applicable' ? [] : [rule])));
    const stored = storedFindings(this.#options.db).filter(({ rule }) => !judged.has(rule));
    const told = new Set(stored.map(({ rule }) => rule));
    return [...findings.filter(({ rule }) => !told.has(rule)), ...stored];
  }
}

import { fleetOf } from './fleet.ts';
import type { Case, Guest, JudgedMigration } from './judgement.ts';
import { COVERED_AFTER_MS } from './log-intervals.ts';
import type { Migration, Profile, Verdict } from './model.ts';
import { judge, judgeFleet, nextDeadline } from './rules/index.ts';
import { sessionize } from './sessionize/sessionize.ts';
import type { Campaign, ConfValues } from './settings/campaign.ts';
import { settingsOf } from './settings/effective.ts';
import { type DerivedRow, dropDerived, writeDerived, writeFindings } from './store/derived.ts';
import { eventsOfInstance, instancesIn, shortName } from './store/facts.ts';
import type { Handle } from './store/open.ts';
import { Surroundings } from './surroundings.ts';

/** What is declared about the migrations to be judged. */
export interface Declared {
  readonly campaign: Campaign;
  readonly set: ConfValues;
  /** `--profile`, else the campaign's; null: from what the log shows. */
  readonly profile: Profile | null;
}

/** A derived migration, and when the silence of its source host's log will change what is said of it. */
export interface Derived extends DerivedRow {
  readonly due: { readonly stream: string; readonly at: number } | null;
}

/** Derives the migrations of one instance again, with their settings and verdicts. */
export class Judge {
  readonly #db: Handle;
  readonly #declared: Declared;
  readonly #surroundings: Surroundings;

  constructor(db: Handle, declared: Declared) {
    this.#db = db;
    this.#declared = declared;
    this.#surroundings = new Surroundings(db);
  }

  /** Stores what it derives. Call inside a transaction. */
  store(instance: string): Derived[] {
    const rows = this.derive(instance);
    writeDerived(this.#db, instance, rows);
    return rows;
  }

  derive(instance: string): Derived[] {
    const events = eventsOfInstance(this.#db, instance);
    const migrations = sessionize(instance, events, this.#surroundings.hosts, shortName(this.#db, instance));
    return migrations.map((migration) => this.#judged(migration, migrations));
  }

  /** The verdicts on files, hosts and declared settings; `only`: on these sources (null: on all in the store). */
  findings(only: ReadonlySet<number> | null = null): Verdict[] {
    return judgeFleet(fleetOf(this.#db, this.#declared, this.#surroundings, only));
  }

  #judged(migration: Migration, attempts: readonly Migration[]): Derived {
    const { options, dialect: dialectAround, stream, ...around } = this.#surroundings.of(migration);
    const { campaign, set, profile } = this.#declared;
    const settings = settingsOf(migration, { campaign, set, profile, dialectAround, options });
    const guest: Guest | null = campaign.instances.get(migration.instance) ?? null;
    const clockError_ms = Math.max(this.#clockError(migration.sourceHost), this.#clockError(migration.destinationHost));
    const subject = { migration, settings, attempts, guest, clockError_ms, ...around };
    return { migration, settings, verdicts: judge(subject), due: dueOf(subject, stream) };
  }

  #clockError(host: string | null): number {
    return host === null ? 0 : (this.#declared.campaign.hosts[host]?.clock_error_ms ?? 0);
  }
}

/** An ended migration is judged for good when the log around it is whole. */
function dueOf(subject: Case, stream: string): Derived['due'] {
  const { migration, coverage } = subject;
  const covered = migration.endedAt === null || coverage.complete ? null : migration.endedAt + COVERED_AFTER_MS;
  const times = [nextDeadline(subject), covered].filter((at) => at !== null && at > (coverage.logEnd ?? 0)) as number[];
  return times.length === 0 ? null : { stream, at: Math.min(...times) };
}

/** What an ingest calls inside each of its transactions: derives again what the events of the batch touch. */
export function deriving(db: Handle, declared: Declared) {
  const judging = new Judge(db, declared);
  return (events: readonly { readonly instance: string | null }[]): void => {
    const touched = new Set(events.flatMap(({ instance }) => (instance === null ? [] : [instance])));
    for (const instance of touched) judging.store(instance);
  };
}

/** What judging everything gives. */
export interface Judged {
  readonly migrations: JudgedMigration[];
  readonly findings: Verdict[];
}

/**
 * Judges every migration in the store anew, in one transaction, in the order of (start, instance), and the files, hosts and
 * settings. The derived rows depend on the facts and on what is declared only; `keep: false` leaves them as they are, for a
 * store that is thrown away. `only` limits the findings to some sources.
 */
export function judgeAll(
  db: Handle,
  declared: Declared,
  { keep = true, only = null }: { keep?: boolean; only?: ReadonlySet<number> | null } = {},
): Judged {
  return db
    .transaction(() => {
      const judging = new Judge(db, declared);
      if (keep) dropDerived(db);
      const migrations = instancesIn(db).flatMap((instance) => {
        const rows = keep ? judging.store(instance) : judging.derive(instance);
        return rows.map(withoutLines);
      });
      if (keep) writeFindings(db, judging.findings());
      return { migrations: migrations.sort(byStart), findings: judging.findings(only) };
    })
    .immediate();
}

function withoutLines({ migration: { timeline, ...migration }, settings, verdicts }: DerivedRow): JudgedMigration {
  return { migration, lines: timeline.length, settings, verdicts, cut: null };
}

/** The order of reports: by start, then instance. */
export function byStart({ migration: a }: JudgedMigration, { migration: b }: JudgedMigration): number {
  const start = (a.startedAt ?? Number.NEGATIVE_INFINITY) - (b.startedAt ?? Number.NEGATIVE_INFINITY);
  return start || (a.instance < b.instance ? -1 : a.instance > b.instance ? 1 : a.id < b.id ? -1 : 1);
}

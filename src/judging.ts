import { candidatesFor, matchTests } from './certificate/matching.ts';
import type { Matched, MatchedTest, MigrationFacts, MigrationRecord, PlannedTest } from './certification.ts';
import { fleetOf } from './fleet-facts.ts';
import { markOf } from './judged-mark.ts';
import type { Case, Guest, JudgedMigration, Throughput } from './judgement.ts';
import { COVERED_AFTER_MS } from './log-intervals.ts';
import { factsOf, lineFiguresOf, shownMemory, throughputOf } from './migration-facts.ts';
import type { Migration, Profile, ScheduleShown, Verdict } from './model.ts';
import { pointsOf, scheduleShown } from './nova/schedule-shown.ts';
import { judge, judgeFleet, nextDeadline } from './rules/index.ts';
import { sessionize } from './sessionize/sessionize.ts';
import type { Campaign, ConfValues } from './settings/campaign.ts';
import { revealedOf } from './settings/conf-shown.ts';
import { settingsOf } from './settings/effective.ts';
import { asExpected } from './settings/expected.ts';
import { derivableIds, dropOthers, writeDerived, writeFindings } from './store/derived.ts';
import type { DerivedRow } from './store/derived-rows.ts';
import { eventsOfInstance, instancesIn, shortName } from './store/facts.ts';
import { writeJudged } from './store/judged.ts';
import type { Handle } from './store/open.ts';
import { Surroundings, sourceStream } from './surroundings.ts';

/** What is declared about the migrations to be judged. */
export interface Declared {
  readonly campaign: Campaign;
  readonly set: ConfValues;
  /** `--profile`, else the campaign's; null: from what the log shows. */
  readonly profile: Profile | null;
  /** Without one there are no tests. */
  readonly plan?: Plan;
}

/** What is to be proved, and the migrations that others than nova's log know of. */
export interface Plan {
  readonly tests: readonly PlannedTest[];
  readonly records: readonly MigrationRecord[];
}

/** A derived migration, and when the silence of its source host's log will change what is said of it. */
export interface Derived extends DerivedRow {
  readonly due: { readonly stream: string; readonly at: number } | null;
}
/** Schedules that are kept, to be read once only. */
const KNOWN_SCHEDULES = 1000;

/** Of a campaign without tests. */
export const NO_PLAN: Plan = { tests: [], records: [] };

/** Derives the migrations of one instance again, with their settings and verdicts. */
export class Judge {
  readonly #db: Handle;
  readonly #declared: Declared;
  readonly #surroundings: Surroundings;
  /** By profile and lines: most migrations of a host show the same. */
  readonly #shown = new Map<string, ScheduleShown>();

  constructor(db: Handle, declared: Declared) {
    this.#db = db;
    this.#declared = declared;
    this.#surroundings = new Surroundings(db, domainsOf(declared.campaign));
  }

  /** Stores what it derives. Call inside a transaction. */
  store(instance: string): Derived[] {
    const rows = this.derive(instance);
    writeDerived(this.#db, instance, rows);
    return rows;
  }

  derive(instance: string): Derived[] {
    return this.cases(instance).map((subject) => {
      const { migration, settings, shown, guest, tests, network } = subject;
      const memory_mib = guest?.memory_mib ?? shownMemory(migration.timeline);
      const revealed = revealedOf(migration, settings, shown);
      const facts = { revealed, tests, network, memory_mib, lineFigures: lineFiguresOf(migration.timeline) };
      return { migration, settings, verdicts: judge(subject), due: dueOf(subject), ...facts };
    });
  }

  /** The migrations of one instance with everything that rules judge them by. */
  cases(instance: string): Case[] {
    const events = eventsOfInstance(this.#db, instance);
    const sessions = sessionize(instance, events, this.#surroundings.hosts, shortName(this.#db, instance));
    const migrations = sessions.map((migration) => this.#surroundings.observed(migration));
    return migrations.map((migration) => this.#caseOf(migration, migrations));
  }

  /** The verdicts on files, hosts, declared settings and migrations together; `only`: on these sources (null: on all in the store). */
  findings(migrations: readonly MigrationFacts[], only: ReadonlySet<number> | null = null): Verdict[] {
    const { plan = NO_PLAN } = this.#declared;
    const tests = matchTests(plan.tests, migrations, plan.records);
    return judgeFleet({ ...fleetOf(this.#db, this.#declared, this.#surroundings, only), migrations, tests });
  }

  #caseOf(migration: Migration, attempts: readonly Migration[]): Case {
    const { options, dialect: dialectAround, ...around } = this.#surroundings.of(migration);
    const { campaign, set, profile } = this.#declared;
    const matched = matchedBy(this.#declared, migration, attempts);
    const inForce = settingsOf(migration, { campaign, set, profile, dialectAround, options });
    const settings = asExpected(inForce, matched.tests);
    const guest: Guest | null = campaign.instances.get(migration.instance) ?? null;
    const clockError_ms = Math.max(this.#clockError(migration.sourceHost), this.#clockError(migration.destinationHost));
    const shown = this.#scheduleShown(migration, settings.profile);
    return { migration, settings, attempts, guest, clockError_ms, shown, ...matched, ...around };
  }

  #scheduleShown(migration: Migration, profile: Profile): ScheduleShown | null {
    const { points, whole } = pointsOf(migration);
    if (points.length < 2) return null;
    const key = `${profile} ${whole} ${points.join(' ')}`;
    const shown = this.#shown.get(key) ?? scheduleShown(points, profile, whole);
    if (this.#shown.size >= KNOWN_SCHEDULES) this.#shown.clear();
    this.#shown.set(key, shown);
    return shown;
  }

  #clockError(host: string | null): number {
    return host === null ? 0 : (this.#declared.campaign.hosts[host]?.clock_error_ms ?? 0);
  }
}

/** A test that may mean several migrations is about none of them; a network that is the only one is every migration's. */
export function matchedBy<Of extends Brief>(declared: Declared, migration: Of, attempts: readonly Of[]): Matched {
  const { plan = NO_PLAN, campaign } = declared;
  const tests = plan.tests.filter((test) => {
    const candidates = candidatesFor(test, attempts);
    return candidates.length === 1 && candidates[0]?.id === migration.id;
  });
  const [only, ...others] = campaign.networks;
  const network = tests.find((test) => test.network !== null)?.network ?? (others.length === 0 ? (only ?? null) : null);
  return { tests, network };
}

type Brief = Pick<Migration, 'id' | 'instance' | 'requestId' | 'startedAt'>;

/** An ended migration is judged for good when the log around it is whole. */
function dueOf(subject: Case): Derived['due'] {
  const { migration, coverage } = subject;
  const covered = migration.endedAt === null || coverage.complete ? null : migration.endedAt + COVERED_AFTER_MS;
  const times = [nextDeadline(subject), covered].filter((at) => at !== null && at > (coverage.logEnd ?? 0)) as number[];
  return times.length === 0 ? null : { stream: sourceStream(migration), at: Math.min(...times) };
}

function domainsOf({ instances }: Campaign): Map<string, string> {
  return new Map([...instances].flatMap(([id, { domain }]) => (domain === null ? [] : [[id, domain] as const])));
}

/** How everything in a store is judged. */
export interface JudgeOptions {
  /** False leaves the derived rows as they are, for a store that is thrown away. */
  readonly keep?: boolean;
  /** The findings on these sources only; null: on all in the store. */
  readonly only?: ReadonlySet<number> | null;
  /** Handed each migration, in the order of instances; what it does not keep takes no memory. */
  readonly each?: (judged: JudgedMigration) => void;
}

/** What is said of everything in a store besides the migrations themselves. */
export interface StoreJudged {
  /** How many there are. */
  readonly migrations: number;
  readonly findings: readonly Verdict[];
  /** With the migrations that they are about. */
  readonly tests: readonly MatchedTest[];
  /** What the migrations' throughput is compared by. */
  readonly throughput: readonly Throughput[];
}

/**
 * Judges every migration in the store anew, in one transaction, and the files, hosts and settings. The derived rows depend on
 * the facts and on what is declared only.
 */
export function judgeAll(
  db: Handle,
  declared: Declared,
  { keep = true, only = null, each = () => {} }: JudgeOptions = {},
): StoreJudged {
  const judgeEverything = db.transaction(() => {
    const judging = new Judge(db, declared);
    let migrations = 0;
    const facts: MigrationFacts[] = [];
    for (const instance of instancesIn(db)) {
      const rows = keep ? judging.store(instance) : judging.derive(instance);
      migrations += rows.length;
      for (const row of rows) {
        facts.push(factsOf(row));
        each(withoutLines(row));
      }
    }
    facts.sort(byStart);
    const findings = judging.findings(facts, only);
    if (keep) {
      dropOthers(db, new Set(facts.map(({ migration }) => migration.id)));
      writeFindings(db, only === null ? findings : judging.findings(facts));
      // Of a migration that was archived and whose lines were read again, another result is stored than was found.
      const mark = derivableIds(db).length === facts.length ? markOf(db, declared) : null;
      if (mark !== null) writeJudged(db, mark);
    }
    const { tests, records } = declared.plan ?? NO_PLAN;
    return { migrations, findings, tests: matchTests(tests, facts, records), throughput: throughputOf(facts) };
  });
  return judgeEverything.immediate();
}

/** What a report keeps of it. */
export function withoutLines({
  migration: { timeline, ...migration },
  settings,
  verdicts,
  tests,
  network,
}: DerivedRow): JudgedMigration {
  return { migration, lines: timeline.length, settings, verdicts, tests, network, cut: null };
}

/** The order of reports: by start, then instance. */
export function byStart({ migration: a }: { migration: Brief }, { migration: b }: { migration: Brief }): number {
  const start = (a.startedAt ?? Number.NEGATIVE_INFINITY) - (b.startedAt ?? Number.NEGATIVE_INFINITY);
  return start || (a.instance < b.instance ? -1 : a.instance > b.instance ? 1 : a.id < b.id ? -1 : 1);
}

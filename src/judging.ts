import type { Coverage, JudgedMigration, Migration, Profile, StoredEvent } from './model.ts';
import { judge } from './rules/index.ts';
import { sessionize } from './sessionize/sessionize.ts';
import type { Campaign } from './settings/campaign.ts';
import { settingsOf } from './settings/effective.ts';
import { type DerivedRow, dropDerived, writeDerived } from './store/derived.ts';
import {
  eventsOfInstance,
  hostEvents,
  hostsIn,
  instancesIn,
  shortName,
  sourceRows,
  streamDialects,
} from './store/facts.ts';
import type { Handle } from './store/open.ts';

/** What is declared about the migrations to be judged. */
export interface Declared {
  readonly campaign: Campaign;
  readonly set: Campaign['defaults'];
  /** `--profile`, else the campaign's; null: from what the log shows. */
  readonly profile: Profile | null;
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
  store(instance: string): DerivedRow[] {
    const rows = this.derive(instance);
    writeDerived(this.#db, instance, rows);
    return rows;
  }

  derive(instance: string): DerivedRow[] {
    const events = eventsOfInstance(this.#db, instance);
    const migrations = sessionize(instance, events, this.#surroundings.hosts, shortName(this.#db, instance));
    return migrations.map((migration) => this.#judged(migration));
  }

  #judged(migration: Migration): DerivedRow {
    const around = this.#surroundings.of(migration);
    const { campaign, set, profile } = this.#declared;
    const { dialect: dialectAround, options } = around;
    const settings = settingsOf(migration, { campaign, set, profile, dialectAround, options });
    const verdicts = judge({ migration, settings, coverage: around.coverage });
    return { migration, settings, verdicts };
  }
}

/** What an ingest calls inside each of its transactions: derives again what the events of the batch touch. */
export function deriving(db: Handle, declared: Declared) {
  const judging = new Judge(db, declared);
  return (events: readonly { readonly instance: string | null }[]): void => {
    const touched = new Set(events.flatMap(({ instance }) => (instance === null ? [] : [instance])));
    for (const instance of touched) judging.store(instance);
  };
}

/**
 * Judges every migration in the store anew, in one transaction, in the order of (start, instance). The derived rows
 * depend on the facts and on what is declared only; `keep: false` leaves them as they are, for a store that is thrown away.
 */
export function judgeAll(db: Handle, declared: Declared, { keep = true } = {}): JudgedMigration[] {
  const judged = db
    .transaction(() => {
      const judging = new Judge(db, declared);
      if (keep) dropDerived(db);
      return instancesIn(db).flatMap((instance) => {
        const rows = keep ? judging.store(instance) : judging.derive(instance);
        return rows.map(withoutLines);
      });
    })
    .immediate();
  return judged.sort(byStart);
}

function withoutLines({ migration: { timeline, ...migration }, settings, verdicts }: DerivedRow): JudgedMigration {
  return { migration, lines: timeline.length, settings, verdicts, cut: null };
}

function byStart({ migration: a }: JudgedMigration, { migration: b }: JudgedMigration): number {
  const start = (a.startedAt ?? Number.NEGATIVE_INFINITY) - (b.startedAt ?? Number.NEGATIVE_INFINITY);
  return start || (a.instance < b.instance ? -1 : a.instance > b.instance ? 1 : a.id < b.id ? -1 : 1);
}

interface Interval {
  from: number;
  to: number;
}

/** In this order, for which log was read first must not matter. */
const PROFILES: readonly Profile[] = ['stx-2018', 'upstream'];
/** Longer pauses between two logs of a host are a gap. */
const GAP_MS = 90_000;

/** What the hosts' logs say around the migrations: extent, level, option dumps, which nova wrote them. */
class Surroundings {
  readonly hosts: readonly string[];
  readonly #extents = new Map<string, Interval[]>();
  readonly #options: Map<string, StoredEvent[]>;
  readonly #streams: ReturnType<typeof streamDialects>;

  constructor(db: Handle) {
    this.hosts = hostsIn(db);
    this.#options = Map.groupBy(hostEvents(db, 'option'), streamKey);
    this.#streams = streamDialects(db);
    for (const { id, host, firstAt, lastAt } of sourceRows(db)) {
      if (firstAt === null || lastAt === null) continue;
      for (const key of this.#keysOf(id, host)) {
        this.#extents.set(key, [...(this.#extents.get(key) ?? []), { from: firstAt, to: lastAt }]);
      }
    }
  }

  of(migration: Migration): { coverage: Coverage; options: [string, string][]; dialect: Profile | null } {
    const event = migration.timeline.find(({ host }) => host === migration.sourceHost) ?? migration.timeline[0];
    const key = event ? streamKey(event) : '';
    const intervals = joinIntervals(this.#extents.get(key) ?? []);
    const dumped = (this.#options.get(key) ?? []).filter(
      ({ at }) => at === null || migration.startedAt === null || at <= migration.startedAt,
    );
    const others = new Set([...this.#streams.values()].map(({ dialect }) => dialect));
    const elsewhere = PROFILES.find((profile) => others.has(profile)) ?? null;
    return {
      coverage: {
        complete: covers(intervals, migration),
        logEnd: endAround(intervals, migration),
        info: this.#streams.get(key)?.info ?? false,
      },
      options: dumped.map(({ fields }) => [String(fields.name).replace(/^libvirt\./, ''), String(fields.value)]),
      dialect: this.#streams.get(key)?.dialect ?? elsewhere,
    };
  }

  /** A file's lines may name several hosts (a merged log): its extent counts for each of them. */
  #keysOf(id: number, host: string | null): string[] {
    const named = [...this.#streams].filter(([, { sources }]) => sources.has(id)).map(([key]) => key);
    return [...new Set([streamKey({ host, source: id }), ...named])];
  }
}

function streamKey({ host, source }: { host: string | null; source: number }): string {
  return host ?? `#${source}`;
}

function joinIntervals(intervals: readonly Interval[]): Interval[] {
  const joined: Interval[] = [];
  for (const { from, to } of intervals.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last && from <= last.to + GAP_MS) last.to = Math.max(last.to, to);
    else joined.push({ from, to });
  }
  return joined;
}

/** Where the log that holds the migration's last line ends: what a later log after a gap says nothing of is not silence. */
function endAround(intervals: readonly Interval[], { timeline }: Migration): number | null {
  const last = timeline.findLast(({ at }) => at !== null)?.at;
  const around = last == null ? undefined : intervals.find(({ from, to }) => from <= last && last <= to);
  return (around ?? intervals.at(-1))?.to ?? null;
}

/** From 30 s before the start to 60 s after the end (rules.md 2.1, Coverage). */
function covers(intervals: readonly Interval[], { startedAt, endedAt, timeline }: Migration): boolean {
  if (startedAt === null) return false;
  const end = endedAt ?? timeline.at(-1)?.at ?? startedAt;
  return intervals.some(({ from, to }) => from <= startedAt - 30_000 && to >= end + 60_000);
}

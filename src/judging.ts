import type { Coverage, JudgedMigration, Migration, Profile, StoredEvent } from './model.ts';
import { rotationOf } from './nova/rotation.ts';
import { judge } from './rules/index.ts';
import { streamOf } from './sessionize/attempts.ts';
import { sessionize } from './sessionize/sessionize.ts';
import type { Campaign } from './settings/campaign.ts';
import { settingsOf } from './settings/effective.ts';
import { type DerivedRow, dropDerived, writeDerived } from './store/derived.ts';
import {
  eventsOfInstance,
  hostEvents,
  hostsIn,
  instancesIn,
  type SourceRow,
  type StreamRow,
  shortName,
  sourceRows,
  streamsIn,
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

/** The order of reports: by start, then instance. */
export function byStart({ migration: a }: JudgedMigration, { migration: b }: JudgedMigration): number {
  const start = (a.startedAt ?? Number.NEGATIVE_INFINITY) - (b.startedAt ?? Number.NEGATIVE_INFINITY);
  return start || (a.instance < b.instance ? -1 : a.instance > b.instance ? 1 : a.id < b.id ? -1 : 1);
}

interface Interval {
  from: number;
  to: number;
  /** The file's rotated set, and the ages of the files taken together here. */
  readonly set: string;
  readonly ages: number[];
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
  readonly #dialects = new Map<string, Profile>();
  /** Sources that hold INFO records of a stream, as `stream, source`. */
  readonly #info = new Set<string>();

  constructor(db: Handle) {
    this.hosts = hostsIn(db);
    this.#options = Map.groupBy(hostEvents(db, 'option'), streamOf);
    const streams = streamsIn(db);
    for (const { stream, source, info, dialect } of streams) {
      if (info) this.#info.add(`${stream}\n${source}`);
      if (dialect !== null && this.#dialects.get(stream) !== 'stx-2018') this.#dialects.set(stream, dialect);
    }
    const bySource = Map.groupBy(streams, ({ source }) => source);
    for (const row of sourceRows(db)) this.#extend(row, bySource.get(row.id) ?? []);
    for (const [stream, intervals] of this.#extents) this.#extents.set(stream, joinIntervals(intervals));
  }

  of(migration: Migration): { coverage: Coverage; options: [string, string][]; dialect: Profile | null } {
    const event = migration.timeline.find(({ host }) => host === migration.sourceHost) ?? migration.timeline[0];
    const key = event ? streamOf(event) : '';
    const intervals = this.#extents.get(key) ?? [];
    const dumped = (this.#options.get(key) ?? []).filter(
      ({ at }) => at === null || migration.startedAt === null || at <= migration.startedAt,
    );
    const sources = new Set(migration.timeline.filter((each) => streamOf(each) === key).map(({ source }) => source));
    const elsewhere = PROFILES.find((profile) => [...this.#dialects.values()].includes(profile)) ?? null;
    return {
      coverage: {
        complete: covers(intervals, migration),
        logEnd: endAround(intervals, migration),
        info: [...sources].every((source) => this.#info.has(`${key}\n${source}`)),
      },
      options: dumped.map(({ fields }) => [String(fields.name).replace(/^libvirt\./, ''), String(fields.value)]),
      dialect: this.#dialects.get(key) ?? elsewhere,
    };
  }

  /**
   * A host's own file covers from its first line to its last. Where the lines name the host (syslog), another host's may
   * stand before and behind: there only what lies between the host's events is sure.
   */
  #extend(row: SourceRow, streams: readonly StreamRow[]): void {
    const { set, age } = rotationOf(row.path);
    const add = (stream: string, from: number | null, to: number | null) => {
      if (from === null || to === null) return;
      this.#extents.set(stream, [...(this.#extents.get(stream) ?? []), { from, to, set, ages: [age] }]);
    };
    const own = streamOf({ host: row.host, source: row.id });
    add(own, row.firstAt, row.lastAt);
    for (const { stream, from, to } of streams) if (stream !== own) add(stream, from, to);
  }
}

function joinIntervals(intervals: readonly Interval[]): Interval[] {
  const joined: Interval[] = [];
  for (const next of intervals.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last && next.from <= last.to + GAP_MS && !isFileMissing(last, next)) {
      last.to = Math.max(last.to, next.to);
      last.ages.push(...next.ages);
    } else joined.push({ ...next, ages: [...next.ages] });
  }
  return joined;
}

/** Between `.log.3` and `.log.1` of a set `.log.2` is not there, however short the silence. */
function isFileMissing(last: Interval, next: Interval): boolean {
  const age = last.ages.at(-1);
  return last.set === next.set && age !== undefined && Math.abs(age - (next.ages[0] ?? age)) > 1;
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

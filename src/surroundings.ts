import type { Case, ClockOffset, Coverage } from './judgement.ts';
import { type Interval, joinIntervals, logAround } from './log-intervals.ts';
import type { Migration, Profile, Sample, StoredEvent } from './model.ts';
import { rotationOf } from './nova/rotation.ts';
import { streamOf } from './sessionize/attempts.ts';
import { hostEvents, type SourceRow, sourceRows } from './store/facts.ts';
import type { Handle } from './store/open.ts';
import { type GuestRow, guestsIn, streamsIn } from './store/streams.ts';

/** In this order, for which log was read first must not matter. */
const PROFILES: readonly Profile[] = ['stx-2018', 'upstream'];

/** What lies around a migration. */
export interface Around extends Pick<Case, 'coverage' | 'destination' | 'clockOffset' | 'samples' | 'incidents'> {
  /** Option dumps of the source host before the migration, newest last. */
  readonly options: readonly (readonly [name: string, value: string])[];
  readonly dialect: Profile | null;
}

/** What the hosts' logs say around the migrations: extent, level, option dumps, which nova wrote them. */
export class Surroundings {
  readonly hosts: readonly string[];
  readonly offsets: readonly ClockOffset[] = [];
  readonly #extents = new Map<string, Interval[]>();
  readonly #options: Map<string, StoredEvent[]>;
  readonly #dialects = new Map<string, Profile>();
  /** Sources that hold INFO records of a stream, as `stream, source`. */
  readonly #info = new Set<string>();

  constructor(db: Handle) {
    this.#options = Map.groupBy(hostEvents(db, 'option'), streamOf);
    const [streams, sources] = [streamsIn(db), sourceRows(db)];
    const hosts = new Set([...streams, ...sources].map(({ host }) => host).filter((host) => host !== null));
    this.hosts = [...hosts].sort();
    for (const { stream, source, info, dialect } of streams) {
      if (info) this.#info.add(`${stream}\n${source}`);
      if (dialect !== null && this.#dialects.get(stream) !== 'stx-2018') this.#dialects.set(stream, dialect);
    }
    const guests = Map.groupBy(guestsIn(db), ({ source }) => source);
    for (const row of sources) this.#extend(row, guests.get(row.id) ?? []);
    for (const [stream, intervals] of this.#extents) this.#extents.set(stream, joinIntervals(intervals));
  }

  /** What all logs together show of the profile. */
  get profile(): Profile | null {
    return PROFILES.find((profile) => [...this.#dialects.values()].includes(profile)) ?? null;
  }

  of(migration: Migration): Around {
    const event = migration.timeline.find(({ host }) => host === migration.sourceHost) ?? migration.timeline[0];
    const stream = event ? streamOf(event) : '';
    const dumped = (this.#options.get(stream) ?? []).filter(
      ({ at }) => at === null || migration.startedAt === null || at <= migration.startedAt,
    );
    return {
      coverage: this.#coverage(stream, migration),
      destination: this.#destination(migration),
      clockOffset: null,
      samples: [] as Sample[],
      incidents: [],
      options: dumped.map(({ fields }) => [String(fields.name).replace(/^libvirt\./, ''), String(fields.value)]),
      dialect: this.#dialects.get(stream) ?? this.profile,
    };
  }

  #coverage(stream: string, migration: Migration): Coverage {
    const sources = new Set(migration.timeline.filter((each) => streamOf(each) === stream).map(({ source }) => source));
    return {
      ...logAround(this.#extents.get(stream) ?? [], migration),
      info: [...sources].every((source) => this.#info.has(`${stream}\n${source}`)),
    };
  }

  #destination(migration: Migration): Coverage | null {
    const { destinationHost: host } = migration;
    const intervals = host === null ? undefined : this.#extents.get(host);
    if (intervals === undefined || host === migration.sourceHost) return null;
    const info = [...this.#info].some((key) => key.startsWith(`${host}\n`));
    return { ...logAround(intervals, migration), info };
  }

  /**
   * A host's own file covers from its first line to its last. Where the lines name the host (syslog), another host's may
   * stand before and behind: there only what lies between the host's events is sure.
   */
  #extend(row: SourceRow, guests: readonly GuestRow[]): void {
    const { set, age } = rotationOf(row.path);
    const add = (stream: string, from: number | null, to: number | null) => {
      if (from === null || to === null) return;
      this.#extents.set(stream, [...(this.#extents.get(stream) ?? []), { from, to, set, ages: [age] }]);
    };
    const own = streamOf({ host: row.host, source: row.id });
    add(own, row.firstAt, row.lastAt);
    for (const { stream, from, to } of guests) add(stream, from, to);
  }
}

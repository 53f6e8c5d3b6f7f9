import { GuestSamples } from './guest-samples.ts';
import type { Case, ClockOffset, Coverage } from './judgement.ts';
import { type Interval, joinIntervals, lastMoment, logAround } from './log-intervals.ts';
import type { Migration, Profile, StoredEvent } from './model.ts';
import { isAtWork } from './nova/roles.ts';
import { rotationOf } from './nova/rotation.ts';
import { missingFiles } from './nova/rotation-gaps.ts';
import { streamOf } from './sessionize/attempts.ts';
import { clockOffsets, HAND_OVER_TYPES, offsetBetween } from './sessionize/offsets.ts';
import { forbiddenMessages, instanceEvents, type StreamRow, streamsIn, troubledStreams } from './store/around.ts';
import { hostEvents, type SourceRow, sourceRows } from './store/facts.ts';
import { quietTimes } from './store/generations.ts';
import type { Handle } from './store/open.ts';

/** In this order, for which log was read first must not matter. */
const PROFILES: readonly Profile[] = ['stx-2018', 'upstream'];

/** Nova says something of a migration every 30 s: one without an end that falls silent so shortly before a hole goes on in it. */
const REPORTS_WITHIN_MS = 90_000;

/** What lies around a migration. */
export interface Around
  extends Pick<Case, 'coverage' | 'destination' | 'clockOffset' | 'samples' | 'incidents' | 'notices' | 'restart'> {
  /** Option dumps of the source host before the migration, newest last. */
  readonly options: readonly (readonly [name: string, value: string])[];
  readonly dialect: Profile | null;
}

/** A file that is not there, and the time (ms) between the ends of its neighbours. */
interface Hole {
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

/** What the hosts' logs say around the migrations: extent, level, option dumps, which nova wrote them, how their clocks differ. */
export class Surroundings {
  readonly hosts: readonly string[];
  readonly offsets: readonly ClockOffset[];
  readonly streams: readonly StreamRow[];
  readonly #db: Handle;
  readonly #extents = new Map<string, Interval[]>();
  readonly #holes = new Map<string, Hole[]>();
  readonly #options: Map<string, StoredEvent[]>;
  readonly #notices: Map<string, StoredEvent[]>;
  readonly #starts: Map<string, StoredEvent[]>;
  readonly #dialects = new Map<string, Profile>();
  /** Sources that hold INFO records of a stream, as `stream, source`. */
  readonly #info = new Set<string>();
  /** Streams that hold a forbidden message: most do not, and are not asked for each migration. */
  readonly #troubled: ReadonlySet<string>;
  readonly #samples: GuestSamples;

  /** `domains`: libvirt's names of instances as declared. */
  constructor(db: Handle, domains: ReadonlyMap<string, string> = new Map()) {
    this.#db = db;
    this.#samples = new GuestSamples(db, domains);
    this.streams = streamsIn(db);
    const rows = sourceRows(db);
    this.hosts = hostsOf(rows, this.streams);
    this.offsets = clockOffsets(instanceEvents(db, HAND_OVER_TYPES), this.hosts);
    this.#troubled = troubledStreams(db);
    this.#options = Map.groupBy(hostEvents(db, 'option'), streamOf);
    this.#notices = Map.groupBy(hostEvents(db, 'auto-converge-unused'), streamOf);
    this.#starts = Map.groupBy(hostEvents(db, 'service-started'), streamOf);
    for (const { stream, source, info, dialect } of this.streams) {
      if (info) this.#info.add(`${stream}\n${source}`);
      if (dialect !== null && this.#dialects.get(stream) !== 'stx-2018') this.#dialects.set(stream, dialect);
    }
    const bySource = Map.groupBy(this.streams, ({ source }) => source);
    const quiet = quietTimes(db);
    for (const row of rows) {
      const lastAt = row.lastAt === null ? null : Math.max(row.lastAt, quiet.get(row.id) ?? row.lastAt);
      this.#extend({ ...row, lastAt }, bySource.get(row.id) ?? []);
    }
    for (const [stream, intervals] of this.#extents) this.#extents.set(stream, joinIntervals(intervals));
    for (const [stream, files] of Map.groupBy(rows, ownStream)) this.#holes.set(stream, holesIn(files));
  }

  /** What all logs together show of the profile. */
  get profile(): Profile | null {
    return PROFILES.find((profile) => [...this.#dialects.values()].includes(profile)) ?? null;
  }

  /** The option dumps in a host's logs, oldest first. */
  optionsOf(stream: string): readonly StoredEvent[] {
    return this.#options.get(stream) ?? [];
  }

  of(migration: Migration): Around {
    const event = sourceEvent(migration);
    const stream = sourceStream(migration);
    const dumped = this.optionsOf(stream).filter(
      ({ at }) => at === null || migration.startedAt === null || at <= migration.startedAt,
    );
    const { sourceHost: from, destinationHost: to } = migration;
    const clockOffset = from === null || to === null ? null : offsetBetween(this.offsets, from, to);
    return {
      coverage: this.#coverage(stream, migration),
      destination: this.#destination(migration),
      clockOffset,
      samples: this.#samples.around(migration),
      incidents: this.#incidents(stream, migration, clockOffset),
      notices: (this.#notices.get(stream) ?? []).filter((notice) => sameProcess(notice, event, dumped)),
      restart: restartAfter(migration, this.#starts.get(stream) ?? []),
      options: dumped.map(({ fields }) => [String(fields.name).replace(/^libvirt\./, ''), String(fields.value)]),
      dialect: this.#dialects.get(stream) ?? this.profile,
    };
  }

  /** The migration with what samples show of it. */
  observed(migration: Migration): Migration {
    const throttle_percent = this.#samples.throttleOf(migration);
    return { ...migration, observed: { ...migration.observed, throttle_percent } };
  }

  #coverage(stream: string, migration: Migration): Coverage {
    const said = migration.timeline.filter((each) => streamOf(each) === stream);
    const sources = new Set(said.map(({ source }) => source));
    return {
      ...logAround(this.#extents.get(stream) ?? [], migration, said),
      info: [...sources].every((source) => this.#info.has(`${stream}\n${source}`)),
      missingFiles: this.#missing(stream, migration),
    };
  }

  #destination(migration: Migration): Coverage | null {
    const { destinationHost: host } = migration;
    const intervals = host === null ? undefined : this.#extents.get(host);
    if (host === null || intervals === undefined || host === migration.sourceHost) return null;
    const info = [...this.#info].some((key) => key.startsWith(`${host}\n`));
    const said = migration.timeline.filter((each) => streamOf(each) === host);
    return { ...logAround(intervals, migration, said), info, missingFiles: this.#missing(host, migration) };
  }

  #missing(stream: string, migration: Migration): string[] {
    const { startedAt, endedAt } = migration;
    const said = lastMoment(migration) ?? startedAt;
    if (startedAt === null || said === null) return [];
    const last = endedAt ?? said + REPORTS_WITHIN_MS;
    const holes = this.#holes.get(stream) ?? [];
    return holes.filter(({ from, to }) => from <= last && to >= startedAt).map(({ path }) => path);
  }

  /** On the destination by its own clock, as far as it is known. */
  #incidents(stream: string, migration: Migration, offset: ClockOffset | null): StoredEvent[] {
    const { instance, startedAt, destinationHost: host } = migration;
    const last = lastMoment(migration);
    if (startedAt === null || last === null) return [];
    const said = (log: string, from: number, to: number) =>
      this.#troubled.has(log) ? forbiddenMessages(this.#db, { stream: log, from, to, instance }) : [];
    const onSource = said(stream, startedAt, last);
    if (host === null || host === stream) return onSource;
    return [...onSource, ...said(host, startedAt + (offset?.least_ms ?? 0), last + (offset?.most_ms ?? 0))];
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
    const own = ownStream(row);
    add(own, row.firstAt, row.lastAt);
    for (const { stream, from, to } of streams) if (stream !== own) add(stream, from, to);
  }
}

/** The hosts that logs or their lines name, in the order of their names. */
function hostsOf(rows: readonly SourceRow[], streams: readonly StreamRow[]): string[] {
  const said = streams.filter(({ stream, source }) => stream !== streamOf({ host: null, source }));
  const hosts = [...rows.map(({ host }) => host), ...said.map(({ stream }) => stream)];
  return [...new Set(hosts.filter((host) => host !== null))].sort();
}

function ownStream({ host, id }: SourceRow): string {
  return streamOf({ host, source: id });
}

function holesIn(files: readonly SourceRow[]): Hole[] {
  const found = (path: string) => files.find((file) => file.path === path);
  return missingFiles(files.map(({ path }) => path)).flatMap(({ path, older, newer }) => {
    const [from, to] = [found(older)?.lastAt ?? null, found(newer)?.firstAt ?? null];
    return from === null || to === null ? [] : [{ path, from, to }];
  });
}

/** What other programs say of the guest (lifecycle lines) may stand behind it. */
function restartAfter({ timeline, startedAt }: Migration, starts: readonly StoredEvent[]): StoredEvent | null {
  const last = timeline.findLast(({ type, at }) => isAtWork(type) && at !== null)?.at ?? startedAt;
  return starts.find(({ at }) => at !== null && last !== null && at >= last) ?? null;
}

/** True where no sign of another start of the service stands between the line and the migration. */
function sameProcess(said: StoredEvent, event: StoredEvent | undefined, dumps: readonly StoredEvent[]): boolean {
  if (said.at === null || event?.at == null || said.at > event.at || said.pid !== event.pid) return false;
  const saidAt = said.at;
  return dumps.every(({ at }) => at !== null && at <= saidAt);
}

/** The log that tells of a migration on its source host; empty where none does. */
export function sourceStream(migration: Migration): string {
  const event = sourceEvent(migration);
  return event ? streamOf(event) : '';
}

function sourceEvent({ timeline, sourceHost }: Migration): StoredEvent | undefined {
  return timeline.find(({ host }) => host === sourceHost) ?? timeline[0];
}

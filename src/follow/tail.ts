import { existsSync } from 'node:fs';
import { ingestLogs } from '../ingest.ts';
import type { Declared, Derived } from '../judging.ts';
import { HostOffsets, type ReadOptions } from '../log-context.ts';
import { sourceRows } from '../store/facts.ts';
import { endGeneration, generationRows, lostRanges, shrinkLost } from '../store/generations.ts';
import type { Handle } from '../store/open.ts';
import { type Keep, prune } from '../store/retention.ts';
import { InputError } from '../tail/bytes.ts';
import type { LogFile } from '../tail/discover.ts';
import { Places } from '../tail/places.ts';
import { Follower, type Observer } from './follower.ts';
import { loseRest } from './identify.ts';
import { LiveJudge, type LiveMigration } from './live-judge.ts';
import { LiveSamples, type SampledBlock } from './live-samples.ts';
import { Stream } from './stream.ts';
import { Writer, type WriterEvents } from './writer.ts';

export interface TailOptions {
  readonly db: Handle;
  readonly storePath: string;
  readonly paths: readonly string[];
  readonly reading: ReadOptions;
  readonly declared: Declared;
  readonly from: 'start' | 'end';
  /** The time (ms), in the clock of the files' stamps; and milliseconds that only go on. */
  readonly now: () => number;
  readonly stopwatch: () => number;
}

/** What a tail tells while it runs. */
export interface TailEvents extends Observer, WriterEvents {
  /** Migrations that were derived again. */
  readonly derived: (rows: readonly Derived[]) => void;
}

/**
 * Logs followed into a store. Nothing happens by itself: `look` where something may have changed, `tick` about once a
 * second, `readArchives` now and then; so that whoever calls holds the clock and the waking.
 */
export class Tail {
  readonly places: Places;
  readonly follower: Follower;
  readonly #options: TailOptions;
  readonly #events: TailEvents;
  readonly #live: LiveJudge;
  readonly #writer: Writer;
  readonly #samples: LiveSamples;
  /** What comes through stdin, where `-` is followed. */
  readonly stream: Stream | null;

  private constructor(options: TailOptions, events: TailEvents, offsets: HostOffsets) {
    const { db, storePath, now, stopwatch, declared, reading, from } = options;
    this.#options = options;
    this.#events = events;
    this.places = new Places(options.paths.filter((path) => path !== '-'));
    this.#live = new LiveJudge(db, declared, stopwatch, events.derived);
    this.#writer = new Writer({ db, path: storePath, live: this.#live }, options, events);
    this.#samples = new LiveSamples(db, this.#live, this.#writer);
    const shared = { db, reading: { options: reading, offsets }, live: this.#live, writer: this.#writer, now };
    this.stream = options.paths.includes('-') ? new Stream(shared) : null;
    this.follower = new Follower({
      ...shared,
      places: this.places,
      from,
      observer: events,
    });
  }

  /** Learns the offsets of the hosts' clocks, judges what the store holds, and announces what was not told yet. */
  static async open(options: TailOptions, events: TailEvents): Promise<Tail> {
    const places = new Places(options.paths.filter((path) => path !== '-'));
    const offsets = await HostOffsets.learn(places.scan(), options.reading, []);
    const tail = new Tail(options, events, offsets);
    tail.#writer.attempt(() => tail.#live.all());
    tail.#writer.announce();
    return tail;
  }

  /** Migrations that go on, as far as the logs tell. */
  get running(): LiveMigration[] {
    return this.#live.running;
  }

  /** Bytes that are there and not read yet. */
  get lag_bytes(): number {
    return this.follower.shelf.open.reduce((sum, { lag }) => sum + lag, 0);
  }

  /** Time (ms) of the newest line that was read. */
  get lastLineAt(): number | null {
    const times = this.follower.shelf.open.flatMap(({ row }) => row.lastAt ?? []);
    return times.length === 0 ? null : times.reduce((a, b) => Math.max(a, b));
  }

  /** Looks again, right in some folders or everywhere. True where more waits: look again at once. */
  look(under: ReadonlySet<string> | null = null): boolean {
    return this.follower.look(under);
  }

  /** Looks until there is nothing more to read now. */
  lookThrough(under: ReadonlySet<string> | null = null): void {
    while (this.look(under));
  }

  /** What is due by the clock. True where files are to be looked at again. */
  tick(): boolean {
    this.follower.tick();
    return this.follower.behind;
  }

  /** Reads compressed files that are new: what was rotated away unread may stand only there. */
  async readArchives(stop: AbortSignal): Promise<void> {
    for (const file of this.follower.archivesDue()) if (!stop.aborted) await this.#readArchive(file, stop);
  }

  /** After the first looks: files that were followed and are nowhere to be found may have taken lines with them. */
  noteMissing(): void {
    const { db, now } = this.#options;
    const rows = new Map(sourceRows(db).map((row) => [row.id, row]));
    this.#writer.attempt(() => {
      for (const { source, endedBy } of generationRows(db)) {
        const row = rows.get(source);
        if (row === undefined || endedBy !== null || this.follower.shelf.holding(source) !== null) continue;
        if (existsSync(row.path)) endGeneration(db, source, 'rename', now());
        else {
          loseRest(db, row, 'delete', now());
          this.#writer.markIncomplete(source);
        }
      }
      return 0;
    });
  }

  /** Stores what a side-car printed of a guest that migrates from a host. */
  storeSample(block: SampledBlock): void {
    const guest = this.running.find(({ instance }) => instance === block.domain);
    this.#samples.store(block, guest?.sourceHost ?? null);
  }

  /** The migrations that go on and run from a host of which a log is followed here. */
  get runningHere(): LiveMigration[] {
    const hosts = new Set(this.follower.shelf.open.map(({ host }) => host));
    return this.running.filter(({ sourceHost }) => sourceHost === null || hosts.has(sourceHost));
  }

  /** Removes a small part of what is not kept any longer. True where there may be more. */
  prune(keep: Keep): boolean {
    let pruned = false;
    const isOpen = (source: number) => this.follower.shelf.holding(source) !== null;
    this.#writer.attempt(() => {
      pruned = prune(this.#options.db, keep, isOpen);
      return 0;
    });
    return pruned;
  }

  /** Stores what was read and lets every file go. */
  close(): void {
    this.follower.close();
  }

  async #readArchive(file: LogFile, stop: AbortSignal): Promise<void> {
    const { db, storePath, reading } = this.#options;
    this.follower.archives.done(file);
    let noted = 0;
    const derive = (events: Parameters<LiveJudge['takeEvents']>[0]) => {
      noted += this.#live.takeEvents(events);
    };
    const progress = () => {
      if (stop.aborted) throw new InputError(`${file.path}: reading was stopped; it goes on at the next start`);
    };
    const { sources, problems } = await ingestLogs(db, [file], { ...reading, storePath, derive, progress });
    for (const { message } of problems) this.#events.warn(message);
    if (noted > 0) this.#writer.announce();
    if (problems.length > 0) return;
    const incomplete = new Set(lostRanges(db).map(({ source }) => source));
    const read = sourceRows(db).filter(({ id }) => sources.includes(id) && incomplete.has(id));
    this.#writer.attempt(() => {
      for (const { id, bytes } of read) shrinkLost(db, id, bytes);
      return 0;
    });
  }
}

import type { Declared, Derived } from '../judging.ts';
import { Judge } from '../judging.ts';
import type { LogEvent, Outcome } from '../model.ts';
import { streamOf } from '../sessionize/attempts.ts';
import { noteVerdicts } from '../store/announced.ts';
import { instancesIn, type SourceRow, sourceRows } from '../store/facts.ts';
import type { Handle } from '../store/open.ts';

/** A migration as the tail knows it while it goes on and shortly after. */
export interface LiveMigration {
  readonly id: string;
  readonly instance: string;
  readonly sourceHost: string | null;
  readonly startedAt: number | null;
  readonly outcome: Outcome;
}

/** How much dearer than one look around (all logs' extents, levels, clocks) the work in between must have been. */
const FRESH_SHARE = 50;

/**
 * Derives migrations again as their lines come in, and when silence is long enough to say something. Everything but
 * `running` must be called inside the transaction that stores what it is about.
 */
export class LiveJudge {
  readonly #db: Handle;
  readonly #declared: Declared;
  readonly #derived: (rows: readonly Derived[]) => void;
  /** Milliseconds of some clock that only goes on: what a look around costs is measured with it. */
  readonly #stopwatch: () => number;
  #judge: Judge | null = null;
  #judgeMadeAt = 0;
  #judgeCost = 0;
  readonly #ends = new Map<string, number>();
  readonly #due = new Map<string, { readonly stream: string; readonly at: number }>();
  readonly #running = new Map<string, LiveMigration[]>();
  /** Instances that were judged by an older look around. */
  readonly #stale = new Set<string>();
  /** Of those that the newest look around is for: the ones that are still to be judged, and that were judged last. */
  #round: string[] = [];
  #last: readonly string[] = [];

  constructor(
    db: Handle,
    declared: Declared,
    stopwatch: () => number,
    derived: (rows: readonly Derived[]) => void = () => {},
  ) {
    this.#db = db;
    this.#declared = declared;
    this.#stopwatch = stopwatch;
    this.#derived = derived;
  }

  /** Judges everything in the store. Gives how many verdicts are to be announced. */
  all(): number {
    for (const row of sourceRows(this.#db)) if (row.lastAt !== null) this.#reach(ownStream(row), row.lastAt);
    return this.#derive(instancesIn(this.#db), true);
  }

  /** What was stored of a log: its row as it is now, and the new events. */
  take(row: SourceRow, events: readonly LogEvent[]): number {
    if (row.lastAt !== null) this.#reach(ownStream(row), row.lastAt);
    return this.takeEvents(events);
  }

  /** New events, of whatever log. */
  takeEvents(events: readonly LogEvent[]): number {
    for (const { host, at } of events) if (host !== null && at !== null) this.#reach(host, at);
    const named = events.flatMap(({ instance }) => (instance === null ? [] : [instance]));
    const joined = events.filter(({ instance, requestId }) => instance === null && requestId !== null);
    const overdue = this.#overdue();
    // A new process watches nothing of what the one before it did.
    const forsaken = events.some(({ type }) => type === 'service-started') ? [...this.#running.keys()] : [];
    const instances = new Set([...named, ...this.#joinedBy(joined), ...overdue, ...forsaken]);
    return this.#derive([...instances], overdue.length > 0 || forsaken.length > 0);
  }

  /** A log was seen to say no more up to this time of its own clock; the caller has stored that. */
  takeSilence(row: SourceRow, until: number): number {
    this.#reach(ownStream(row), until);
    return this.#derive(this.#overdue(), true);
  }

  /** The next time (ms, the log's clock) at which the silence of a log says something; null where it never does. */
  dueIn(row: SourceRow): number | null {
    const stream = ownStream(row);
    const times = [...this.#due.values()].filter((due) => due.stream === stream).map(({ at }) => at);
    return times.length === 0 ? null : Math.min(...times);
  }

  /** Something else than a line is known of an instance: it is judged again when that is cheap. */
  touch(instance: string): void {
    this.#stale.add(instance);
  }

  /** New facts of a log, to be judged when that is cheap: its row, up to when (ms) it is known to say no more, what is touched. */
  note(row: SourceRow, until: number | null, events: readonly LogEvent[], instances: readonly string[]): void {
    const end = Math.max(row.lastAt ?? Number.NEGATIVE_INFINITY, until ?? Number.NEGATIVE_INFINITY);
    this.#reach(ownStream(row), end);
    for (const { host, at } of events) if (host !== null && at !== null) this.#reach(host, at);
    for (const { instance } of events) if (instance !== null) this.#stale.add(instance);
    for (const instance of instances) this.#stale.add(instance);
  }

  /** True where something is to be judged again, and that is cheap. */
  get isBehind(): boolean {
    return this.#round.length > 0 || (this.#cheap() && (this.#stale.size > 0 || this.#overdue().length > 0));
  }

  /** Judges again what was judged by an older look around, or not yet: at most so many instances of it, the others at the next call. */
  refresh(most = Number.POSITIVE_INFINITY): number {
    if (this.#round.length === 0) {
      this.#round = [...new Set([...this.#stale, ...this.#overdue()])];
      this.#stale.clear();
      this.#lookAround();
    }
    this.#last = this.#round.splice(0, most);
    return this.#deriveBy(this.#judge as Judge, this.#last);
  }

  /** What was judged last could not be stored. */
  redo(): void {
    for (const instance of this.#last) this.#stale.add(instance);
  }

  /** Migrations whose end was not seen, and of which not so long ago that it never will be. */
  get running(): LiveMigration[] {
    return [...this.#running.values()].flat();
  }

  #reach(stream: string, at: number): void {
    if (at > (this.#ends.get(stream) ?? Number.NEGATIVE_INFINITY)) this.#ends.set(stream, at);
  }

  #overdue(): string[] {
    const isOver = ([, { stream, at }]: [string, { stream: string; at: number }]) =>
      (this.#ends.get(stream) ?? 0) >= at;
    return [...this.#due].filter(isOver).map(([instance]) => instance);
  }

  /** Decision lines carry no instance: those of a running migration's request are its own. */
  #joinedBy(events: readonly LogEvent[]): string[] {
    if (events.length === 0) return [];
    const known = this.#db.prepare(
      'SELECT DISTINCT instance FROM events WHERE request_id = ? AND instance IS NOT NULL',
    );
    const requests = new Set(events.map(({ requestId }) => requestId));
    const running = new Set(this.#running.keys());
    return [...requests]
      .flatMap((request) => known.pluck().all(request) as string[])
      .filter((name) => running.has(name));
  }

  #derive(instances: readonly string[], fresh: boolean): number {
    if (instances.length === 0) return 0;
    const upToDate = fresh || this.#judge === null || this.#cheap();
    const judge = upToDate ? this.#lookAround() : (this.#judge as Judge);
    for (const instance of instances) {
      if (upToDate) this.#stale.delete(instance);
      else this.#stale.add(instance);
    }
    return this.#deriveBy(judge, instances);
  }

  #deriveBy(judge: Judge, instances: readonly string[]): number {
    let noted = 0;
    for (const instance of instances) {
      const rows = judge.store(instance);
      noted += noteVerdicts(this.#db, rows);
      this.#remember(instance, rows);
      this.#derived(rows);
    }
    return noted;
  }

  #cheap(): boolean {
    return this.#stopwatch() - this.#judgeMadeAt >= this.#judgeCost * FRESH_SHARE;
  }

  #lookAround(): Judge {
    const begun = this.#stopwatch();
    this.#judge = new Judge(this.#db, this.#declared);
    this.#judgeMadeAt = this.#stopwatch();
    this.#judgeCost = this.#judgeMadeAt - begun;
    return this.#judge;
  }

  #remember(instance: string, rows: readonly Derived[]): void {
    const next = rows.flatMap(({ due }) => due ?? []).sort((a, b) => a.at - b.at)[0];
    if (next === undefined) this.#due.delete(instance);
    else this.#due.set(instance, next);
    const running = rows.filter(
      ({ migration, verdicts }) =>
        migration.outcome === 'running' &&
        !verdicts.some(({ rule, status }) => rule === 'migration-unfinished' && status === 'fail'),
    );
    if (running.length === 0) this.#running.delete(instance);
    else
      this.#running.set(
        instance,
        running.map(({ migration: { id, sourceHost, startedAt, outcome } }) => {
          return { id, instance, sourceHost, startedAt, outcome };
        }),
      );
  }
}

/** The host's log that a file is a part of. */
function ownStream(row: SourceRow): string {
  return streamOf({ host: row.host, source: row.id });
}

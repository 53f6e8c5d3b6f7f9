import type { KnownSetting, Migration, Profile, StoredEvent, TimedEvent } from '../model.ts';

/** The events of one type in a migration's timeline, in order. */
export function eventsOf(migration: Migration, type: string): StoredEvent[] {
  return migration.timeline.filter((event) => event.type === type);
}

/** True where the line has a time. */
export function isTimed(event: StoredEvent): event is TimedEvent {
  return event.at !== null;
}

/** A number among an event's own fields; NaN where there is none. */
export function numberOf(event: StoredEvent | undefined, field: string): number {
  const value = event?.fields[field];
  return typeof value === 'number' ? value : Number.NaN;
}

/** When nova's monitor began (ms), as well as the lines tell it: not after `at`, and not before `earliest`. */
export interface MonitorStart {
  readonly at: number;
  readonly earliest: number;
  readonly event: StoredEvent;
}

/**
 * The monitor's own line; else the earliest (time - seconds) of progress lines that print true seconds (the fork); else
 * the first downtime line or progress line. Null where no line has a time.
 */
export function monitorStart(migration: Migration): MonitorStart | null {
  const timed = migration.timeline.filter(isTimed);
  const started = timed.find(({ type }) => type === 'monitor-started');
  if (started) return { at: started.at, earliest: started.at, event: started };
  const counted = timed.filter((event) => event.type === 'progress' && isFork(event));
  const first = counted.toSorted((a, b) => countedStart(a) - countedStart(b))[0];
  if (first) return { at: countedStart(first), earliest: countedStart(first), event: first };
  const working = timed.find((event) => isFirstStep(event) || event.type === 'progress');
  if (!working) return null;
  const at = working.at - 1000 * startedBefore(working);
  const ready = migration.timeline.find(({ type }) => type === 'pre-migration-done')?.at ?? Number.NEGATIVE_INFINITY;
  return { at, earliest: Math.min(at, Math.max(ready, at - slackOf(working))), event: working };
}

/** Progress lines come every 30 s at INFO; more than a minute apart, nova itself hung. */
export function stalled(timeline: readonly StoredEvent[]): boolean {
  const reports = timeline.filter(isTimed).filter(({ type }) => type === 'progress');
  return pairs(reports).some(([before, after]) => after.at - before.at > 60_000);
}

/** Each item with the one after it. */
export function pairs<Item>(items: readonly Item[]): [before: Item, after: Item][] {
  return items.slice(1).map((after, index) => [items[index] as Item, after]);
}

/** How a message speaks of where a value comes from. */
export function originOf({ origin }: Pick<KnownSetting<unknown>, 'origin'>): string {
  const names: Record<string, string> = {
    default: "the profile's default",
    log: 'the log',
    instance: 'instance metadata',
  };
  return names[origin] ?? origin;
}

/** What to declare so that a setting is known. */
export function declareIt(what: string, profile: Profile): string {
  const where =
    profile === 'stx-2018' ? 'with the instance (flavor, image, metadata)' : 'in defaults (nova.conf) and the instance';
  return `nothing declares the ${what}: state it ${where} in a campaign file`;
}

function isFork(event: StoredEvent): boolean {
  return event.fields.expected_downtime_ms !== undefined;
}

function countedStart(event: TimedEvent): number {
  return event.at - numberOf(event, 'running_s') * 1000;
}

function isFirstStep(event: StoredEvent): boolean {
  return event.type === 'downtime-step' && event.fields.elapsed_s === 0;
}

/** A progress line in the middle says how long it has run at least. */
function startedBefore(event: StoredEvent): number {
  return event.type === 'progress' ? numberOf(event, 'running_s') : 0;
}

/** The job may start 15 s after the monitor ; and up to Victoria nova counts turns, which take longer than they say. */
function slackOf(working: StoredEvent): number {
  return 15_000 + 50 * startedBefore(working);
}

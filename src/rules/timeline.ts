import type { Migration, Profile, Setting, StoredEvent } from '../model.ts';

/** The events of one type in a migration's timeline, in order. */
export function eventsOf(migration: Migration, type: string): StoredEvent[] {
  return migration.timeline.filter((event) => event.type === type);
}

/** A number among an event's own fields; NaN where there is none. */
export function numberOf(event: StoredEvent | undefined, field: string): number {
  const value = event?.fields[field];
  return typeof value === 'number' ? value : Number.NaN;
}

/** When nova's monitor began, as well as the lines tell it. `exact` is false where it may have begun up to 15 s before. */
export interface MonitorStart {
  readonly at: number;
  readonly exact: boolean;
  readonly event: StoredEvent;
}

/**
 * The monitor's own line; else the earliest (time - seconds) of progress lines that print true seconds (the fork); else
 * the first downtime line or progress line. Null where no line has a time.
 */
export function monitorStart(migration: Migration): MonitorStart | null {
  const started = migration.timeline.find((event) => event.type === 'monitor-started' && event.at !== null);
  if (started?.at != null) return { at: started.at, exact: true, event: started };
  const counted = eventsOf(migration, 'progress').filter((event) => event.at !== null && isFork(event));
  const first = counted.toSorted((a, b) => countedStart(a) - countedStart(b))[0];
  if (first) return { at: countedStart(first), exact: true, event: first };
  const working = migration.timeline.find(
    (event) => event.at !== null && (isFirstStep(event) || event.type === 'progress'),
  );
  return working?.at == null ? null : { at: working.at - 1000 * startedBefore(working), exact: false, event: working };
}

/** How a message speaks of where a value comes from. */
export function originOf(setting: Setting<unknown>): string {
  const names: Record<string, string> = {
    default: "the profile's default",
    log: 'the log',
    instance: 'instance metadata',
  };
  return setting.origin === null ? 'unknown' : (names[setting.origin] ?? setting.origin);
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

function countedStart(event: StoredEvent): number {
  return (event.at ?? 0) - numberOf(event, 'running_s') * 1000;
}

function isFirstStep(event: StoredEvent): boolean {
  return event.type === 'downtime-step' && event.fields.elapsed_s === 0;
}

/** A progress line in the middle says how long it has run at least. */
function startedBefore(event: StoredEvent): number {
  return event.type === 'progress' ? numberOf(event, 'running_s') : 0;
}

import type { Migration, Outcome, Profile, StoredEvent } from '../model.ts';
import { FINAL, isAtWork } from '../nova/roles.ts';
import { highest } from '../numbers.ts';
import { type Attempt, findAttempts, hasEnded, streamOf } from './attempts.ts';
import { destinationOf, sourceOf } from './hosts.ts';
import { joinOthers } from './join.ts';
import { observe } from './observed.ts';
import { inOrder } from './order.ts';

/**
 * The live migrations of one instance, from all its events on all hosts and the decision lines of its requests (which
 * carry no instance). The result does not depend on the order of `events`.
 */
export function sessionize(
  instance: string,
  events: readonly StoredEvent[],
  hosts: readonly string[],
  name = instance.slice(0, 8),
): Migration[] {
  const ordered = inOrder(events);
  const attempts = findAttempts(ordered);
  const joined = joinOthers(attempts, ordered);
  return withIds(
    name,
    joined.map((attempt) => asMigration(instance, attempt, hosts)),
  );
}

function asMigration(
  instance: string,
  { attempt, others }: { attempt: Attempt; others: StoredEvent[] },
  hosts: readonly string[],
) {
  const timeline = inOrder([...attempt.events, ...others]);
  const startedAt = startOf(attempt) ?? arrivalOf(others);
  const endedAt = endOf(attempt, others);
  const clockStep = stepsBack(attempt.events);
  const counted = secondsCounted(attempt);
  const clocked = startedAt === null || endedAt === null ? null : (endedAt - startedAt) / 1000;
  return {
    instance,
    sourceHost: sourceOf(attempt, others, hosts),
    destinationHost: destinationOf(attempt, others, hosts),
    requestId: requestOf(attempt),
    startedAt,
    endedAt,
    duration_s: clockStep ? counted : clocked,
    outcome: outcomeOf(attempt),
    dialect: dialectOf(timeline),
    clockStep,
    observed: observe(attempt, timeline),
    timeline,
  } satisfies Omit<Migration, 'id'>;
}

/** What a migration is called: its instance (`name`) and the time of its start. */
function withIds(instanceName: string, migrations: readonly Omit<Migration, 'id'>[]): Migration[] {
  const used = new Map<string, number>();
  return migrations.map((migration) => {
    const first = migration.startedAt ?? migration.timeline.find((event) => event.at !== null)?.at;
    const time = first == null ? 'no-time' : new Date(first).toISOString().replace(/[-:]|\.\d+Z/g, '');
    const name = `${instanceName}-${time}`;
    const count = (used.get(name) ?? 0) + 1;
    used.set(name, count);
    return { id: count === 1 ? name : `${name}-${count}`, ...migration };
  });
}

/** The first line that shows QEMU's job or nova's monitor at work; a job that never ran began when the destination was ready. */
function startOf({ events }: Attempt): number | null {
  const working = events.find((event) => event.at !== null && isAtWork(event.type));
  const ready = events.find((event) => event.type === 'pre-migration-done' && event.at !== null);
  return (working ?? ready ?? events.find((event) => event.at !== null))?.at ?? null;
}

/** Without the source's log: the first line on the destination that shows QEMU at work there. */
function arrivalOf(others: readonly StoredEvent[]): number | null {
  return others.find((event) => event.at !== null)?.at ?? null;
}

/** The last of the lines by which nova says that it is over; the lifecycle lines that trail behind do not count. */
function endOf(attempt: Attempt, others: readonly StoredEvent[]): number | null {
  const arrived = others.findLast((event) => event.type === 'post-migration-at-destination');
  if (attempt.events.length === 0) return arrived?.at ?? null;
  if (!hasEnded(attempt)) return attempt.events.findLast((event) => event.type === 'failure')?.at ?? null;
  return attempt.events.findLast((event) => FINAL.has(event.type) && event.at !== null)?.at ?? null;
}

const CANCELLED = /canceled by client|migration was cancel/i;

function outcomeOf({ types, events }: Attempt): Outcome {
  if (events.length === 0) return 'completed';
  if (types.has('completed') || types.has('finished') || types.has('post-migration-started')) return 'completed';
  const failure = events.find((event) => event.type === 'failure');
  const stopped = types.has('aborted') || types.has('cancelled') || types.has('live-migration-failed');
  const over = stopped || failure || types.has('monitor-done');
  if (over && (types.has('timeout') || types.has('stuck')) && !failedOtherwise(failure)) return 'timed-out';
  if (types.has('cancelled') || CANCELLED.test(String(failure?.fields.error ?? ''))) return 'cancelled';
  const failed = over || types.has('pre-migration-failed') || types.has('restart-in-migration');
  return failed ? 'failed' : 'running';
}

/** A failure after the timeout whose text names another cause than the cancelling. */
function failedOtherwise(failure: StoredEvent | undefined): boolean {
  return failure !== undefined && !CANCELLED.test(String(failure.fields.error ?? ''));
}

function requestOf({ events }: Attempt): string | null {
  return events.find((event) => event.requestId !== null)?.requestId ?? null;
}

function dialectOf(timeline: readonly StoredEvent[]): Profile | null {
  const stx = ({ type, level, fields }: StoredEvent) =>
    type === 'tunnel-enabled' ||
    type === 'auto-converge-disabled' ||
    type === 'setting-reverted' ||
    type === 'setting-ignored' ||
    (type === 'monitor-started' && level === 'INFO') ||
    (type === 'progress' && fields.expected_downtime_ms !== undefined);
  const upstream = ({ type, fields }: StoredEvent) =>
    type === 'pre-migration-done' ||
    type === 'data-remaining' ||
    (type === 'progress' && fields.expected_downtime_ms === undefined);
  if (timeline.some(stx)) return 'stx-2018';
  return timeline.some(upstream) ? 'upstream' : null;
}

function stepsBack(events: readonly StoredEvent[]): boolean {
  return events.some((event, index) => {
    const before = events[index - 1];
    return (
      before?.at != null && event.at !== null && streamOf(before) === streamOf(event) && event.at < before.at - 1000
    );
  });
}

/** How long nova itself says it ran: the highest counter in its lines. */
function secondsCounted({ events }: Attempt): number | null {
  const counters = events.flatMap(({ fields }) => [fields.running_s, fields.elapsed_s, fields.timeout_s]);
  const seconds = counters.filter((counter) => typeof counter === 'number');
  return seconds.length === 0 ? null : highest(seconds);
}

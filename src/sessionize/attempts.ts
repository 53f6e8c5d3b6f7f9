import type { StoredEvent } from '../model.ts';
import { FINAL, ONCE, ROLES } from '../nova/roles.ts';

/** One attempt as the source's log tells it. `stream` names the host's log (its host, or the file where none is known). */
export interface Attempt {
  readonly stream: string;
  readonly events: StoredEvent[];
  readonly types: Set<string>;
}

/** The host's log that an event stands in: rotated files of one host are one stream. */
export function streamOf({ host, source }: Pick<StoredEvent, 'host' | 'source'>): string {
  return host ?? `#${source}`;
}

/**
 * The attempts to move one instance, found in the source-side events of each host's log; `events` in their order.
 * The request id alone does not decide, nor does the pid: the same instance may be moved again under `[-]`, and containers all
 * have pid 2.
 */
export function findAttempts(events: readonly StoredEvent[]): Attempt[] {
  const attempts: Attempt[] = [];
  const open = new Map<string, Attempt>();
  for (const event of events) {
    if (!isSourceSide(event)) continue;
    const stream = streamOf(event);
    let attempt = open.get(stream);
    if (!attempt || startsAnother(attempt, event)) {
      attempt = { stream, events: [], types: new Set() };
      open.set(stream, attempt);
      attempts.push(attempt);
    }
    attempt.events.push(event);
    attempt.types.add(event.type);
  }
  return attempts.filter(isMigration);
}

/** True where some final line of the attempt was seen. */
export function hasEnded(attempt: Attempt): boolean {
  return [...attempt.types].some((type) => FINAL.has(type));
}

function isSourceSide(event: StoredEvent): boolean {
  const role = ROLES[event.type];
  return role === 'opening' || role === 'running' || role === 'ending';
}

/** Lines that nova also writes when nothing migrates, or that do not tell how it went, make no attempt by themselves. */
function isMigration(attempt: Attempt): boolean {
  const telling = (type: string) => ROLES[type] !== 'ending' || (ONCE.has(type) && type !== 'monitor-done');
  return [...attempt.types].some(telling);
}

/** Seconds of silence after which a line is no longer of the same attempt; nova prints progress every 30 s. */
const SILENCE_S = {
  afterProgress: 150,
  beforeProgress: 600,
  plugging: 3600,
  counting: 6 * 3600,
  afterEnd: 60,
  untilFinished: 7200,
  stalled: 900,
  sameEnd: 5,
};

function startsAnother(attempt: Attempt, event: StoredEvent): boolean {
  const gap = secondsBetween(attempt.events.at(-1), event);
  switch (ROLES[event.type]) {
    case 'opening':
      return opensAnother(attempt, event, gap);
    case 'running':
      return runsAnother(attempt, event, gap);
    default:
      return endsAnother(attempt, event, gap);
  }
}

function opensAnother({ types }: Attempt, event: StoredEvent, gap: number): boolean {
  if (types.has(event.type) || gap > beforeWork(types)) return true;
  if (event.type === 'pre-migration-done') return true;
  const beyond = [...types].some((type) => ROLES[type] !== 'opening' && type !== 'failure');
  return beyond || (types.has('failure') && gap > SILENCE_S.sameEnd);
}

/** Between the destination's readiness and the first line of the monitor nova waits for the network to be plugged. */
function beforeWork(types: ReadonlySet<string>): number {
  return types.size === 1 && types.has('pre-migration-done') ? SILENCE_S.plugging : SILENCE_S.beforeProgress;
}

function runsAnother(attempt: Attempt, event: StoredEvent, gap: number): boolean {
  const { types } = attempt;
  if (hasEnded(attempt) || isOfAnotherRequest(attempt, event)) return true;
  if (types.has('failure') && gap > SILENCE_S.sameEnd) return true;
  if (event.type === 'progress' && types.has('progress')) return countsAnew(attempt, event, gap);
  if (event.type === 'downtime-schedule') return types.has('downtime-step');
  if (event.type === 'downtime-step' && types.has('downtime-step')) return stepsAnother(attempt, event, gap);
  return gap > (types.has('progress') ? SILENCE_S.counting : beforeWork(types));
}

/** One thread monitors an attempt, under one request or none: lines of two stand on both sides of a gap in the log. */
function isOfAnotherRequest({ events }: Attempt, { requestId }: StoredEvent): boolean {
  if (requestId === null) return false;
  const before = events.findLast((event) => ROLES[event.type] === 'running' && event.requestId !== null);
  return before !== undefined && before.requestId !== requestId;
}

/** A counter that goes on is of the same attempt, whatever the clock does: it is set, or nova's loop hangs. */
function countsAnew(attempt: Attempt, event: StoredEvent, gap: number): boolean {
  return (
    Number(event.fields.running_s) < (numberIn(attempt, 'progress', 'running_s') ?? 0) - 5 || gap > SILENCE_S.counting
  );
}

/** The schedule's marks go up; large guests wait long between them, and a log may hold no other line. */
function stepsAnother(attempt: Attempt, event: StoredEvent, gap: number): boolean {
  const last = attempt.events.findLast(({ type }) => type === 'downtime-step');
  // Nova says a step only where it changes the downtime: the first one again, and no higher, is of another attempt.
  if (event.fields.elapsed_s === 0 && Number(event.fields.downtime_ms) <= Number(last?.fields.downtime_ms)) return true;
  const counted = Number(event.fields.elapsed_s) - Number(last?.fields.elapsed_s);
  if (counted <= 0) return gap > SILENCE_S.afterEnd;
  const silence = attempt.types.has('progress') ? SILENCE_S.counting : SILENCE_S.beforeProgress;
  return gap > silence && Math.abs(counted - secondsBetween(last, event)) > counted / 2;
}

function endsAnother(attempt: Attempt, event: StoredEvent, gap: number): boolean {
  const { types } = attempt;
  if (event.type === 'restart-in-migration') return types.has(event.type) || gap > SILENCE_S.untilFinished;
  if (!hasEnded(attempt) && !types.has('failure')) return gap > beforeEnd(types, event.type);
  if (ONCE.has(event.type) && types.has(event.type)) return true;
  const success = types.has('completed') || types.has('post-migration-started');
  if (event.type === 'finished') return !success || gap > SILENCE_S.untilFinished;
  if (event.type === 'monitor-done') return gap > SILENCE_S.untilFinished;
  if (event.type === 'aborted' || event.type === 'cancelled') return success || gap > SILENCE_S.afterEnd;
  if (event.type === 'completed') return types.has('aborted') || types.has('cancelled') || gap > SILENCE_S.afterEnd;
  return gap > SILENCE_S.afterEnd;
}

/** A failure may be all that is said of another attempt; the other ends never stand alone. */
function beforeEnd(types: ReadonlySet<string>, end: string): number {
  if (!types.has('progress')) return beforeWork(types);
  return end === 'failure' || end === 'aborted' ? SILENCE_S.afterProgress : SILENCE_S.stalled;
}

function numberIn(attempt: Attempt, type: string, field: string): number | null {
  const last = attempt.events.findLast((event) => event.type === type);
  return last === undefined ? null : Number(last.fields[field]);
}

/** Zero where either has no time: then only their order counts. */
function secondsBetween(before: StoredEvent | undefined, after: StoredEvent): number {
  if (before?.at == null || after.at === null) return 0;
  return (after.at - before.at) / 1000;
}

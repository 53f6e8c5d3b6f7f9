import type { StoredEvent } from '../model.ts';
import { ROLES } from '../nova/roles.ts';
import { highest, lowest } from '../numbers.ts';
import { type Attempt, hasEnded, streamOf } from './attempts.ts';

/** An attempt with the events of other kinds that belong to it: the destination's, lifecycle, decisions. */
export interface Joined {
  readonly attempt: Attempt;
  readonly others: StoredEvent[];
}

/** How far (ms) a line may lie from the attempt's own lines; more on other hosts, whose clocks differ. */
const SLACK = { before: 120_000, beforeOnSource: 1_000, after: 120_000, afterOnSource: 60_000 };

/**
 * Gives each event that is not the source's own to the attempt it belongs to: decision lines by request id, the others
 * by time. Arrivals whose source's log is not there become attempts without events of their own.
 */
export function joinOthers(attempts: readonly Attempt[], ordered: readonly StoredEvent[]): Joined[] {
  const joined = attempts.map((attempt) => ({ attempt, others: [] as StoredEvent[], span: spanOf(attempt) }));
  const left: StoredEvent[] = [];
  for (const event of ordered) {
    const role = ROLES[event.type];
    if (role === 'decision') {
      deciding(joined, event)?.others.push(event);
    } else if (role === 'destination' || role === 'either') {
      const home = nearest(joined, event);
      if (home) home.others.push(event);
      else left.push(event);
    }
  }
  const arrived = left.filter((event) => !claimed(joined, event));
  return [...joined.map(({ attempt, others }) => ({ attempt, others })), ...arrivals(arrived)].sort(byStart);
}

/** How far (ms) a destination's clock may be off for its arrival to be of a completed attempt that lacks one. */
const CLOCK_OFF = 900_000;

/** Gives an arrival that lies too far off to a completed attempt of another host that has none, if there is one. */
function claimed(homes: readonly (Joined & { span: Span | null })[], event: StoredEvent): boolean {
  if (event.type !== 'post-migration-at-destination') return false;
  const off = ({ span }: { span: Span | null }) => outsideOf(span, event) ?? Number.POSITIVE_INFINITY;
  const open = homes.filter(
    (home) =>
      home.attempt.types.has('completed') &&
      home.attempt.stream !== streamOf(event) &&
      !home.others.some(({ type }) => type === event.type) &&
      off(home) <= CLOCK_OFF,
  );
  const home = open.sort((a, b) => off(a) - off(b))[0];
  home?.others.push(event);
  return home !== undefined;
}

/** Of the attempts of the line's request, nearly always one, the one it stands nearest to. */
function deciding<Home extends { attempt: Attempt; span: Span | null }>(homes: readonly Home[], event: StoredEvent) {
  const outside = ({ span }: Home) => outsideOf(span, event) ?? 0;
  const same = homes.filter(({ attempt }) => sameRequest(attempt, event));
  return same.reduce<Home | null>((best, home) => (best && outside(best) <= outside(home) ? best : home), null);
}

function sameRequest({ events, stream }: Attempt, event: StoredEvent): boolean {
  return (
    streamOf(event) === stream && events.some(({ requestId }) => requestId !== null && requestId === event.requestId)
  );
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Milliseconds that an event lies outside a span; null where either has no time. */
function outsideOf(span: Span | null, { at }: StoredEvent): number | null {
  return span === null || at === null ? null : Math.max(0, span.from - at, at - span.to);
}

function spanOf(attempt: Attempt): Span | null {
  const times = attempt.events.flatMap(({ at }) => (at === null ? [] : [at]));
  if (times.length === 0) return null;
  const [from, to] = [lowest(times), highest(times)];
  return { from, to: to + (hasEnded(attempt) ? 0 : SLACK.afterOnSource) };
}

function nearest<Home extends { attempt: Attempt; span: Span | null }>(
  homes: readonly Home[],
  event: StoredEvent,
): Home | null {
  let best: Home | null = null;
  let bestCost = Number.POSITIVE_INFINITY;
  for (const home of homes) {
    const cost = distance(home.attempt, home.span, event);
    if (cost < bestCost) {
      best = home;
      bestCost = cost;
    }
  }
  return best;
}

/** Milliseconds between the event and the attempt's lines, or infinite where it cannot be of it. */
function distance(attempt: Attempt, span: Span | null, event: StoredEvent): number {
  const outside = outsideOf(span, event);
  if (outside === null || span === null || event.at === null) return Number.POSITIVE_INFINITY;
  const onSource = streamOf(event) === attempt.stream;
  if (span.from - event.at > (onSource ? SLACK.beforeOnSource : SLACK.before)) return Number.POSITIVE_INFINITY;
  if (event.at - span.to > (onSource ? SLACK.afterOnSource : SLACK.after)) return Number.POSITIVE_INFINITY;
  // What only a destination says is never of an attempt from that very host, unless both hosts share one log.
  return ROLES[event.type] === 'destination' && onSource ? outside + SLACK.before : outside;
}

/** Migrations of which only the destination's log was read: told by the line that only a completed one writes. */
function arrivals(left: readonly StoredEvent[]): Joined[] {
  const ends = left.filter((event) => event.type === 'post-migration-at-destination' && event.at !== null);
  return ends.map((end) => ({
    attempt: { stream: '', events: [], types: new Set<string>() },
    others: left.filter((event) => event === end || accompanies(event, end)),
  }));
}

function accompanies(event: StoredEvent, end: StoredEvent): boolean {
  if (event.type === end.type || event.at === null || end.at === null) return false;
  return (
    streamOf(event) === streamOf(end) && event.at >= end.at - SLACK.before && event.at <= end.at + SLACK.afterOnSource
  );
}

function byStart(a: Joined, b: Joined): number {
  const first = ({ attempt, others }: Joined) => attempt.events[0]?.at ?? others[0]?.at ?? Number.NEGATIVE_INFINITY;
  return first(a) - first(b) || 0;
}

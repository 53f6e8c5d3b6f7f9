import type { ClockOffset } from '../judgement.ts';
import type { StoredEvent } from '../model.ts';
import { highest, lowest } from '../numbers.ts';
import { streamOf } from './attempts.ts';
import { knownAs } from './hosts.ts';
import { inOrder } from './order.ts';

/** The types of the lines that offsets are told from: nova's work after the job, on both hosts. */
export const HAND_OVER_TYPES = [
  'post-migration-started',
  'post-migration-at-destination',
  'post-migration-failed',
  'finished',
] as const;

/**
 * How far the clocks of hosts are apart, one offset for each two hosts between which an instance was handed over: the
 * source begins its work after the job (a), has the destination do its own (b), and ends (c), so that the destination's
 * clock is off by something between b - c and b - a. `events`: lines of HAND_OVER_TYPES of any instances, in any order.
 */
export function clockOffsets(events: readonly StoredEvent[], hosts: readonly string[]): ClockOffset[] {
  const instances = [...Map.groupBy(events, ({ instance }) => instance ?? '').values()];
  const handOvers = instances.flatMap((own) => handOversOf(inOrder(own), hosts));
  const pairs = [...Map.groupBy(handOvers, ({ from, to }) => JSON.stringify([from, to])).values()];
  return pairs.flatMap(offsetOf).sort((a, b) => compare(a.from, b.from) || compare(a.to, b.to));
}

/** The offset of one host against another, told either way round; null where none is known. */
export function offsetBetween(offsets: readonly ClockOffset[], from: string, to: string): ClockOffset | null {
  const same = offsets.find((offset) => offset.from === from && offset.to === to);
  if (same !== undefined) return same;
  const reverse = offsets.find((offset) => offset.from === to && offset.to === from);
  if (reverse === undefined) return null;
  return { ...reverse, from, to, least_ms: 0 - reverse.most_ms, most_ms: 0 - reverse.least_ms };
}

interface Departure {
  readonly host: string;
  readonly destination: string;
  readonly started: StoredEvent;
  readonly finished: StoredEvent;
}

/** What one hand-over says of two hosts, which stand in alphabetical order. */
interface HandOver {
  readonly from: string;
  readonly to: string;
  readonly least: number;
  readonly most: number;
  /** False where its arrival is only the nearest there is. */
  readonly sure: boolean;
  readonly lines: readonly StoredEvent[];
}

function handOversOf(events: readonly StoredEvent[], hosts: readonly string[]): HandOver[] {
  const timed = events.filter(({ at, host }) => at !== null && host !== null);
  const departures = Map.groupBy(departuresOf(timed, hosts), ({ destination }) => destination);
  return [...departures].flatMap(([destination, leaving]) => {
    const arrivals = timed.filter(({ type, host }) => type === 'post-migration-at-destination' && host === destination);
    return leaving.flatMap((departure, index) => handOver(departure, index, leaving, arrivals));
  });
}

/** A source that gave up waiting for the destination says so in between, and proves nothing. */
function departuresOf(events: readonly StoredEvent[], hosts: readonly string[]): Departure[] {
  const open = new Map<string, StoredEvent>();
  return events.flatMap((event) => {
    const stream = streamOf(event);
    const started = open.get(stream);
    if (event.type === 'post-migration-started') open.set(stream, event);
    if (event.type === 'post-migration-failed' || event.type === 'finished') open.delete(stream);
    const { destination } = event.fields;
    if (event.type !== 'finished' || started === undefined || typeof destination !== 'string') return [];
    return [{ host: stream, destination: knownAs(destination, hosts), started, finished: event }];
  });
}

/** Farther off than this the nearest arrival may be of another migration (ms). */
const NEAR_MS = 120_000;

/**
 * The arrival that belongs to a departure: that of its request; the k-th for the k-th where one host sent the instance as
 * often as it arrived, whatever hours lie between the clocks; else the nearest.
 */
function handOver(
  departure: Departure,
  index: number,
  leaving: readonly Departure[],
  arrivals: readonly StoredEvent[],
): HandOver[] {
  const { host, destination, started, finished } = departure;
  if (host === destination) return [];
  const requested = arrivals.filter(
    ({ requestId }) => requestId !== null && (requestId === started.requestId || requestId === finished.requestId),
  );
  const inStep = leaving.length === arrivals.length && leaving.every((each) => each.host === host);
  const known = requested.length === 1 ? requested[0] : inStep ? arrivals[index] : undefined;
  const off = (arrival: StoredEvent) => Math.abs(time(arrival) - time(finished));
  const arrival = known ?? arrivals.toSorted((a, b) => off(a) - off(b))[0];
  if (arrival === undefined || (known === undefined && off(arrival) > NEAR_MS)) return [];
  const least = time(arrival) - time(finished);
  const most = time(arrival) - time(started);
  const [sure, lines] = [known !== undefined, [started, arrival, finished]];
  if (host < destination) return [{ from: host, to: destination, least, most, sure, lines }];
  return [{ from: destination, to: host, least: 0 - most, most: 0 - least, sure, lines }];
}

function offsetOf(all: readonly HandOver[]): ClockOffset[] {
  const sure = all.filter((each) => each.sure);
  const told = (sure.length > 0 ? sure : all).filter(({ least, most }) => least <= most);
  const latest = told.toSorted((a, b) => b.least - a.least)[0];
  const earliest = told.toSorted((a, b) => a.most - b.most)[0];
  if (latest === undefined || earliest === undefined) return [];
  const { from, to } = latest;
  if (latest.least <= earliest.most) {
    const narrowest = told.toSorted((a, b) => a.most - a.least - (b.most - b.least))[0] ?? latest;
    const bounds = { least_ms: latest.least, most_ms: earliest.most };
    return [{ from, to, ...bounds, pairs: told.length, agrees: true, evidence: narrowest.lines }];
  }
  // Which of two guesses is wrong nobody can tell.
  if (sure.length === 0) return [];
  const bounds = {
    least_ms: lowest(told.map(({ least }) => least)),
    most_ms: highest(told.map(({ most }) => most)),
  };
  const evidence = [...earliest.lines, ...latest.lines];
  return [{ from, to, ...bounds, pairs: told.length, agrees: false, evidence }];
}

function time({ at }: StoredEvent): number {
  return at ?? Number.NaN;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

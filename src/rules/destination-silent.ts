import type { Case, Finding, Rule } from '../judgement.ts';
import type { Migration, StoredEvent } from '../model.ts';
import { clockOf } from './clocks.ts';
import { BOTH_LOGS } from './collect.ts';

export const destinationSilent: Rule = {
  id: 'destination-silent',
  title: 'destination silent',
  why: 'after a completed migration the destination says that the guest runs there ("VM Resumed") and that it does its own work ("Post operation of migration started").',
  severity: 'warning',
  needs: "the destination's log around the migration, at INFO",
  undecided: "where the destination's log was not read, does not cover the migration at INFO, or is of another clock",
  collect: BOTH_LOGS,
  check,
};

/** Lines are joined over two hosts within two minutes; half of that is left for the clocks. */
const CLOCK_MS = 60_000;

function check(subject: Case): Finding {
  const { migration, destination, clockOffset } = subject;
  const { destinationHost: host } = migration;
  if (migration.outcome !== 'completed') return { status: 'not-applicable', message: 'it did not complete' };
  if (host !== null && host === migration.sourceHost)
    return { status: 'not-applicable', message: 'source and destination share a log' };
  const arrival = migration.timeline.find((event) => event.host === host && isArrival(event));
  if (host !== null && arrival !== undefined) {
    return { status: 'pass', message: `${host} says that the instance arrived`, evidence: [arrival] };
  }
  if (host === null) return { status: 'inconclusive', message: 'no line names the destination' };
  if (destination === null) return { status: 'inconclusive', message: `the log of ${host} was not read` };
  const silent = `${host} does not say that the instance arrived`;
  if (!destination.complete || !destination.info)
    return { status: 'inconclusive', message: `${silent}, but its log does not cover the migration at INFO` };
  if (clockOffset !== null && (clockOffset.least_ms < -CLOCK_MS || clockOffset.most_ms > CLOCK_MS))
    return { status: 'inconclusive', message: `${silent} at that time, but ${clockOf(clockOffset)}` };
  const stray = strayArrival(subject.attempts, host);
  if (stray !== undefined) {
    const message = `${silent} at that time, but of an arrival whose source is not known: are the clocks of one zone?`;
    return { status: 'inconclusive', message, evidence: [stray] };
  }
  const ends = migration.timeline.filter(({ type }) => type === 'completed' || type === 'finished');
  return { status: 'fail', message: `${silent}, though its log covers the migration`, evidence: ends };
}

function isArrival({ type, fields }: StoredEvent): boolean {
  return type === 'post-migration-at-destination' || (type === 'lifecycle' && fields.state === 'Resumed');
}

/** An arrival on the host that no source's log ends. */
function strayArrival(attempts: readonly Migration[], host: string): StoredEvent | undefined {
  const lone = attempts.filter(
    ({ timeline }) => !timeline.some(({ type }) => type === 'completed' || type === 'finished'),
  );
  const arrivals = lone.flatMap(({ timeline }) => timeline);
  return arrivals.find((event) => event.host === host && event.type === 'post-migration-at-destination');
}

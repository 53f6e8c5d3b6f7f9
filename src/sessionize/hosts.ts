import type { StoredEvent } from '../model.ts';
import { type Attempt, streamOf } from './attempts.ts';

/**
 * The host the instance left: that of its log. Where only the destination's log was read, the host that nova's periodic
 * check there still calls the instance's own, if it ran before the hand-over.
 */
export function sourceOf(attempt: Attempt, others: readonly StoredEvent[], hosts: readonly string[]): string | null {
  if (attempt.events.length > 0) return attempt.events.find((event) => event.host !== null)?.host ?? null;
  const end = others.findIndex((event) => event.type === 'post-migration-at-destination');
  return known(text(others.slice(0, end), 'power-sync-moved', 'now_on'), hosts);
}

/**
 * The host the instance went to, from whichever line knows it: nova's own lines on the source, then the host in whose
 * log the instance arrived, then the peer that a failure names. A name that is a known host's, or that host's with its
 * domain, is given as that host is called.
 */
export function destinationOf(
  attempt: Attempt,
  others: readonly StoredEvent[],
  hosts: readonly string[],
): string | null {
  const said =
    text(attempt.events, 'finished', 'destination') ??
    text(attempt.events, 'pre-migration-done', 'destination') ??
    text(attempt.events, 'post-migration-failed', 'destination') ??
    text(attempt.events, 'pre-migration-failed', 'destination') ??
    movedTo(attempt, others) ??
    text(others, 'port-binding', 'destination');
  if (said !== null) return knownAs(said, hosts);
  return arrivedOn(attempt, others) ?? known(text(attempt.events, 'failure', 'peer'), hosts);
}

function text(events: readonly StoredEvent[], type: string, field: string): string | null {
  const value = events.findLast((event) => event.type === type)?.fields[field];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** On the source, nova's periodic check names the host the instance has gone to. */
function movedTo(attempt: Attempt, others: readonly StoredEvent[]): string | null {
  const onSource = others.filter((event) => streamOf(event) === attempt.stream);
  return text(onSource, 'power-sync-moved', 'now_on');
}

function arrivedOn(attempt: Attempt, others: readonly StoredEvent[]): string | null {
  const elsewhere = others.filter((event) => event.host !== null && streamOf(event) !== attempt.stream);
  const end = elsewhere.find((event) => event.type === 'post-migration-at-destination');
  return (end ?? elsewhere.find(isArrival))?.host ?? null;
}

/** Stopped and Paused are also said on a host that the instance left a minute before. */
function isArrival({ type, fields }: StoredEvent): boolean {
  return type === 'lifecycle' && (fields.state === 'Started' || fields.state === 'Resumed');
}

function known(name: string | null, hosts: readonly string[]): string | null {
  return name === null ? null : knownAs(name, hosts);
}

/** What a host is called in the logs that were read: a line may add or leave off its domain. */
export function knownAs(name: string, hosts: readonly string[]): string {
  const longer = hosts.filter((host) => host.startsWith(`${name}.`));
  const shorter = hosts.find((host) => name.startsWith(`${host}.`));
  return hosts.find((host) => host === name) ?? shorter ?? (longer.length === 1 ? longer[0] : undefined) ?? name;
}

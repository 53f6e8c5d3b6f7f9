// Printed times to epochs: which zone, which of two equal hours, which year.

import { DateTime, FixedOffsetZone, Info, type Zone } from 'luxon';
import type { LocalTime, Stamp } from '../model.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export interface ClockOptions {
  /** IANA name or fixed (`UTC+3`); null where it is not known. */
  readonly zone: string | null;
  /** Year of the first of the stamps that print none. */
  readonly year?: number | null;
  /** Epoch in milliseconds that no stamp without a year can lie after (when the file was last written, and a day). */
  readonly latest?: number | null;
}

/** Reads the stamps of one stream of lines, in their order: the time before tells which of two equal hours one stands in. */
export class Clock {
  readonly #zone: Zone | null;
  readonly #year: number | null;
  readonly #latest: number | null;
  #learnt: FixedOffsetZone | null = null;
  #previous: number | null = null;

  /** Throws RangeError where the zone is not known. */
  constructor({ zone, year = null, latest = null }: ClockOptions) {
    this.#zone = zone === null ? null : zoneOf(zone);
    this.#year = year;
    this.#latest = latest;
  }

  /** False as long as local times are read as UTC for want of anything better. */
  get offsetKnown(): boolean {
    return this.#zone !== null || this.#learnt !== null;
  }

  /** Reading goes on after a line of this time: which of two equal hours the next one stands in follows from it. */
  resumeAfter(epoch: number): void {
    this.#previous = epoch;
  }

  /** The epoch in milliseconds; null for no stamp, for a date that does not exist, and where no year can be told. */
  at(stamp: Stamp): number | null {
    const epoch = stamp === null ? null : 'epoch_ms' in stamp ? absolute(stamp.epoch_ms) : this.#local(stamp);
    if (epoch !== null) this.#previous = epoch;
    return epoch;
  }

  /**
   * Takes a line that prints its local time and an epoch in seconds (`<LifecycleEvent: 1446130392.58, …>`). Where no zone is known,
   * their difference is the offset from here on; where one is, the epoch tells which of two equal hours it is.
   */
  learn(local: LocalTime, epoch_s: number): void {
    const epoch = epoch_s * SECOND;
    if (local.zone_minutes !== null || absolute(epoch) === null) return;
    const years = local.year === null ? yearsAround(epoch) : [local.year];
    const times = years.map((year) => utc({ ...local, year })).filter((time) => time !== null);
    if (this.#zone !== null) {
      const zone = this.#zone;
      const same = times.flatMap((time) => candidates(time, zone)).some((time) => Math.abs(time - epoch) <= MINUTE);
      if (same) this.#previous = epoch;
      return;
    }
    for (const time of times) {
      const quarters = Math.round((time - epoch) / (15 * MINUTE));
      const off = Math.abs(time - epoch - quarters * 15 * MINUTE);
      if (Math.abs(quarters) <= 14 * 4 && off <= MINUTE) this.#learnt = FixedOffsetZone.instance(quarters * 15);
    }
  }

  /** Takes over the offset that another log of the same host has told. */
  learnFrom(other: Clock): void {
    if (other.#learnt !== null) this.#learnt = other.#learnt;
  }

  #local(stamp: LocalTime): number | null {
    if (stamp.year !== null) return this.#in(stamp, stamp.year);
    if (this.#latest !== null) return this.#before(stamp, this.#latest);
    if (this.#previous === null) return this.#year === null ? null : this.#in(stamp, this.#year);
    return this.#year === null ? null : this.#after(stamp, this.#previous);
  }

  #in(stamp: LocalTime, year: number): number | null {
    const time = utc({ ...stamp, year });
    if (time === null) return null;
    if (stamp.zone_minutes !== null) return time - stamp.zone_minutes * MINUTE;
    const [first, second] = candidates(time, this.#zone ?? this.#learnt ?? FixedOffsetZone.utcInstance);
    if (first === undefined || second === undefined || this.#previous === null) return first ?? null;
    return this.#previous > first + MINUTE && second >= this.#previous - MINUTE ? second : first;
  }

  /** The newest year in which the time is not after the limit; nine years hold a leap year at any rate. */
  #before(stamp: LocalTime, limit: number): number | null {
    if (absolute(limit) === null) return null;
    const newest = new Date(limit).getUTCFullYear() + 1;
    for (let year = newest; year > newest - 10; year -= 1) {
      const epoch = this.#in(stamp, year);
      if (epoch !== null && epoch <= limit) return epoch;
    }
    return null;
  }

  /** The first year in which the time follows what went before, but for a month of disorder. */
  #after(stamp: LocalTime, previous: number): number | null {
    const times = yearsAround(previous).map((year) => this.#in(stamp, year));
    return times.find((time) => time !== null && time >= previous - 30 * DAY) ?? null;
  }
}

/**
 * The hours that the zone's clocks show twice in these years, as the printed beginnings of such times (`2023-11-05 01:`).
 * Throws RangeError where the zone is not known.
 */
export function foldHours(zone: string, fromYear: number, toYear: number): string[] {
  const known = zoneOf(zone);
  const hours = new Set<string>();
  const end = Date.UTC(toYear + 1, 0, 2);
  for (let day = Date.UTC(fromYear - 1, 11, 31); day < end && !known.isUniversal; day += DAY) {
    const before = known.offset(day);
    if (known.offset(day + DAY) >= before) continue;
    const change = changeBetween(known, day, day + DAY);
    const first = change + known.offset(change) * MINUTE;
    for (let time = first - (first % HOUR); time < change + before * MINUTE; time += HOUR) {
      hours.add(new Date(time).toISOString().slice(0, 14).replace('T', ' '));
    }
  }
  return [...hours].filter((hour) => Number(hour.slice(0, 4)) >= fromYear && Number(hour.slice(0, 4)) <= toYear);
}

function zoneOf(name: string): Zone {
  const spelt = /^[+-]\d\d?(?::?\d\d)?$/.test(name) ? `UTC${name}` : name;
  const fixed = FixedOffsetZone.parseSpecifier(spelt.replace(/^(UTC[+-]\d\d)(\d\d)$/i, '$1:$2'));
  const zone = fixed ?? (/^(?:system|local|default)?$/i.test(name) ? null : Info.normalizeZone(name));
  if (zone?.isValid) return zone;
  throw new RangeError(
    `${JSON.stringify(name)} is not a time zone; write an IANA name such as America/Toronto, or UTC+3`,
  );
}

/** The time as if it were UTC; null where the calendar has no such day. */
function utc({ year, month, day, hour, minute, second, ms }: LocalTime & { year: number }): number | null {
  const leap = second === 60;
  const time = DateTime.utc(year, month, day, hour, minute, leap ? 59 : second, ms);
  return time.isValid ? time.toMillis() + (leap ? SECOND : 0) : null;
}

/** The one or two epochs at which the zone's clocks show the time, or, where they skip it, the one by the offset before. */
function candidates(time: number, zone: Zone): number[] {
  const before = zone.offset(time - DAY);
  const offsets = new Set([before, zone.offset(time + DAY)]);
  const epochs = [...offsets].map((offset) => time - offset * MINUTE).filter((epoch) => shows(epoch, zone, time));
  return epochs.length === 0 ? [time - before * MINUTE] : epochs.sort((a, b) => a - b);
}

function shows(epoch: number, zone: Zone, time: number): boolean {
  return epoch + zone.offset(epoch) * MINUTE === time;
}

function changeBetween(zone: Zone, from: number, to: number): number {
  const before = zone.offset(from);
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (zone.offset(middle) === before) low = middle;
    else high = middle;
  }
  return high;
}

function yearsAround(epoch: number): number[] {
  const year = new Date(epoch).getUTCFullYear();
  return [year - 1, year, year + 1];
}

/** The epoch where a date can hold it; JSON may print anything. */
function absolute(epoch: number): number | null {
  return Number.isFinite(epoch) && Math.abs(epoch) <= 8.64e15 ? Math.floor(epoch) : null;
}

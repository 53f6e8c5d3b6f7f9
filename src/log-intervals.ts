import type { Coverage } from './judgement.ts';
import type { Migration, StoredEvent } from './model.ts';

/** A piece of a host's log without a gap, in ms. */
export interface Interval {
  readonly from: number;
  readonly to: number;
  /** The file's rotated set, and the ages of the files taken together here. */
  readonly set: string;
  readonly ages: readonly number[];
}

/** Longer pauses between two logs of a host are a gap. */
const GAP_MS = 90_000;

/** The pieces of a host's log, those joined that follow each other without a gap. */
export function joinIntervals(intervals: readonly Interval[]): Interval[] {
  const joined: Interval[] = [];
  for (const next of intervals.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last && next.from <= last.to + GAP_MS && !isFileMissing(last, next)) {
      joined[joined.length - 1] = { ...last, to: Math.max(last.to, next.to), ages: [...last.ages, ...next.ages] };
    } else joined.push(next);
  }
  return joined;
}

/** Between `.log.3` and `.log.1` of a set `.log.2` is not there, however short the silence. */
function isFileMissing(last: Interval, next: Interval): boolean {
  const age = last.ages.at(-1);
  return last.set === next.set && age !== undefined && Math.abs(age - (next.ages[0] ?? age)) > 1;
}

/** When a migration ended or, where it shows no end, was last heard of (ms); null where no line of it has a time. */
export function lastMoment({ endedAt, timeline }: Migration): number | null {
  return endedAt ?? timeline.findLast(({ at }) => at !== null)?.at ?? null;
}

const COVERED_BEFORE_MS = 30_000;
/** How long a log must go on after the end of a migration to cover it. */
export const COVERED_AFTER_MS = 60_000;

/**
 * What the host's log covers of a migration: whole from 30 s before the start to 60 s after the end, and the ends of the piece
 * that holds the migration's last line in this log (`said`: its lines there; the other host's may stand beyond a gap).
 */
export function logAround(
  intervals: readonly Interval[],
  migration: Migration,
  said: readonly StoredEvent[],
): Omit<Coverage, 'info' | 'missingFiles'> {
  const { startedAt, endedAt, timeline } = migration;
  const last = lastTime(timeline) ?? startedAt;
  const end = endedAt ?? last;
  const complete =
    startedAt !== null &&
    end !== null &&
    intervals.some(({ from, to }) => from <= startedAt - COVERED_BEFORE_MS && to >= end + COVERED_AFTER_MS);
  const around = pieceAt(intervals, lastTime(said) ?? last);
  return { complete, logStart: around?.from ?? null, logEnd: around?.to ?? null };
}

function lastTime(events: readonly StoredEvent[]): number | null {
  return events.findLast(({ at }) => at !== null)?.at ?? null;
}

/** The piece with this time in it, or before it; the newest where no time is known. */
function pieceAt(intervals: readonly Interval[], at: number | null): Interval | undefined {
  if (at === null) return intervals.at(-1);
  return (
    intervals.find(({ from, to }) => from <= at && at <= to) ??
    intervals.findLast(({ from }) => from <= at) ??
    intervals[0]
  );
}

import type { Coverage } from './judgement.ts';
import type { Migration } from './model.ts';

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

/** What the host's log covers of a migration: whole from 30 s before the start to 60 s after the end, and its ends. */
export function logAround(
  intervals: readonly Interval[],
  migration: Migration,
): Omit<Coverage, 'info' | 'missingFiles'> {
  const { startedAt, endedAt, timeline } = migration;
  const last = timeline.findLast(({ at }) => at !== null)?.at ?? startedAt;
  const around = intervals.find(({ from, to }) => last !== null && from <= last && last <= to) ?? intervals.at(-1);
  const end = endedAt ?? last;
  const complete =
    startedAt !== null &&
    end !== null &&
    intervals.some(({ from, to }) => from <= startedAt - COVERED_BEFORE_MS && to >= end + COVERED_AFTER_MS);
  return { complete, logStart: around?.from ?? null, logEnd: around?.to ?? null };
}

import type { Observed, StoredEvent } from '../model.ts';
import { highest, lowest, median } from '../numbers.ts';
import type { Attempt } from './attempts.ts';

/** What the lines of an attempt show in figures. */
export function observe(attempt: Attempt, timeline: readonly StoredEvent[]): Observed {
  const steps = attempt.events.filter((event) => event.type === 'downtime-step');
  const intervals = intervalsOf(attempt.events);
  const settled = afterFirstRise(intervals);
  return {
    max_step_ms: steps.length === 0 ? null : highest(steps.map(({ fields }) => Number(fields.downtime_ms))),
    last_step_s: steps.length === 0 ? null : Number(steps.at(-1)?.fields.elapsed_s),
    throughput_bytes_s: median(intervals.map(({ sent, seconds }) => sent / seconds)),
    dirty_ratio: median(settled.filter(({ sent }) => sent > 0).map(({ sent, rise }) => (sent + rise) / sent)),
    pause_ms: pauseOf(attempt, timeline),
    throttle_percent: null,
    tunnelled: tunnelOf(timeline),
  };
}

interface Interval {
  readonly seconds: number;
  /** Bytes put on the wire. */
  readonly sent: number;
  /** Growth of what remains, in bytes; negative while it shrinks. */
  readonly rise: number;
}

/** Between neighbouring progress lines; the first ones often say total=0, as the job is being set up. */
function intervalsOf(events: readonly StoredEvent[]): Interval[] {
  const samples = events.filter(
    ({ type, at, fields }) => type === 'progress' && at !== null && Number(fields.memory_total) > 0,
  );
  return samples.slice(1).flatMap((sample, index) => {
    const before = samples[index] as StoredEvent;
    const seconds = ((sample.at as number) - (before.at as number)) / 1000;
    const sent = difference(sample, before, 'memory_processed');
    return seconds > 0 && sent >= 0 ? [{ seconds, sent, rise: difference(sample, before, 'memory_remaining') }] : [];
  });
}

function difference(after: StoredEvent, before: StoredEvent, field: string): number {
  return Number(after.fields[field]) - Number(before.fields[field]);
}

/** In the first pass zero pages make what remains shrink faster than bytes are sent: no dirty rate before the first rise. */
function afterFirstRise(intervals: readonly Interval[]): readonly Interval[] {
  const first = intervals.findIndex(({ rise }) => rise > 0);
  return first < 0 ? [] : intervals.slice(first);
}

/** From the source's pause to the destination's resume, by the epochs that libvirt gave the events, not by line times. */
function pauseOf(attempt: Attempt, timeline: readonly StoredEvent[]): number | null {
  if (!attempt.types.has('completed')) return null;
  const epochs = (state: string) =>
    timeline.flatMap(({ type, fields }) =>
      type === 'lifecycle' && fields.state === state && typeof fields.epoch_s === 'number' ? [fields.epoch_s] : [],
    );
  const paused = highest(epochs('Paused'));
  const resumed = lowest(epochs('Resumed').filter((epoch) => epoch >= paused));
  return Number.isFinite(paused) && Number.isFinite(resumed) ? Math.round((resumed - paused) * 1000) : null;
}

/** The fork says at INFO where it tunnels, under the request id of its other lines, and nothing where it does not. */
function tunnelOf(timeline: readonly StoredEvent[]): boolean | null {
  if (timeline.some(({ type }) => type === 'tunnel-enabled')) return true;
  const told = timeline.some(
    ({ type, level, requestId }) => type === 'monitor-started' && level === 'INFO' && requestId !== null,
  );
  return told ? false : null;
}

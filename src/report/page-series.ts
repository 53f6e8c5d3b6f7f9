import type { Proof } from '../judgement.ts';
import type { Migration, Sample } from '../model.ts';
import { ratesOf, risesIn } from '../statistics/rates.ts';
import { allReadings } from '../statistics/readings.ts';
import { seriesOf } from './explain-chart.ts';
import type { PageDetail, PagePause, PageReadings } from './page-shapes.ts';

/** What was sent and what remained over time, with the rates in between. */
export function readingsShown(migration: Migration, samples: readonly Sample[]): PageReadings {
  const readings = allReadings(migration, samples);
  const rates = ratesOf(readings);
  const begun = migration.startedAt ?? readings[0]?.at ?? 0;
  const printed = new Set<Proof>(migration.timeline);
  // Four digits are more than progress lines are worth, and thousands of migrations are to fit into one file.
  const short = (value: number | null) => (value === null ? null : Number(value.toPrecision(4)));
  return {
    from: readings.every(({ proof }) => printed.has(proof)) ? 'log' : 'samples',
    at_s: readings.map(({ at }) => (at - begun) / 1000),
    remaining_bytes: readings.map(({ remaining }) => remaining),
    processed_bytes: readings.map(({ processed }) => processed),
    wire_bytes_s: rates.map(({ wire_bytes_s }) => short(wire_bytes_s)),
    dirty_bytes_s: rates.map(({ dirty_bytes_s }) => short(dirty_bytes_s)),
    total_bytes: readings.at(-1)?.total ?? null,
    rises: risesIn(readings),
  };
}

/** The downtime that nova allowed, from each of its lines on. */
export function stepsOf(migration: Migration): PageDetail['downtime_steps'] {
  return seriesOf(migration).steps.map(({ x, y }) => ({ at_s: x, downtime_ms: y }));
}

/**
 * The throttle that QEMU's own figures of the running job show, of the file that has most of them. Nothing where libvirt is too
 * old to print passes: then it prints no throttle either, and none would be no zero.
 */
export function throttleOf({ startedAt, endedAt }: Migration, samples: readonly Sample[]): PageDetail['throttle'] {
  if (startedAt === null) return [];
  const telling = samples.filter(
    ({ kind, at, fields }) =>
      kind === 'job' &&
      fields.live === true &&
      (fields.status ?? 'active') === 'active' &&
      Number(fields.iteration) > 0 &&
      at >= startedAt &&
      at <= (endedAt ?? Number.POSITIVE_INFINITY),
  );
  const files = [...Map.groupBy(telling, ({ ref }) => ref.path).values()];
  const fullest = files.toSorted((a, b) => b.length - a.length)[0] ?? [];
  return fullest
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, fields }) => ({ at_s: (at - startedAt) / 1000, percent: Number(fields.throttle_percent ?? 0) }));
}

/**
 * When the guest of a migration that completed was paused: from the line that says so, for as long as the epochs say, else to
 * the line of its resume.
 */
export function pauseOf({ observed, timeline, startedAt, outcome }: Migration): PagePause | null {
  const timed = (state: string) =>
    timeline.filter(({ type, fields, at }) => type === 'lifecycle' && fields.state === state && at !== null);
  const paused = timed('Paused').at(-1)?.at;
  if (paused == null || startedAt === null || outcome !== 'completed') return null;
  const { pause_ms } = observed;
  const resumed = pause_ms === null ? timed('Resumed').find(({ at }) => (at ?? 0) >= paused)?.at : paused + pause_ms;
  return resumed == null ? null : { from_s: (paused - startedAt) / 1000, to_s: (resumed - startedAt) / 1000, pause_ms };
}

import type { Reading } from '../explanation.ts';
import type { Migration, Sample, StoredEvent } from '../model.ts';
import { MIB } from '../numbers.ts';

/**
 * What was sent and what remained, in order of time, while the guest ran: as all readings, but under post-copy, and once nova
 * ended it or paused the guest, what remains tells nothing.
 */
export function readingsOf(migration: Migration, samples: readonly Sample[]): Reading[] {
  const until = undisturbedUntil(migration);
  return allReadings(migration, samples).filter(({ at }) => at < until);
}

/** What was sent and what remained, in order of time: from nova's progress lines or from the samples of the job, whichever are more. */
export function allReadings({ startedAt, timeline }: Migration, samples: readonly Sample[]): Reading[] {
  const from = startedAt ?? Number.NEGATIVE_INFINITY;
  const printed = timeline.flatMap(progressReading);
  const sampled = samples.flatMap(sampleReading);
  const readings = sampled.length > printed.length ? sampled : printed;
  return readings.filter(({ at, total }) => at >= from && total > 0).sort((a, b) => a.at - b.at);
}

const DISTURBING: ReadonlySet<string> = new Set([
  ...['timeout', 'stuck', 'postcopy-switch', 'failure', 'completed', 'aborted', 'cancelled'],
]);

function undisturbedUntil({ timeline, sourceHost, startedAt }: Migration): number {
  const disturbs = ({ type, host, fields }: StoredEvent) =>
    DISTURBING.has(type) || (type === 'lifecycle' && host === sourceHost && fields.state === 'Paused');
  const event = timeline.find((each) => each.at !== null && each.at >= (startedAt ?? 0) && disturbs(each));
  return event?.at ?? Number.POSITIVE_INFINITY;
}

function progressReading(event: StoredEvent): Reading[] {
  const { type, at, fields } = event;
  if (type !== 'progress' || at === null) return [];
  // The fork prints whole MiB, rounded down.
  const grain = fields.expected_downtime_ms === undefined ? 0 : MIB;
  return reading(at, fields, grain, event);
}

/** virsh prints three decimals of GiB. */
function sampleReading(sample: Sample): Reading[] {
  const { kind, at, fields } = sample;
  return kind === 'job' && fields.live === true && fields.status === 'active' ? reading(at, fields, MIB, sample) : [];
}

function reading(at: number, fields: Sample['fields'], grain: number, proof: Reading['proof']): Reading[] {
  const { memory_processed: processed, memory_remaining: remaining, memory_total: total } = fields;
  if (typeof processed !== 'number' || typeof remaining !== 'number' || typeof total !== 'number') return [];
  return [{ at, processed, remaining, total, grain, proof }];
}

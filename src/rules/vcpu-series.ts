import type { Sample } from '../model.ts';
import { median } from '../numbers.ts';
import type { RunningSpan } from './running-span.ts';
import { figure, sureFigure } from './sample-fields.ts';

/** Samples of vCPUs: top's rows, schedstat. */
export type VcpuSampleKind = 'vcpu' | 'schedstat';

/** The CPU of a vCPU's thread over the time up to a sample. */
export interface Share {
  /** From when (ms) the figure counts; null for top's rows, which do not say. */
  readonly since: number | null;
  readonly at: number;
  /** Percent of the time that it ran (top), or slept: neither ran nor waited for a CPU (schedstat). */
  readonly percent: number;
  readonly sample: Sample;
}

export interface VcpuSeries {
  readonly number: number | null;
  /** Middle of the 30 s before the memory is sent; null where fewer than three samples lie there. */
  readonly baseline: number | null;
  readonly before: readonly Share[];
  readonly during: readonly Share[];
}

/** So long before the start (ms), and so many samples in it, make a baseline. */
const BASELINE_MS = 30_000;
const BASELINE_SAMPLES = 3;

/** The vCPUs' time on the CPU in top (`vcpu`) or their sleep in schedstat, before and during a migration; of the source host. */
export function vcpuSeries(
  samples: readonly Sample[],
  kind: VcpuSampleKind,
  span: RunningSpan,
  host: string | null,
): VcpuSeries[] {
  const mine = samples.filter(
    (each) => each.kind === kind && (each.host === null || host === null || each.host === host),
  );
  const threads = Map.groupBy(mine, ({ host: on, ref, fields }) => [on, ref.path, fields.pid, fields.vcpu].join(' '));
  return [...threads.values()].map((thread) => {
    const ordered = thread.toSorted((a, b) => a.at - b.at);
    const shares = kind === 'vcpu' ? ordered.map(ranShare) : sleptShares(ordered);
    const before = shares.filter(({ since, at }) => at <= span.untouched && (since ?? at) >= span.from - BASELINE_MS);
    return {
      number: figure(thread[0] as Sample, 'vcpu'),
      baseline: before.length < BASELINE_SAMPLES ? null : median(before.map(({ percent }) => percent)),
      before,
      during: shares.filter(({ since, at }) => (since ?? at) >= span.untouched && at <= span.to),
    };
  });
}

function ranShare(sample: Sample): Share {
  return { since: null, at: sample.at, percent: sureFigure(sample, 'cpu_percent'), sample };
}

/** Samples further apart than this (ms) are of another time. */
const APART_MS = 15_000;

/** Where a thread seems to have had more time than there was (percent), the samples are of several threads. */
const MOST = 150;

/** Of neighbouring samples; where a counter falls, another thread took the number. */
function sleptShares(ordered: readonly Sample[]): Share[] {
  return ordered.slice(1).flatMap((sample, index) => {
    const before = ordered[index] as Sample;
    const [ran, waited, passed] = [
      grown(before, sample, 'run_ns'),
      grown(before, sample, 'wait_ns'),
      sample.at - before.at,
    ];
    if (ran === null || waited === null || passed <= 0 || passed > APART_MS) return [];
    const accounted = (ran + waited) / passed / 1e4;
    const percent = Math.min(100, Math.max(0, 100 - accounted));
    if (accounted > MOST) return [];
    return [{ since: before.at, at: sample.at, percent, sample }];
  });
}

function grown(before: Sample, after: Sample, field: string): number | null {
  const [then, now] = [figure(before, field), figure(after, field)];
  return then === null || now === null || now < then ? null : now - then;
}

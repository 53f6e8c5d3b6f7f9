import type { Proof } from '../judgement.ts';
import type { Sample } from '../model.ts';
import { highest, median } from '../numbers.ts';
import type { Reading } from './reading.ts';
import type { Span } from './running-span.ts';
import { ends, figure, sureFigure } from './sample-fields.ts';

/** QEMU's own rule: a period counts where more than half of what was sent was dirtied (migration/ram.c). Measured: 0.49 did not count, 0.54 did. */
const SURELY_HIGH = 0.6;
const SURELY_LOW = 0.4;
/** A period is at least so long (ms). */
const PERIOD_MS = 1_000;
/** Two make QEMU throttle, three did before 2.10. */
const HIGH_PERIODS = 3;
/** Nothing can be throttled before the third pass. */
const FIRST_PASS = 3;
/** So many clean samples, no further apart, show that nothing was throttled. */
const CLEAN = 5;
const SPACING_MS = 5_000;

/** What QEMU's own figures of the job say (evidence level L1): virsh domjobinfo, query-migrate, libvirtd's log. */
export function readJob(samples: readonly Sample[], span: Span): Reading {
  const series = runningJobs(samples, span);
  const readings = series.map((each) => readSeries(each, span));
  const rank = ({ shows, due }: Reading) =>
    shows === 'throttled' ? 0 : shows === 'unthrottled' ? 1 : due === 'unknown' ? 3 : 2;
  const best = readings.toSorted((a, b) => rank(a) - rank(b))[0];
  return best ?? { level: 'L1', shows: 'nothing', due: 'unknown', dueFrom: null, weak: false, text: '', evidence: [] };
}

/**
 * The samples of the running job, by the file they lie in, in order of time, without those that libvirtd's log repeats. Nothing
 * of --completed, of a job in setup or on its way out, or of a destination.
 */
export function runningJobs(samples: readonly Sample[], span: Span): Sample[][] {
  const running = samples.filter(
    ({ kind, at, fields }) =>
      kind === 'job' && at >= span.from && at <= span.to && fields.live === true && fields.status === 'active',
  );
  const files = Map.groupBy(running, ({ ref }) => ref.path);
  return [...files.values()].map((each) => withoutRepeats(each.toSorted((a, b) => a.at - b.at)));
}

/** The throttle that a sample shows (percent), 0 where the running job prints none. */
export function throttleOf(sample: Sample): number {
  return sureFigure(sample, 'throttle_percent');
}

/** True in the first passes: what is throttled there was throttled before. */
export function isEarly(sample: Sample): boolean {
  return (figure(sample, 'iteration') ?? FIRST_PASS) < FIRST_PASS;
}

const REPEAT_MS = 400;

/** Keeps the one of two that shows more. */
function withoutRepeats(ordered: readonly Sample[]): Sample[] {
  const kept: Sample[] = [];
  for (const sample of ordered) {
    const last = kept.at(-1);
    if (last === undefined || sample.at - last.at >= REPEAT_MS) kept.push(sample);
    else if (throttleOf(sample) > throttleOf(last)) kept[kept.length - 1] = sample;
  }
  return kept;
}

function readSeries(series: readonly Sample[], span: Span): Reading {
  const throttled = series.filter((sample) => throttleOf(sample) > 0 && !isEarly(sample));
  const { high, possible } = periods(series);
  const dueFrom = high[HIGH_PERIODS - 1]?.at ?? null;
  const due =
    dueFrom !== null || throttled.length > 0 ? 'due' : possible < 2 && whole(series, span) ? 'not due' : 'unknown';
  const base = { level: 'L1', due, dueFrom, weak: false } as const;
  if (throttled.length > 0) return { ...base, shows: 'throttled', ...throttledText(series, throttled) };
  const clean = dueFrom === null ? [] : series.filter((sample) => sample.at >= dueFrom && passOf(sample) >= FIRST_PASS);
  if (clean.length >= CLEAN && gapless(clean)) {
    const text = `the job's own figures show no throttle in ${clean.length} samples after ${HIGH_PERIODS} periods in which the guest dirtied more than half of what was sent`;
    return { ...base, shows: 'unthrottled', text, evidence: [...high.slice(0, HIGH_PERIODS), ...ends(clean, CLEAN)] };
  }
  return { ...base, shows: 'nothing', text: undecided(series, high.length, due), evidence: ends(series, CLEAN) };
}

function throttledText(series: readonly Sample[], throttled: readonly Sample[]): { text: string; evidence: Proof[] } {
  const first = throttled[0] as Sample;
  const highest = throttled.reduce((most, sample) => (throttleOf(sample) > throttleOf(most) ? sample : most), first);
  const before = series.findLast(({ at }) => at < first.at);
  const values =
    throttleOf(first) === throttleOf(highest)
      ? `${throttleOf(first)} %`
      : `${throttleOf(first)} to ${throttleOf(highest)} %`;
  return {
    text: `the job's own figures show a throttle of ${values} in ${throttled.length} of ${series.length} samples`,
    evidence: [...(before ? [before] : []), first, ...(highest === first ? [] : [highest])],
  };
}

function undecided(series: readonly Sample[], high: number, due: Reading['due']): string {
  const pass = highest([0, ...series.map(passOf)]);
  if (due === 'not due' && pass < FIRST_PASS)
    return `the job's own figures end at pass ${pass}, and nothing is throttled before the third`;
  if (due === 'not due')
    return "the job's own figures show no two periods in which the guest dirtied more than half of what was sent";
  if (due === 'due')
    return `the job's own figures show no throttle, but fewer than ${CLEAN} samples at most ${SPACING_MS / 1000} s apart when it was due`;
  return `the job's own figures show no throttle, and ${high} periods in which the guest surely dirtied more than half of what was sent: ${HIGH_PERIODS} are needed`;
}

/** The first sample of each period (a pass that ended at least a second after the one before) that is surely high; how many may be. */
function periods(series: readonly Sample[]): { high: Sample[]; possible: number } {
  const sent = median(rates(series.filter((sample) => passOf(sample) >= 2)));
  const high: Sample[] = [];
  let possible = 0;
  let last: { at: number; pass: number } | null = null;
  for (const sample of series) {
    const [pass, dirty] = [passOf(sample), figure(sample, 'dirty_bytes_s')];
    if (pass < 2 || (last !== null && (pass <= last.pass || sample.at - last.at < PERIOD_MS * 0.9))) continue;
    last = { at: sample.at, pass };
    const bandwidth = sent ?? figure(sample, 'bandwidth_bytes_s');
    // Libvirt before 3.9 prints no page size, hence no rate in bytes; before 2.0 no throttle either.
    if (dirty === null || bandwidth === null || dirty > SURELY_LOW * bandwidth) possible++;
    if (dirty !== null && bandwidth !== null && dirty > SURELY_HIGH * bandwidth) high.push(sample);
  }
  return { high, possible };
}

/** Bytes sent each second between neighbouring samples. */
function rates(series: readonly Sample[]): number[] {
  return series.slice(1).flatMap((sample, index) => {
    const before = series[index] as Sample;
    const [now, then] = [figure(sample, 'memory_processed'), figure(before, 'memory_processed')];
    return now === null || then === null || now <= then ? [] : [((now - then) * 1000) / (sample.at - before.at)];
  });
}

/** QEMU's count of passes; 0 where the job is not so far, or libvirt is too old to print it (and the throttle). */
function passOf(sample: Sample): number {
  return figure(sample, 'iteration') ?? 0;
}

/** The samples follow the job from its first passes to its end. */
function whole(series: readonly Sample[], span: Span): boolean {
  const [first, last] = [series[0], series.at(-1)];
  const begins = first !== undefined && passOf(first) < FIRST_PASS;
  return begins && last !== undefined && span.to - last.at <= SPACING_MS && gapless(series);
}

function gapless(samples: readonly Sample[]): boolean {
  return samples.every((sample, index) => index === 0 || sample.at - (samples[index - 1] as Sample).at <= SPACING_MS);
}

/** The first samples and the last: enough to find the others. */

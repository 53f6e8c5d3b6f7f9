import { highest, lowest } from '../numbers.ts';
import type { PageDetail } from '../report/page-shapes.ts';
import { bytesText, rateText } from '../report/views/words.ts';

/** A line of a chart. `stairs`: 1 holds from its point on, -1 up to it; null: straight from point to point. */
export interface Line {
  readonly label: string;
  readonly unit: string;
  /** The name of its colour in the style sheet. */
  readonly colour: string;
  readonly dash: readonly number[] | null;
  readonly stairs: 1 | -1 | null;
  readonly points: boolean;
}

/** A chart: seconds from the start, then a column for each of its lines. */
export interface Panel {
  readonly title: string;
  /** What it shows, in words. */
  readonly summary: string;
  readonly height: number;
  /** The axis reaches at least so far. */
  readonly least: number;
  readonly series: readonly Line[];
  readonly columns: readonly (readonly (number | null)[])[];
  /** Where its only line is a saw-tooth: the points before which a pass ended unseen. */
  readonly rises: readonly number[] | null;
}

/** The charts of a migration, those for which it has figures. */
export function panelsOf(detail: PageDetail): Panel[] {
  return [remaining(detail), rates(detail), downtime(detail), throttle(detail)].filter((panel) => panel !== null);
}

/** The time that its charts cover: from its first line to its end, and to the deadline where that is not far off. */
export function spanOf(detail: PageDetail): [from: number, to: number] {
  const { readings, downtime_steps: steps, throttle: samples, moments, duration_s } = detail;
  const times = [
    ...readings.at_s,
    ...[...steps, ...samples].map(({ at_s }) => at_s),
    ...moments.flatMap(({ from_s, to_s }) => [from_s, to_s]),
    duration_s,
  ].filter((time) => time !== null);
  const [first, last] = [lowest([0, ...times]), highest([1, ...times])];
  const deadline = deadlineOf(detail);
  const end = deadline !== null && deadline <= last * NEAR ? Math.max(last, deadline) : last;
  const margin = (end - first) * 0.015;
  return [first - margin, end + margin];
}

const NEAR = 1.5;

/** When the timeout in force is over (s); null where it is off or not known. */
export function deadlineOf({ settings }: PageDetail): number | null {
  const value = settings.find(({ key }) => key === 'timeout_s')?.value;
  return typeof value === 'number' && value > 0 ? value : null;
}

const PLAIN: Omit<Line, 'label' | 'unit' | 'colour'> = { dash: null, stairs: null, points: false };
const [MIB, GIB] = [2 ** 20, 2 ** 30];

function remaining({ readings }: PageDetail): Panel | null {
  const { at_s, remaining_bytes: bytes } = readings;
  if (at_s.length === 0) return null;
  const most = highest([0, ...bytes]);
  const [size, unit] = most >= 4 * GIB ? [GIB, 'GiB'] : [MIB, 'MiB'];
  return {
    title: `Memory remaining (${unit})`,
    summary: `Memory remaining at ${at_s.length} moments: ${bytesText(bytes[0] ?? 0)} at first, ${bytesText(bytes.at(-1) ?? 0)} at last, ${bytesText(most)} at most.`,
    height: 185,
    least: 1,
    series: [{ ...PLAIN, label: 'remaining', unit, colour: '--remaining', points: true }],
    columns: [at_s, bytes.map((each) => each / size)],
    rises: readings.rises,
  };
}

function rates({ readings }: PageDetail): Panel | null {
  const { at_s, wire_bytes_s: wire, dirty_bytes_s: dirty } = readings;
  const known = (values: readonly (number | null)[]) => values.filter((value) => value !== null);
  if (known(wire).length === 0) return null;
  const inMib = (values: readonly (number | null)[]) => values.map((value) => (value === null ? null : value / MIB));
  const told = (values: readonly (number | null)[]) => {
    const sorted = known(values).toSorted((a, b) => a - b);
    return sorted.length === 0 ? 'not known' : `${rateText(sorted[0] ?? 0)} to ${rateText(sorted.at(-1) ?? 0)}`;
  };
  return {
    title: 'On the wire, and dirtied by the guest (MiB/s)',
    summary: `Rates between the readings: on the wire ${told(wire)}; dirtied ${told(dirty)}.`,
    height: 135,
    least: 1,
    series: [
      { ...PLAIN, label: 'wire', unit: 'MiB/s', colour: '--wire', stairs: -1 },
      { ...PLAIN, label: 'dirtied', unit: 'MiB/s', colour: '--dirty', stairs: -1, dash: [2, 3] },
    ],
    columns: [at_s, inMib(wire), inMib(dirty)],
    rises: null,
  };
}

/** Stairs up to the end, beside the limit in force. */
function downtime(detail: PageDetail): Panel | null {
  const { downtime_steps: steps, settings } = detail;
  if (steps.length === 0) return null;
  const limit = settings.find(({ key }) => key === 'max_downtime_ms');
  const most = typeof limit?.value === 'number' ? limit.value : null;
  const end = Math.max(detail.duration_s ?? 0, steps.at(-1)?.at_s ?? 0);
  const at_s = [...steps.map((step) => step.at_s), end];
  const allowed = [...steps.map(({ downtime_ms }) => downtime_ms), steps.at(-1)?.downtime_ms ?? null];
  const word = limit?.declared ? 'limit' : 'limit (assumed)';
  const line: Line = { ...PLAIN, label: word, unit: 'ms', colour: '--limit', dash: [8, 5] };
  return {
    title: 'Downtime allowed (ms)',
    summary: `Downtime allowed: from ${steps[0]?.downtime_ms} to ${steps.at(-1)?.downtime_ms} ms in ${steps.length} steps; ${most === null ? 'no limit is known' : `the ${word} is ${most} ms`}.`,
    height: 125,
    least: (most ?? 0) * 1.1,
    series: [
      { ...PLAIN, label: 'allowed', unit: 'ms', colour: '--allowed', stairs: 1 },
      ...(most === null ? [] : [line]),
    ],
    columns: [at_s, allowed, ...(most === null ? [] : [at_s.map(() => most)])],
    rises: null,
  };
}

function throttle({ throttle: samples }: PageDetail): Panel | null {
  if (samples.length === 0) return null;
  const most = highest(samples.map(({ percent }) => percent));
  return {
    title: 'Throttle of the guest (%)',
    summary: `QEMU's throttle in ${samples.length} samples: ${most} % at most.`,
    height: 115,
    least: 100,
    series: [{ ...PLAIN, label: 'throttle', unit: '%', colour: '--throttle', stairs: 1 }],
    columns: [samples.map(({ at_s }) => at_s), samples.map(({ percent }) => percent)],
    rises: null,
  };
}

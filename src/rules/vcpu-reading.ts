import type { Case } from '../judgement.ts';
import { highest } from '../numbers.ts';
import type { ProgressFigures } from './progress-reading.ts';
import type { Reading } from './reading.ts';
import type { RunningSpan } from './running-span.ts';
import { ends } from './sample-fields.ts';
import { type Share, type VcpuSampleKind, type VcpuSeries, vcpuSeries } from './vcpu-series.ts';

/** The least share of time that a busy vCPU runs, the most that it sleeps (percent). */
const BUSY = { vcpu: 95, schedstat: 5 };
/** QEMU's first step takes 20 percent; on a starved host less of it is seen, for the thread waits at times where it would sleep. */
const FELT = 10;
/** A thread that sleeps all the time is idle or paused. */
const ALL = 90;
const NEIGHBOURS = 3;
const CLEAN = 5;
/** top rounds and averages: it must show the same for longer. */
const MORE_MS = { vcpu: 10_000, schedstat: 0 };

/** Where in a migration a missing throttle would mean something. */
export interface DueTime {
  /** From when on (ms) it was surely due; null where QEMU's own figures and nova's lines do not tell. */
  readonly from: number | null;
  readonly figures: ProgressFigures | null;
}

/**
 * What the vCPUs' time on the CPU says (evidence level L2). Where there is schedstat, which tells sleeping from waiting, top counts
 * only for a vCPU that kept its CPU.
 */
export function readVcpus(subject: Case, span: RunningSpan, due: DueTime): Reading {
  const slept = readKind('schedstat', subject, span, due);
  if (slept.shows !== 'nothing') return slept;
  const ran = readKind('vcpu', subject, span, due);
  return slept.text === '' || ran.shows === 'unthrottled' ? ran : slept;
}

function readKind(kind: VcpuSampleKind, { samples, migration, guest }: Case, span: RunningSpan, due: DueTime): Reading {
  const series = vcpuSeries(samples, kind, span, migration.sourceHost).filter(({ during }) => during.length > 0);
  const busy = series.filter((each) => isBusy(kind, each));
  const constant = guest?.workload.constant ?? false;
  const byLoad = constant && busy.length > 0 ? dueByLoad(due) : null;
  const dueFrom = due.from ?? byLoad;
  const weak = kind === 'vcpu' || !constant;
  const base = { level: 'L2', due: byLoad === null ? 'unknown' : 'due', dueFrom, weak } as const;
  const nothing = { ...base, shows: 'nothing', text: '', evidence: [] } as const;
  if (series.length === 0) return nothing;
  if (busy.length === 0) {
    return { ...nothing, text: `${TOOL[kind]} shows no vCPU that was surely busy before the migration` };
  }
  const fallen = busy.map((each) => falls(kind, each));
  if (fallen.every(({ losses }) => isThrottle(kind, losses, constant))) {
    const text = throttledText(kind, fallen);
    return { ...base, due: 'due', shows: 'throttled', text, evidence: proof(fallen) };
  }
  const window = fallen.map(({ losses }) =>
    losses.filter((share) => dueFrom !== null && (share.since ?? share.at) >= dueFrom),
  );
  if (longEnough(kind, span, dueFrom, due.figures) && window.every((each) => isClean(kind, each))) {
    const evidence = window.flatMap((each) =>
      ends(
        each.map(({ sample }) => sample),
        CLEAN,
      ),
    );
    return { ...base, weak: false, shows: 'unthrottled', text: cleanText(kind, window), evidence };
  }
  return { ...nothing, text: unclearText(kind, fallen), evidence: fallen.flatMap(furthestFall) };
}

/** Passes that a migration with a steady load lasts only where it does not converge: what is sent is dirtied again. */
const PASSES = 4;

function dueByLoad({ figures }: DueTime): number | null {
  return figures !== null && figures.to - figures.from >= PASSES * 1000 * figures.pass_s ? figures.from : null;
}

/** Where nova's lines do not show how long a pass is, QEMU's own figures said from when on it was due. */
function longEnough(
  kind: VcpuSampleKind,
  span: RunningSpan,
  from: number | null,
  figures: ProgressFigures | null,
): boolean {
  if (from === null) return false;
  if (figures === null) return kind === 'schedstat';
  return span.to - from >= PASSES * 1000 * figures.pass_s + MORE_MS[kind];
}

/** What a message calls the samples. */
export const TOOL = { vcpu: 'top', schedstat: 'schedstat' };

/** A vCPU of which is known what it used before the migration. */
type KnownVcpu = VcpuSeries & { readonly baseline: number };

/** True where the vCPU surely had work before the migration. */
export function isBusy(kind: VcpuSampleKind, series: VcpuSeries): series is KnownVcpu {
  const { baseline } = series;
  return baseline !== null && (kind === 'vcpu' ? baseline >= BUSY.vcpu : baseline <= BUSY.schedstat);
}

/** A busy vCPU, with the shares by how much it lost: against its baseline in top, slept in schedstat. */
interface Fallen {
  readonly before: readonly Share[];
  readonly losses: readonly Share[];
}

function falls(kind: VcpuSampleKind, { before, baseline, during }: KnownVcpu): Fallen {
  if (kind === 'schedstat') return { before, losses: during };
  return { before, losses: during.map((share) => ({ ...share, percent: Math.max(0, baseline - share.percent) })) };
}

/**
 * Three samples in a row in which a steady load sleeps, but not all the time. Without a declared steady load, and in top, where
 * a starved host looks the same, only QEMU's own staircase counts.
 */
function isThrottle(kind: VcpuSampleKind, shares: readonly Share[], constant: boolean): boolean {
  if (kind === 'vcpu' || !constant) return climbs(shares, kind === 'vcpu' ? 70 : 40);
  return shares.some((_, index) => {
    const row = shares.slice(index, index + NEIGHBOURS);
    return row.length === NEIGHBOURS && row.every(({ percent }) => percent >= FELT && percent <= ALL);
  });
}

/** What the figures may fall back by on their way up, and the most that they rise at once (percent). */
const NOISE = 12;
const AT_ONCE = 30;
/** QEMU releases the guest before nova notices the end: so many samples may lie in between. */
const RELEASED = 3;

/** From the first felt step to the release they rise step by step, to at least `to` percent. */
function climbs(shares: readonly Share[], to: number): boolean {
  const start = shares.findIndex(({ percent }) => percent >= FELT);
  const values = shares.slice(Math.max(0, start)).map(({ percent }) => percent);
  const [first] = values;
  if (start < 0 || first === undefined || values.length < CLEAN || first > AT_ONCE) return false;
  let most = first;
  for (const [index, value] of values.entries()) {
    if (value < most - NOISE && values.length - index <= RELEASED) break;
    if (value < most - NOISE || value > most + AT_ONCE) return false;
    most = Math.max(most, value);
  }
  return most >= to;
}

/** A single sample may be off: its time is that of the file, not of the kernel. */
function isClean(kind: VcpuSampleKind, shares: readonly Share[]): boolean {
  if (shares.length < CLEAN) return false;
  if (kind === 'vcpu') return shares.every(({ percent }) => percent <= 5);
  return shares.every(({ percent }, index) => Math.min(percent, shares[index + 1]?.percent ?? 0) <= BUSY.schedstat);
}

function throttledText(kind: VcpuSampleKind, fallen: readonly Fallen[]): string {
  const most = mostLost(fallen);
  const who = fallen.length === 1 ? 'the busy vCPU' : `all ${fallen.length} busy vCPUs`;
  return kind === 'vcpu'
    ? `top shows ${who} lose up to ${most} % step by step`
    : `schedstat shows ${who} sleep up to ${most} % of the time, not waiting for the host's CPUs`;
}

function cleanText(kind: VcpuSampleKind, window: readonly (readonly Share[])[]): string {
  const count = window.flat().length;
  return kind === 'vcpu'
    ? `top shows the busy vCPUs keep within 5 % of what they used before, in ${count} samples when throttling was due`
    : `schedstat shows the busy vCPUs sleep at most ${BUSY.schedstat} % of the time, in ${count} samples when throttling was due`;
}

function unclearText(kind: VcpuSampleKind, fallen: readonly Fallen[]): string {
  const most = mostLost(fallen);
  if (most < FELT) return `${TOOL[kind]} shows no vCPU slowed down, but too short a time in which it was surely due`;
  return kind === 'vcpu'
    ? `top shows the vCPUs lose up to ${most} %, which a starved host or a paused guest does as well`
    : `schedstat shows the vCPUs sleep up to ${most} % of the time, which a load that is not steady does as well`;
}

function mostLost(fallen: readonly Fallen[]): number {
  return Math.round(highest(fallen.flatMap(({ losses }) => losses).map(({ percent }) => percent)));
}

function proof(fallen: readonly Fallen[]) {
  return fallen.flatMap(({ before, losses }) => {
    const felt = losses.filter(({ percent }) => percent >= FELT);
    return [...before.slice(-1), ...felt.slice(0, NEIGHBOURS), ...felt.slice(NEIGHBOURS).slice(-1)].map(
      ({ sample }) => sample,
    );
  });
}

/** The sample in which the vCPU lost most. */
function furthestFall({ losses }: Fallen) {
  return losses
    .toSorted((a, b) => b.percent - a.percent)
    .slice(0, 1)
    .map(({ sample }) => sample);
}

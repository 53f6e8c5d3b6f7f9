import type { Case } from '../judgement.ts';
import type { Profile, StoredEvent, TimedEvent } from '../model.ts';
import { highest, MIB } from '../numbers.ts';
import type { Reading } from './reading.ts';
import type { Span } from './running-span.ts';
import { eventsOf, isTimed, numberOf, pairs } from './timeline.ts';

/** What nova's progress lines tell of the job: the wire, the passes, and the guest's share of what is sent. */
export interface ProgressFigures {
  readonly bandwidth_bytes_s: number;
  /** The longest that a pass may take (s). */
  readonly pass_s: number;
  /** From when on (ms) the first pass and two more were surely over. */
  readonly from: number;
  readonly to: number;
  /** Dirtied by sent bytes, and how far that may be off; null where no line shows what remains rise. */
  readonly ratio: { readonly value: number; readonly error: number } | null;
  readonly lines: readonly [first: TimedEvent, last: TimedEvent];
}

/** Passes that a window must span, for what remains is a saw-tooth: a window's ends may lie anywhere in a pass. */
const PASSES = 6;

/** Null where fewer than two lines show bytes in transit. */
export function progressFigures({ migration }: Pick<Case, 'migration'>, span: Span): ProgressFigures | null {
  const lines = eventsOf(migration, 'progress')
    .filter(isTimed)
    .filter((line) => line.at >= span.from && line.at <= span.to && numberOf(line, 'memory_total') > 0);
  const [first, last] = [lines[0], lines.at(-1)];
  if (first === undefined || last === undefined || last.at <= first.at) return null;
  const rise = pairs(lines).findIndex(([before, after]) => remaining(after) > remaining(before));
  const settled = rise < 0 ? [] : lines.slice(rise + 1);
  const start = settled[0] ?? first;
  const seconds = (last.at - start.at) / 1000;
  const sent = numberOf(last, 'memory_processed') - numberOf(start, 'memory_processed');
  if (seconds <= 0 || sent <= 0) return null;
  const bandwidth_bytes_s = sent / seconds;
  const most = rise < 0 ? numberOf(first, 'memory_total') : highest(settled.map(remaining));
  const pass_s = Math.max(1, most / bandwidth_bytes_s);
  const bulk = rise < 0 ? span.from + pass_s * 1000 : start.at;
  const value = (sent + remaining(last) - remaining(start)) / sent;
  const ratio = rise < 0 ? null : { value, error: pass_s / seconds };
  return { bandwidth_bytes_s, pass_s, from: bulk + 2 * pass_s * 1000, to: span.to, ratio, lines: [start, last] };
}

/** QEMU's own highest throttle; StarlingX patched it (stx-qemu 71dc083d9b). */
export function throttleCap(profile: Profile): number {
  return profile === 'stx-2018' ? 92 : 99;
}

/** Of a throttle of p %, the workload loses at least this share: not all of it is bound to the CPU. */
const FELT = 0.8;

/**
 * Nova's log alone (evidence level L3): never shows a throttle, and its absence only against a declared load that the
 * throttle would have slowed down enough to end.
 */
export function readProgress({ migration, settings, guest }: Case, figures: ProgressFigures | null): Reading {
  const due = dueByProgress(figures);
  const nothing = {
    level: 'L3',
    shows: 'nothing',
    due,
    dueFrom: figures?.from ?? null,
    weak: true,
    text: '',
    evidence: [],
  } as const;
  const load = guest?.workload;
  if (
    settings.auto_converge.value !== true ||
    figures?.ratio == null ||
    due !== 'due' ||
    migration.outcome === 'completed'
  )
    return nothing;
  if (!load?.constant || !load.cpu_bound || load.dirty_mib_s === null) return nothing;
  const seconds = (figures.to - figures.from) / 1000;
  const steps = Math.max(0, Math.floor(seconds / figures.pass_s / 2) - 2);
  const throttle = Math.min(20 + 10 * (steps - 1), throttleCap(settings.profile));
  const left = (1.25 * (1 - (FELT * throttle) / 100) * load.dirty_mib_s * MIB) / figures.bandwidth_bytes_s;
  if (steps < 3 || left >= 0.5) return nothing;
  const text = `nova's lines show it dirty ${percent(figures.ratio.value)} (+-${percent(figures.ratio.error)}) of what was sent to the end, where ${steps} steps of throttling would have left ${percent(left)} at most`;
  return { ...nothing, shows: 'unthrottled', text, evidence: figures.lines };
}

/**
 * Whether QEMU's trigger was surely met, from the guest's share of what was sent. Lines alone never show that it was not: a
 * share that low is off by as much.
 */
function dueByProgress(figures: ProgressFigures | null): 'due' | 'unknown' {
  if (figures === null || figures.ratio === null) return 'unknown';
  const { ratio, pass_s, lines } = figures;
  const [first, last] = lines;
  const enough = last.at - first.at >= PASSES * pass_s * 1000;
  return enough && ratio.value - ratio.error > 0.5 ? 'due' : 'unknown';
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`;
}

function remaining(line: StoredEvent): number {
  return numberOf(line, 'memory_remaining');
}

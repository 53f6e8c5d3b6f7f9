import type { Answer, NoSawTooth, Range, Reading, SawTooth } from '../explanation.ts';
import type { Case } from '../judgement.ts';
import type { Migration, Setting, Settings } from '../model.ts';
import { downtimeSchedule, starlingxDelay } from '../nova/schedule.ts';

/** What is known of the passes. */
export interface Passes {
  readonly found: SawTooth | NoSawTooth;
  readonly downtime: Answer;
  readonly readings: readonly Reading[];
}

/** The smallest timeout (s) with which it would have completed under the other settings. */
export function timeoutAnswer({ migration, settings }: Case, { found, downtime, readings }: Passes): Answer {
  const { outcome, duration_s } = migration;
  if (outcome === 'completed')
    return plain('not-needed', `It completed${duration_s === null ? '' : ` in ${Math.ceil(duration_s)} s`}.`);
  if (outcome === 'failed') return plain('none', 'None: what ended it was a failure, not the time.');
  if (outcome === 'running') return plain('unknown', 'It cannot be said: the log shows no end.');
  if (found === 'first-pass') return firstPass(readings, duration_s);
  const limit = highestAllowed(migration, settings);
  if (typeof found === 'string' || downtime.kind !== 'range' || limit === null) {
    return plain('unknown', 'It cannot be said: how much downtime it needed is not known.');
  }
  const { range } = downtime;
  if (range.low > limit) return overLimit(limit, settings, duration_s, downtime);
  if (range.high > limit)
    return plain(
      'unknown',
      `It cannot be said: the limit of ${limit} ms lies within the error of the downtime it needed.`,
    );
  return underLimit(range, limit, settings);
}

/** The limit in force, or what the lines show beyond it. */
function highestAllowed({ observed }: Migration, { max_downtime_ms }: Settings): number | null {
  const known = [max_downtime_ms.value, observed.max_step_ms].filter((limit) => limit !== null);
  return known.length === 0 ? null : Math.max(...known);
}

function plain(kind: 'none' | 'unknown' | 'not-needed', text: string): Answer {
  return { kind, text, proofs: [] };
}

/** A first pass that needed so many times what it ran stands still. */
const STILL = 20;

/** Before the first pass is over nobody sees how fast the guest dirties memory. */
function firstPass(readings: readonly Reading[], duration_s: number | null): Answer {
  const [first, last] = [readings[0], readings.at(-1)];
  const ran = Math.floor(duration_s ?? 0);
  const shrunk = first && last ? (first.remaining - last.remaining) / (last.at - first.at) : 0;
  if (!first || !last || !(shrunk > 0))
    return plain('unknown', 'It cannot be said: its first pass was not over, and its pace is not known.');
  const left = Math.ceil(last.remaining / shrunk / 1000);
  if (left > STILL * ran)
    return plain('unknown', 'It cannot be said: in its first pass the wire carried almost nothing.');
  const text = `More than the ${ran} s that it ran: at the pace seen its first pass needed another ${left} s, and then those that follow.`;
  return { kind: 'above', least: ran, text, proofs: [first.proof, last.proof] };
}

/** Waiting changes nothing where every pass leaves more than fits, unless the guest is throttled ever more. */
function overLimit(
  limit: number,
  { auto_converge, post_copy }: Settings,
  duration_s: number | null,
  { proofs }: Answer,
): Answer {
  const passes = `at ${limit} ms every pass leaves more than fits`;
  if (isSurelyOff(auto_converge) && post_copy.value !== true) return { kind: 'none', text: `None: ${passes}.`, proofs };
  const ran = Math.floor(duration_s ?? 0);
  const text = `More than the ${ran} s that it ran, if at all: ${passes}, and only throttling or post-copy could change that.`;
  return { kind: 'above', least: ran, text, proofs };
}

/** Off because somebody says so, not by an assumed default. */
function isSurelyOff({ value, declared, origin }: Setting<boolean>): boolean {
  return value === false && (declared || origin === 'log');
}

/** A step is set in nova's next turn, and the pass that runs must end. */
const TURN_S = 1;

/** It would have completed when the steps had come up to what it needed. */
function underLimit(range: Range, limit: number, settings: Settings): Answer {
  const { profile, timeout_s, downtime_steps, downtime_delay_s, data_gb } = settings;
  const steps = downtime_steps.value;
  const upstream = data_gb.value === null ? null : downtime_delay_s.value * data_gb.value;
  const delay =
    profile === 'upstream' ? upstream : timeout_s.value === null ? null : starlingxDelay(timeout_s.value, steps);
  if (delay === null || steps === 0)
    return plain(
      'unknown',
      'It cannot be said: when the downtime steps come is not known (the instance is not declared).',
    );
  const schedule = downtimeSchedule(limit, steps, delay, { curve: 'linear', integerDivision: true });
  const when = (ms: number) => schedule.find(([, allowed]) => allowed >= ms)?.[0] ?? steps * delay;
  const [low, high] = [when(range.low), when(range.high) + Math.ceil((2 * range.high) / 1000) + TURN_S];
  const text = `${low} to ${high} s: by then the downtime steps allow what it needed.`;
  return { kind: 'range', range: { low, high }, text, proofs: [] };
}

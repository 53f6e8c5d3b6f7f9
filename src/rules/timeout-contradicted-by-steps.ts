import type { Case, Finding, Rule } from '../judgement.ts';
import type { StoredEvent } from '../model.ts';
import { arithmeticsOf, downtimeSchedule, lastSteps, starlingxDelay, starlingxTimeouts } from '../nova/schedule.ts';
import { SOURCE_LOG_AND_SETTINGS } from './collect.ts';
import { declareIt, eventsOf, monitorStart, numberOf, originOf } from './timeline.ts';

export const timeoutContradictedBySteps: Rule = {
  id: 'timeout-contradicted-by-steps',
  title: 'downtime steps imply another timeout',
  why: 'the fork spreads its downtime steps over two thirds of the timeout: their distance shows the timeout even of a migration that never times out.',
  severity: 'error',
  needs: "the fork's downtime lines, and the timeout in force",
  undecided: 'with fewer than two downtime lines, or where nothing declares the timeout',
  collect: SOURCE_LOG_AND_SETTINGS,
  check,
};

function check({ migration, settings }: Case): Finding {
  if (settings.profile !== 'stx-2018')
    return { status: 'not-applicable', message: "upstream's steps do not depend on the timeout" };
  const steps = eventsOf(migration, 'downtime-step');
  const count = settings.downtime_steps.value;
  const timeout = settings.timeout_s;
  if (steps.length === 0 || count === null || timeout.value === null) {
    return { status: 'inconclusive', message: 'no downtime line: the steps do not show the timeout' };
  }
  const found = steps.length === 1 ? fromOneStep(migration, steps, settings) : fromSteps(steps, settings, count);
  const shown = `the steps imply ${found.implied}; ${timeout.value} s (${originOf(timeout)}) should be in force`;
  const evidence = steps.slice(0, 2);
  if (found.agrees === null) return { status: 'inconclusive', message: found.implied, evidence };
  if (found.agrees)
    return {
      status: 'pass',
      message: `the steps agree with a timeout of ${timeout.value} s (${originOf(timeout)})`,
      evidence,
    };
  if (timeout.declared && settings.downtime_steps.declared) return { status: 'fail', message: shown, evidence };
  return { status: 'inconclusive', message: `${shown}; ${declareIt('timeout', settings.profile)}`, evidence };
}

interface Reading {
  /** Null where the steps do not decide. */
  readonly agrees: boolean | null;
  readonly implied: string;
}

/** A lone step decides only whether the timeout is off: then nova allows the whole limit after 0 s and says no more. */
function fromOneStep(
  migration: Case['migration'],
  [step]: readonly StoredEvent[],
  settings: Case['settings'],
): Reading {
  const { timeout_s: timeout, max_downtime_ms: limit, downtime_steps: count } = settings;
  const undecided = { agrees: null, implied: 'fewer than two downtime lines: the steps do not show the timeout' };
  const whole = limit.value === null ? [] : lastSteps(limit.value, count.value ?? 1, settings.profile);
  const wholeAtOnce =
    numberOf(step, 'elapsed_s') === 0 && whole.includes(numberOf(step, 'downtime_ms')) && (count.value ?? 0) > 1;
  if (!limit.declared || !timeout.declared) return undecided;
  const delay = starlingxDelay(timeout.value ?? 0, count.value ?? 1);
  if (delay === 0) return wholeAtOnce ? { agrees: true, implied: '' } : undecided;
  const start = monitorStart(migration);
  const last = migration.timeline.findLast(
    ({ type, at }) => at !== null && (type === 'progress' || type === 'completed'),
  );
  if (!wholeAtOnce || start === null || last?.at == null) return undecided;
  // Had the timeout been on, a second step would have come by now.
  const due = start.at + 1000 * (delay + 5);
  return last.at >= due
    ? { agrees: false, implied: 'a timeout that is off: the whole limit was allowed at once' }
    : undecided;
}

/**
 * Marker k stands at k x int(2/3 timeout / steps): a late turn skips steps, so k is told by the downtime, where its limit is
 * known and the first step shows it in force.
 */
function fromSteps(steps: readonly StoredEvent[], settings: Case['settings'], count: number): Reading {
  const timeout = settings.timeout_s.value ?? 0;
  const delay = starlingxDelay(timeout, count);
  if (delay === 0)
    return { agrees: false, implied: `a timeout that leaves time between steps: there are ${steps.length} of them` };
  const limit = settings.max_downtime_ms.value;
  const opening = steps.find((step) => numberOf(step, 'elapsed_s') === 0);
  const inForce = !opening || indexOf(numberOf(opening, 'downtime_ms'), limit, count) === 0;
  const numbered = steps.flatMap((step) => {
    const index = inForce ? indexOf(numberOf(step, 'downtime_ms'), limit, count) : null;
    return index !== null && index > 0 ? [{ marker: numberOf(step, 'elapsed_s'), index }] : [];
  });
  const later = steps.map((step) => numberOf(step, 'elapsed_s')).filter((marker) => marker > 0);
  const first = numbered.length === later.length ? numbered[0] : { marker: later[0] ?? 0, index: 1 };
  if (first === undefined || first.marker === 0)
    return { agrees: null, implied: 'the steps stand at no time after 0 s' };
  const spacing = first.marker / first.index;
  const exact =
    later.every((marker) => marker % delay === 0) && (numbered.length !== later.length || spacing === delay);
  if (exact) return { agrees: true, implied: '' };
  const [least, most] = starlingxTimeouts(spacing, count);
  return { agrees: false, implied: `a timeout of ${least} to ${most} s (a step every ${spacing} s)` };
}

/** Which step of the limit's schedule allows this downtime, within 1 ms; null where none or more than one does. */
function indexOf(downtime: number, limit: number | null, count: number): number | null {
  if (limit === null) return null;
  const found = arithmeticsOf('stx-2018').flatMap((how) =>
    downtimeSchedule(limit, count, 1, how).flatMap(([index, value]) =>
      Math.abs(value - downtime) <= 1 ? [index] : [],
    ),
  );
  const unique = new Set(found);
  return unique.size === 1 ? (found[0] ?? null) : null;
}

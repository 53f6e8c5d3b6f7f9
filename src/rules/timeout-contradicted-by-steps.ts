import type { Case, Finding, Rule } from '../judgement.ts';
import type { Migration, StoredEvent } from '../model.ts';
import { arithmeticsOf, downtimeSchedule, lastSteps, starlingxDelay, starlingxTimeouts } from '../nova/schedule.ts';
import { SOURCE_LOG_AND_SETTINGS } from './collect.ts';
import { isOfLimit, isStepOf } from './schedules.ts';
import { declareIt, eventsOf, isTimed, monitorStart, numberOf, originOf } from './timeline.ts';

export const timeoutContradictedBySteps: Rule = {
  id: 'timeout-contradicted-by-steps',
  title: 'downtime steps imply another timeout',
  why: 'the fork spreads its downtime steps over two thirds of the timeout: their distance shows the timeout even of a migration that never times out.',
  severity: 'error',
  needs: "the fork's downtime lines, and the timeout in force",
  undecided: 'with one downtime line that could be of a timeout of either kind, or where nothing declares the timeout',
  collect: SOURCE_LOG_AND_SETTINGS,
  check,
};

function check(subject: Case): Finding {
  const { migration, settings } = subject;
  if (settings.profile !== 'stx-2018')
    return { status: 'not-applicable', message: "upstream's steps do not depend on the timeout" };
  const steps = eventsOf(migration, 'downtime-step');
  const timeout = settings.timeout_s;
  const [lone] = steps;
  if (lone === undefined || timeout.value === null) {
    return { status: 'inconclusive', message: 'no downtime line: the steps do not show the timeout' };
  }
  const delay = starlingxDelay(timeout.value, settings.downtime_steps.value);
  const found = steps.length === 1 ? fromOneStep(subject, lone, delay) : fromSteps(steps, settings, delay);
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

/** Nova takes no limit below this (flavor, image and instance: driver.py; nova.conf: conf/libvirt.py). */
const LEAST_LIMIT_MS = 100;

const UNDECIDED: Reading = {
  agrees: null,
  implied: 'fewer than two downtime lines: the steps do not show the timeout',
};

/** A lone step may show that the timeout is off: then nova allows the whole limit after 0 s and says no more. */
function fromOneStep(subject: Case, step: StoredEvent, delay: number): Reading {
  const { migration, settings } = subject;
  const { timeout_s: timeout, max_downtime_ms: limit, downtime_steps: count } = settings;
  const whole = lastSteps(limit.value, count.value, settings.profile);
  const wholeAtOnce =
    numberOf(step, 'elapsed_s') === 0 && whole.includes(numberOf(step, 'downtime_ms')) && count.value > 1;
  if (!limit.declared || !timeout.declared) return UNDECIDED;
  if (delay === 0) return wholeAtOnce ? { agrees: true, implied: '' } : climbing(step, settings);
  return wholeAtOnce ? withTimeoutOff(migration, delay) : withoutNext(subject, step, delay);
}

/** Had the timeout been on, a second step would have come by now. */
function withTimeoutOff(migration: Migration, delay: number): Reading {
  const start = monitorStart(migration);
  const last = migration.timeline.filter(isTimed).findLast(({ type }) => type === 'progress' || type === 'completed');
  if (start === null || last === undefined || last.at < start.at + 1000 * (delay + 5)) return UNDECIDED;
  return { agrees: false, implied: 'a timeout that is off: the whole limit was allowed at once' };
}

/** The limit's first step, and no other before a progress line: in each turn of its loop, nova says a step first. */
function withoutNext({ migration, settings, coverage }: Case, step: StoredEvent, delay: number): Reading {
  const start = monitorStart(migration);
  const last = eventsOf(migration, 'progress').findLast(isTimed);
  if (start === null || last === undefined || last.at < start.at + 1000 * (delay + 2)) return UNDECIDED;
  if (numberOf(step, 'elapsed_s') > 0 || !isOfLimit([step], settings.max_downtime_ms.value, settings)) return UNDECIDED;
  if (!coverage.complete || !coverage.info || migration.clockStep) return UNDECIDED;
  const seconds = Math.round((last.at - start.at) / 1000);
  return { agrees: false, implied: `a longer timeout: no second step came within ${seconds} s` };
}

/** Less than any limit allowed after 0 s is no whole limit: it is the first of several steps. */
function climbing(step: StoredEvent, settings: Case['settings']): Reading {
  if (numberOf(step, 'downtime_ms') >= LEAST_LIMIT_MS) return UNDECIDED;
  if (!isOfLimit([step], settings.max_downtime_ms.value, settings)) return UNDECIDED;
  return { agrees: false, implied: `a timeout that is on: ${numberOf(step, 'downtime_ms')} ms is a first step` };
}

/**
 * Marker k stands at k x int(2/3 timeout / steps): a late turn skips steps, so k is told by the downtime, where the limit is
 * known and the steps show it in force; else only the markers count.
 */
function fromSteps(steps: readonly StoredEvent[], settings: Case['settings'], delay: number): Reading {
  if (delay === 0)
    return { agrees: false, implied: `a timeout that leaves time between steps: there are ${steps.length} of them` };
  const markers = steps.map((step) => numberOf(step, 'elapsed_s')).filter((marker) => marker > 0);
  const [first] = markers;
  if (first === undefined) return { agrees: null, implied: 'the steps stand at no time after 0 s' };
  const spacings = spacingsOf(steps, first, settings);
  const [spacing = first] = spacings;
  const agrees = spacings.length > 0 ? spacings.includes(delay) : markers.every((marker) => marker % delay === 0);
  if (agrees && spacings.length > 1)
    return {
      agrees: null,
      implied: `a step every ${spacings.join(' or ')} s: the downtimes do not tell which step is which`,
    };
  if (agrees) return { agrees, implied: '' };
  const [least, most] = starlingxTimeouts(spacing, settings.downtime_steps.value);
  return { agrees, implied: `a timeout of ${least} to ${most} s (a step every ${spacing} s)` };
}

/** The seconds between steps with which all of them are of the limit's schedule; none where it is not in force. */
function spacingsOf(steps: readonly StoredEvent[], first: number, settings: Case['settings']): number[] {
  const [ms, most] = [settings.max_downtime_ms.value, settings.downtime_steps.value];
  if (!isOfLimit(steps, ms, settings)) return [];
  const places = Array.from({ length: most }, (_, index) => index + 1);
  return places
    .map((place) => first / place)
    .filter(Number.isInteger)
    .filter((delay) =>
      arithmeticsOf('stx-2018').some((how) => {
        const schedule = downtimeSchedule(ms, most, delay, how);
        return steps.every((step) => isStepOf(schedule, step));
      }),
    );
}

import type { Case, Finding, Rule } from '../judgement.ts';
import type { Migration, StoredEvent, TimedEvent } from '../model.ts';
import { SOURCE_LOG_AND_SETTINGS } from './collect.ts';
import { inWords, isOfAnotherTimeout, isScheduleDeclared, isStepOf, schedulesOf } from './schedules.ts';
import { eventsOf, isTimed, monitorStart, numberOf } from './timeline.ts';

export const downtimeScheduleMismatch: Rule = {
  id: 'downtime-schedule-mismatch',
  title: 'downtime steps of another schedule',
  why: 'limit, number of steps and delay give one schedule; nova may skip steps where a turn comes late, but prints no others.',
  severity: 'warning',
  needs: 'the downtime lines, and limit, steps and delay (upstream: and the size; the fork: the timeout instead)',
  undecided: 'where a part of the schedule is not declared: then it says what the lines fit',
  collect: SOURCE_LOG_AND_SETTINGS,
  check,
};

/** Seconds by which a step may stand off its mark: then the monitor stalled. */
const STALL_S = 2.5;
const LONG_STALL_S = 10;

function check({ migration, settings, shown }: Case): Finding {
  const steps = eventsOf(migration, 'downtime-step');
  if (steps.length === 0)
    return { status: 'inconclusive', message: 'no downtime line: the log does not show the steps' };
  const declared = isScheduleDeclared(settings) && !migration.clockStep;
  const fallen = steps.findIndex((step, index) => index > 0 && !isMore(step, steps[index - 1]));
  if (fallen > 0) {
    const evidence = steps.slice(fallen - 1, fallen + 1);
    const message = `after ${evidence.map((step) => `${numberOf(step, 'downtime_ms')} ms`).join(' nova allowed ')}: steps only rise`;
    return { status: declared ? 'fail' : 'inconclusive', message, evidence };
  }
  const [first, ...others] = schedulesOf(settings).map((schedule) => steps.filter((step) => !isStepOf(schedule, step)));
  const outside = others.reduce((least, next) => (least && next.length < least.length ? next : least), first);
  if (outside === undefined) return { status: 'inconclusive', message: unknown(inWords(shown)), evidence: steps };
  const [odd] = outside;
  if (odd === undefined) return inTime(migration, steps);
  if (isOfAnotherTimeout(settings, steps, shown)) {
    const { value } = settings.max_downtime_ms;
    if (steps.length > 1)
      return {
        status: 'pass',
        message: `the lines are steps of ${value} ms, but of another timeout: see timeout-contradicted-by-steps`,
        evidence: steps,
      };
    const message = `one line after 0 s could be of ${value} ms with another timeout, or of another limit`;
    return { status: 'inconclusive', message, evidence: steps };
  }
  const message = `${numberOf(odd, 'downtime_ms')} ms after ${numberOf(odd, 'elapsed_s')} s is no step of ${settings.max_downtime_ms.value} ms in ${settings.downtime_steps.value} steps; ${inWords(shown)}`;
  if (declared) return { status: 'fail', message, evidence: outside };
  return { status: 'inconclusive', message: unknown(message), evidence: outside };
}

function unknown(message: string): string {
  return `${message}; declare nova.conf and the instance to decide`;
}

/** Mitaka takes one step after the other, also where rounding makes two of them alike; later novas are silent there. */
function isMore(step: StoredEvent, before: StoredEvent | undefined): boolean {
  const [rise, later] = [difference(step, before, 'downtime_ms'), difference(step, before, 'elapsed_s')];
  return rise > 0 || (rise === 0 && later > 0);
}

function difference(step: StoredEvent, before: StoredEvent | undefined, field: string): number {
  return numberOf(step, field) - numberOf(before, field);
}

/** Steps that stand off their mark: only where the start is exactly known, and after the first turn, which waits for the job. */
function inTime(migration: Migration, steps: readonly StoredEvent[]): Finding {
  const start = monitorStart(migration);
  const [first] = steps;
  const lines = steps.length === 1 ? 'the one downtime line is a step' : `all ${steps.length} downtime lines are steps`;
  const pass = { status: 'pass', message: `${lines} of the schedule` } as const;
  if (start === null || start.earliest < start.at || migration.clockStep || first?.at == null)
    return { ...pass, evidence: steps };
  const begun = (first.at - start.at) / 1000;
  const off = (step: TimedEvent) => Math.abs((step.at - start.at) / 1000 - numberOf(step, 'elapsed_s'));
  const timed = steps.filter(isTimed).filter((step) => numberOf(step, 'elapsed_s') > begun);
  const furthest = timed.toSorted((a, b) => off(b) - off(a))[0];
  if (furthest === undefined || off(furthest) <= STALL_S) return { ...pass, evidence: steps };
  const message = `the step at ${numberOf(furthest, 'elapsed_s')} s stands ${off(furthest).toFixed(1)} s off its mark: nova's monitor stalled`;
  if (off(furthest) > LONG_STALL_S) return { status: 'fail', message, evidence: [start.event, furthest] };
  return {
    status: 'pass',
    severity: 'note',
    message: `${pass.message}; ${message}`,
    evidence: [start.event, furthest],
  };
}

import type { Case, Finding, Rule } from '../judgement.ts';
import type { Settings, StoredEvent } from '../model.ts';
import { SOURCE_LOG_AND_SETTINGS } from './collect.ts';
import { delaysOf, isOfAnotherTimeout, isOfLimit, isScheduleDeclared } from './schedules.ts';
import { declareIt, eventsOf, isTimed, monitorStart, numberOf, originOf, stalled } from './timeline.ts';

export const downtimeLimitNeverReached: Rule = {
  id: 'downtime-limit-never-reached',
  title: 'limit never reached on a lengthy migration',
  why: 'the last step allows the whole limit (Python 2 falls short by less than a millisecond a step); a migration that runs on past its time must show it.',
  severity: 'error',
  needs: 'the downtime lines, when nova began, how long it ran, and what the schedule is made of',
  undecided:
    'where it ended before the last step was due, the log does not cover it, or limit, steps, delay or timeout are not declared',
  collect: SOURCE_LOG_AND_SETTINGS,
  check,
};

/** A turn of the monitor's loop or two; and half a minute more where the monitor itself stalled. */
const TOLERANCE_S = 2;
const STALLED_S = 30;
const PROVES_RUNNING = new Set(['progress', 'timeout', 'completed', 'aborted', 'cancelled']);

function check(subject: Case): Finding {
  const { migration, settings, shown } = subject;
  const steps = eventsOf(migration, 'downtime-step');
  const { value: limit } = settings.max_downtime_ms;
  const { value: count } = settings.downtime_steps;
  const highest = steps.toSorted((a, b) => numberOf(b, 'downtime_ms') - numberOf(a, 'downtime_ms'))[0];
  if (!highest) return { status: 'inconclusive', message: 'no downtime line: the log does not show the steps' };
  const used = numberOf(highest, 'downtime_ms');
  const allowed = `up to ${used} ms was allowed, the limit is ${limit} ms (${originOf(settings.max_downtime_ms)})`;
  if (used >= limit - (count - 1)) return { status: 'pass', message: allowed, evidence: [highest] };
  if (isOfAnotherTimeout(settings, steps, shown) || showsNoSpacing(steps, limit, settings))
    return undecided(`${allowed}; the timeout may be another: see timeout-contradicted-by-steps`, [highest]);
  const due = Math.max(...delaysOf(settings)) * count;
  const start = monitorStart(migration);
  const last = migration.timeline.filter(isTimed).findLast(({ type }) => PROVES_RUNNING.has(type));
  if (!Number.isFinite(due) || start === null || last === undefined)
    return undecided(`${allowed}; when the last step was due is not known`, [highest]);
  const ran = (last.at - start.at) / 1000;
  const evidence = [highest, last];
  if (ran <= due + TOLERANCE_S + (stalled(migration.timeline) ? STALLED_S : 0))
    return undecided(`${allowed}: it ended before the last step, due after ${due} s`, evidence);
  const message = `${allowed}, though it ran for ${Math.round(ran)} s and the last step is due after ${due} s`;
  const doubt = doubtOf(subject);
  return doubt === null ? { status: 'fail', message, evidence } : undecided(`${message}; ${doubt}`, evidence);
}

/** The fork spaces its steps by the timeout: the first alone does not tell when the last was due. */
function showsNoSpacing(steps: readonly StoredEvent[], limit: number, settings: Settings): boolean {
  const first = steps.every((step) => numberOf(step, 'elapsed_s') === 0);
  return settings.profile === 'stx-2018' && first && isOfLimit(steps, limit, settings);
}

function undecided(message: string, evidence: Finding['evidence'] & object): Finding {
  return { status: 'inconclusive', message, evidence };
}

function doubtOf({ migration, settings, coverage }: Case): string | null {
  if (!isScheduleDeclared(settings)) return declareIt('limit and all of the schedule', settings.profile);
  if (migration.clockStep) return 'but the clock was set back in between';
  if (migration.timeline.some(({ type }) => type === 'postcopy-switch')) return 'but post-copy was active';
  if (!coverage.complete || !coverage.info) return 'but the log does not cover the whole migration at INFO';
  return null;
}

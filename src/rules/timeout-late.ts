import type { Case, Finding, Rule } from '../judgement.ts';
import { SOURCE_LOG_AND_SETTINGS } from './collect.ts';
import { declareIt } from './timeline.ts';
import { firedAfter, timeoutMoment } from './timeout-moment.ts';

export const timeoutLate: Rule = {
  id: 'timeout-late',
  title: 'timed out too late',
  why: 'nova looks at the clock twice a second: a timeout that fires seconds late shows a monitor that hung.',
  severity: 'warning',
  needs: 'the first timeout line, when nova began, and the timeout in force',
  undecided:
    'where the start is only known within seconds, the clock was set, post-copy was active, or the timeout is not declared',
  collect: SOURCE_LOG_AND_SETTINGS,
  check,
};

/** Ten polls; libvirt and the conductor may hold nova up longer, but not for half a minute. */
const LATE_S = 5;
const TOO_LATE_S = 30;

function check(subject: Case): Finding {
  const { settings, migration } = subject;
  if (settings.timeout_s.value === 0)
    return { status: 'not-applicable', message: 'the timeout is off: see timeout-while-disabled' };
  const moment = timeoutMoment(subject);
  if (moment === null) return { status: 'not-applicable', message: 'it did not run into a timeout' };
  if (typeof moment === 'string') return { status: 'inconclusive', message: moment };
  const message = `${firedAfter(moment)}; it was due after ${moment.dueTo_s} s`;
  const evidence = [moment.start.event, moment.line];
  if (moment.most_s <= moment.dueTo_s + LATE_S) return { status: 'pass', message, evidence };
  if (moment.least_s <= moment.dueTo_s + LATE_S)
    return { status: 'inconclusive', message: `${message}; when nova began is not known exactly`, evidence };
  if (!moment.declared)
    return { status: 'inconclusive', message: `${message}; ${declareIt('timeout', settings.profile)}`, evidence };
  if (migration.timeline.some(({ type }) => type === 'postcopy-switch'))
    return { status: 'inconclusive', message: `${message}; but post-copy was active`, evidence };
  const severity = moment.least_s > moment.dueTo_s + TOO_LATE_S ? 'error' : 'warning';
  return { status: 'fail', severity, message, evidence };
}

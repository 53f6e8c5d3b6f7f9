import type { Case, Finding, Rule } from '../judgement.ts';
import { SOURCE_LOG_AND_SETTINGS } from './collect.ts';
import { firedAfter, timeoutMoment } from './timeout-moment.ts';

export const timeoutEarly: Rule = {
  id: 'timeout-early',
  title: 'timed out too early',
  why: 'nova gives up once more seconds have passed than the timeout has, never before.',
  severity: 'error',
  needs: 'the first timeout line, and the line "Starting monitoring of live migration" (DEBUG; INFO on the fork)',
  undecided: 'where the start is only known within seconds, or the clock was set',
  collect: SOURCE_LOG_AND_SETTINGS,
  check,
};

/** What is printed is cut to whole seconds. */
const TOLERANCE_S = 1;

function check(subject: Case): Finding {
  if (subject.settings.timeout_s.value === 0)
    return { status: 'not-applicable', message: 'the timeout is off: see timeout-while-disabled' };
  const moment = timeoutMoment(subject);
  if (moment === null) return { status: 'not-applicable', message: 'it did not run into a timeout' };
  if (typeof moment === 'string') return { status: 'inconclusive', message: moment };
  const message = `${firedAfter(moment)}; ${moment.dueFrom_s} s ${moment.declared ? 'should be in force' : 'is what it prints'}`;
  const evidence = [moment.start.event, moment.line];
  if (moment.most_s < moment.dueFrom_s - TOLERANCE_S) return { status: 'fail', message, evidence };
  if (moment.least_s >= moment.dueFrom_s - TOLERANCE_S) return { status: 'pass', message, evidence };
  return { status: 'inconclusive', message: `${message}; when nova began is not known exactly`, evidence };
}

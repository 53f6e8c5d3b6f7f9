import type { Case, Finding, Rule } from '../judgement.ts';
import { SOURCE_LOG_AND_SETTINGS } from './collect.ts';
import { declareIt, eventsOf, numberOf, originOf } from './timeline.ts';

export const timeoutWhileDisabled: Rule = {
  id: 'timeout-while-disabled',
  title: 'timed out while the timeout is off',
  why: 'a timeout of 0 switches it off; but 0 counts only where no flavor, image or instance sets another value.',
  severity: 'error',
  needs: 'the timeout lines, and a timeout declared as 0',
  undecided: 'where it is only assumed',
  collect: SOURCE_LOG_AND_SETTINGS,
  check,
};

function check({ migration, settings }: Case): Finding {
  const timeout = settings.timeout_s;
  const line = eventsOf(migration, 'timeout')[0];
  if (timeout.value === 0 && timeout.declared) {
    if (!line) return { status: 'pass', message: `the timeout is off (${originOf(timeout)}), and none was seen` };
    const message = `the timeout is off (${originOf(timeout)}), but nova gave up after ${numberOf(line, 'timeout_s')} s`;
    return { status: 'fail', message, evidence: [line] };
  }
  if (
    line &&
    timeout.origin === 'log' &&
    timeout.candidates.some(({ origin, value }) => origin === 'nova.conf' && value === '0')
  ) {
    const message = `nova.conf switches the timeout off, but nova gave up after ${numberOf(line, 'timeout_s')} s; ${declareIt('timeout', settings.profile)}`;
    return { status: 'inconclusive', message, evidence: [line] };
  }
  if (timeout.value === 0)
    return { status: 'pass', message: `the timeout is off (${originOf(timeout)}, assumed), and none was seen` };
  return { status: 'not-applicable', message: 'the timeout is not declared as off' };
}

import type { Case, Finding, Rule } from '../judgement.ts';
import { SOURCE_LOG_AND_SETTINGS } from './collect.ts';
import { declareIt, eventsOf, numberOf, originOf } from './timeline.ts';
import { leastTimeout, mostTimeout, possibleTimeouts } from './timeouts.ts';

export const timeoutWrongValue: Rule = {
  id: 'timeout-wrong-value',
  title: 'wrong timeout',
  why: 'the line "Live migration not completed after N sec" prints the timeout that nova took; it must be the one that should be in force.',
  severity: 'error',
  needs: 'the line "Live migration not completed after N sec", and the timeout in force',
  undecided: 'where the timeout or (upstream) the size of the instance is not declared',
  collect: SOURCE_LOG_AND_SETTINGS,
  check,
};

function check({ migration, settings }: Case): Finding {
  const [line, ...repeated] = eventsOf(migration, 'timeout');
  if (!line) return { status: 'not-applicable', message: 'it did not run into a timeout' };
  const shown = numberOf(line, 'timeout_s');
  const evidence = [line, ...repeated.filter((event) => numberOf(event, 'timeout_s') !== shown).slice(0, 1)];
  const timeout = settings.timeout_s;
  if (timeout.value === 0) {
    return { status: 'not-applicable', message: 'the timeout is off: see timeout-while-disabled', evidence };
  }
  const possible = possibleTimeouts(settings);
  const isAssumed = timeout.origin === 'log' || (!timeout.declared && !possible.includes(shown));
  if (timeout.value === null || isAssumed) return unknownSize(shown, settings, evidence);
  const least = leastTimeout(settings);
  const most = Math.max(...possible);
  const values = least === null ? possible.join(' or ') : `${least} to ${most}`;
  const expected = `${values} s (${settings.profile === 'upstream' ? timeout.why : originOf(timeout)})`;
  if (possible.includes(shown))
    return { status: 'pass', message: `it timed out after ${shown} s, as expected: ${expected}`, evidence };
  if (least !== null && shown >= least && shown <= mostTimeout(settings)) {
    const message = `it timed out after ${shown} s, which ${expected} leaves open: nova multiplies by the size of each disk's file, not by the flavor's, and by nothing for a disk that it cannot see`;
    return { status: 'inconclusive', message, evidence };
  }
  return { status: 'fail', message: `it timed out after ${shown} s, but ${expected} should be in force`, evidence };
}

/** Upstream multiplies by a size of at least 2 GiB: even without the size some values cannot be. */
function unknownSize(shown: number, settings: Case['settings'], evidence: Finding['evidence'] & object): Finding {
  const { completion_timeout_s: conf, profile } = settings;
  if (profile === 'upstream' && conf.declared) {
    if (shown < 2 * conf.value) {
      return {
        status: 'fail',
        message: `it timed out after ${shown} s; nova.conf's ${conf.value} s times at least 2 GiB is more`,
        evidence,
      };
    }
    const times = Math.round((shown / conf.value) * 100) / 100;
    const message = `it timed out after ${shown} s, ${times} times nova.conf's ${conf.value} s: declare memory_mib of the instance to decide`;
    return { status: 'inconclusive', message, evidence };
  }
  return {
    status: 'inconclusive',
    message: `it timed out after ${shown} s; ${declareIt('timeout', profile)}`,
    evidence,
  };
}

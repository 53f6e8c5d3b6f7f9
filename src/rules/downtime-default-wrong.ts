import type { Case, Finding, Rule } from '../model.ts';
import { firstSteps } from '../nova/schedule.ts';
import { declareIt, eventsOf, numberOf } from './timeline.ts';

export const downtimeDefaultWrong: Rule = {
  id: 'downtime-default-wrong',
  title: 'default downtime not in force',
  why: "where no flavor, image or instance sets a downtime, nova.conf's holds; its first step shows which limit the steps climb to.",
  severity: 'error',
  collect:
    'the line "Increasing downtime to X ms after 0 sec elapsed time" (INFO) of the source host, and the instance in the campaign file',
  check,
};

function check({ migration, settings }: Case): Finding {
  const limit = settings.max_downtime_ms;
  const ownKey =
    limit.origin !== null && limit.origin !== 'nova.conf' && limit.origin !== 'default' && limit.origin !== 'log';
  if (ownKey)
    return { status: 'not-applicable', message: `the downtime is set by ${limit.origin}, not left to the default` };
  const first = eventsOf(migration, 'downtime-step').find((step) => step.fields.elapsed_s === 0);
  if (!first)
    return { status: 'inconclusive', message: 'no downtime line "after 0 sec": the log does not show the first step' };
  const shown = numberOf(first, 'downtime_ms');
  const steps = settings.downtime_steps.value;
  if (limit.value === null || steps === null) {
    return {
      status: 'inconclusive',
      message: `the first step is ${shown} ms; ${declareIt('downtime', settings.profile)}`,
      evidence: [first],
    };
  }
  const expected = expectedFirst(limit.value, steps, settings);
  const message = `the first step is ${shown} ms; a limit of ${limit.value} ms in ${steps} steps begins with ${expected.join(' or ')} ms`;
  if (expected.includes(shown) && limit.origin !== 'log') return { status: 'pass', message, evidence: [first] };
  if (limit.declared) return { status: 'fail', message, evidence: [first] };
  return {
    status: 'inconclusive',
    message: `${message}; ${declareIt('downtime', settings.profile)}`,
    evidence: [first],
  };
}

/** Where the timeout (the fork) or the delay is 0, nova allows the whole limit at once. */
function expectedFirst(
  limit: number,
  steps: number,
  { profile, timeout_s, downtime_delay_s }: Case['settings'],
): number[] {
  const climbing = firstSteps(limit, steps);
  const off = profile === 'stx-2018' ? timeout_s : downtime_delay_s;
  if (off.value !== 0) return off.declared || profile === 'upstream' ? climbing : [...climbing, limit];
  return [limit];
}

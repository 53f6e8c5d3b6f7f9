import type { Case, Finding, Profile, Rule, Setting } from '../model.ts';
import { firstSteps, lastSteps, starlingxDelay } from '../nova/schedule.ts';
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
  const spread = settings.profile === 'stx-2018' ? settings.timeout_s : settings.downtime_delay_s;
  const expected = expectedFirst(limit.value, steps, spread, settings.profile);
  const message = `the first step is ${shown} ms; a limit of ${limit.value} ms in ${steps} steps begins with ${expected.join(' or ')} ms`;
  if (expected.includes(shown) && limit.origin !== 'log') return { status: 'pass', message, evidence: [first] };
  const declared =
    limit.declared &&
    settings.downtime_steps.declared &&
    (spread.declared || !lastSteps(limit.value, steps, settings.profile).includes(shown));
  if (declared) return { status: 'fail', message, evidence: [first] };
  return {
    status: 'inconclusive',
    message: `${message}; ${declareIt('downtime', settings.profile)}`,
    evidence: [first],
  };
}

/** Where no time lies between the steps (a timeout of 0 or next to it in the fork, else the delay), nova allows all at once. */
function expectedFirst(limit: number, steps: number, spread: Setting<number>, profile: Profile): number[] {
  const atOnce = lastSteps(limit, steps, profile);
  if (spread.value === null) return [...firstSteps(limit, steps, profile), ...atOnce];
  const delay = profile === 'stx-2018' ? starlingxDelay(spread.value, steps) : spread.value;
  return delay === 0 ? atOnce : firstSteps(limit, steps, profile);
}

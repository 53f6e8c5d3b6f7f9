import type { Case, Finding, Rule } from '../judgement.ts';
import type { Migration, Settings } from '../model.ts';
import { firstSteps, lastSteps, starlingxDelay } from '../nova/schedule.ts';
import { SOURCE_LOG_AND_SETTINGS } from './collect.ts';
import { isOfAnotherTimeout } from './schedules.ts';
import { declareIt, eventsOf, numberOf } from './timeline.ts';

export const downtimeDefaultWrong: Rule = {
  id: 'downtime-default-wrong',
  title: 'default downtime not in force',
  why: "where no flavor, image or instance sets a downtime, nova.conf's holds; its first step shows which limit the steps climb to.",
  severity: 'error',
  needs: 'the downtime line "after 0 sec", and the instance declared without a downtime of its own',
  undecided: 'without that line, or where nothing declares the default',
  collect: SOURCE_LOG_AND_SETTINGS,
  check,
};

function check({ migration, settings, shown: schedule }: Case): Finding {
  const limit = settings.max_downtime_ms;
  const ownKey = limit.origin !== 'nova.conf' && limit.origin !== 'default' && limit.origin !== 'log';
  if (ownKey)
    return { status: 'not-applicable', message: `the downtime is set by ${limit.origin}, not left to the default` };
  const first = eventsOf(migration, 'downtime-step').find((step) => step.fields.elapsed_s === 0);
  if (!first)
    return { status: 'inconclusive', message: 'no downtime line "after 0 sec": the log does not show the first step' };
  const shown = numberOf(first, 'downtime_ms');
  const steps = settings.downtime_steps.value;
  const expected = expectedFirst(limit.value, steps, settings);
  const message = `the first step is ${shown} ms; a limit of ${limit.value} ms in ${steps} steps begins with ${expected.join(' or ')} ms`;
  if (expected.includes(shown) && limit.origin !== 'log') return { status: 'pass', message, evidence: [first] };
  if (isOfAnotherTimeout(settings, eventsOf(migration, 'downtime-step'), schedule)) {
    const undecided = `${message}; it is the limit's with another timeout: see timeout-contradicted-by-steps`;
    return { status: 'inconclusive', message: undecided, evidence: [first] };
  }
  const atOnce = lastSteps(limit.value, steps, settings.profile).includes(shown);
  const declared = limit.declared && settings.downtime_steps.declared && spacingKnown(migration, settings, atOnce);
  if (declared) return { status: 'fail', message, evidence: [first] };
  return {
    status: 'inconclusive',
    message: `${message}; ${declareIt('downtime', settings.profile)}`,
    evidence: [first],
  };
}

/**
 * Where no time lies between the steps (the fork's timeout is 0 or next to it), nova allows all at once; upstream's delay
 * is never that short.
 */
function expectedFirst(limit: number, steps: number, { profile, timeout_s: timeout }: Settings): number[] {
  const first = firstSteps(limit, steps, profile);
  if (profile === 'stx-2018' && timeout.value !== null && starlingxDelay(timeout.value, steps) === 0)
    return lastSteps(limit, steps, profile);
  return first;
}

/** Whether all at once is ruled out; where upstream is only a guess, so must be a fork, which takes any number of steps. */
function spacingKnown(migration: Migration, settings: Settings, atOnce: boolean): boolean {
  if (settings.profile === 'stx-2018') return settings.timeout_s.declared || !atOnce;
  if (settings.profileDeclared || migration.dialect === 'upstream') return true;
  return !atOnce && settings.downtime_steps.candidates.length === 0;
}

import type { Case, Finding, Rule } from '../judgement.ts';
import type { Candidate, Settings } from '../model.ts';
import { SOURCE_LOG_AND_SETTINGS } from './collect.ts';
import { isOfLimit } from './schedules.ts';
import { declareIt, eventsOf, numberOf, originOf } from './timeline.ts';

export const downtimeWrongSource: Rule = {
  id: 'downtime-wrong-source',
  title: 'downtime from the wrong source',
  why: 'of flavor, instance, image and nova.conf the first that sets a downtime wins; the steps show which was taken.',
  severity: 'error',
  needs: 'the downtime lines, and what each source sets',
  undecided: 'where two sources begin with the same step, no downtime line was seen, or the instance is not declared',
  collect: SOURCE_LOG_AND_SETTINGS,
  check,
};

function check({ migration, settings }: Case): Finding {
  const limit = settings.max_downtime_ms;
  if (settings.profile === 'upstream')
    return { status: 'not-applicable', message: 'upstream nova takes the downtime from nova.conf only' };
  const losers = limit.candidates.filter((each) => couldWin(each, settings) && Number(each.value) !== limit.value);
  const [rival] = losers;
  if (!rival) return { status: 'not-applicable', message: 'no two sources set different downtimes' };
  const steps = eventsOf(migration, 'downtime-step');
  const [first] = steps;
  const rule = `${limit.value} ms (${originOf(limit)}) should be in force: ${limit.why}`;
  if (!first) return { status: 'inconclusive', message: `${rule}; no downtime line shows which was taken` };
  if (!limit.declared || !settings.downtime_steps.declared)
    return { status: 'inconclusive', message: declareIt('downtime', settings.profile), evidence: [first] };
  const taken = losers.find(({ value }) => isOfLimit(steps, Number(value), settings));
  const right = isOfLimit(steps, limit.value, settings);
  const name = (loser: Candidate) => `${loser.value} ms (${originOf(loser)})`;
  if (right && taken) {
    return { status: 'inconclusive', message: `${rule}; the steps could be of ${name(taken)} too`, evidence: [first] };
  }
  if (right) return { status: 'pass', message: `${rule}, and so it is`, evidence: [first] };
  if (taken)
    return {
      status: 'fail',
      message: `${rule}; but the steps are those of ${name(taken)}`,
      evidence: steps.slice(0, 3),
    };
  const message = `${rule}; the steps, from ${numberOf(first, 'downtime_ms')} ms on, are of no source`;
  return { status: 'inconclusive', message, evidence: [first] };
}

/** Sources that lost, with a value that nova would take; nova.conf's where it is known. */
function couldWin({ origin, value, lost }: Candidate, { profileDeclared }: Settings): boolean {
  if (lost === null || !/^\s*\+?\d+\s*$/.test(value) || Number(value) < 100) return false;
  return origin !== 'default' || profileDeclared;
}

import type { Case, Finding, Rule } from '../judgement.ts';
import type { Candidate, StoredEvent } from '../model.ts';
import { SOURCE_LOG_AND_SETTINGS } from './collect.ts';
import { isOfLimit } from './schedules.ts';
import { declareIt, eventsOf, numberOf, originOf } from './timeline.ts';

export const downtimeSettingTooLow: Rule = {
  id: 'downtime-setting-too-low',
  title: 'downtime set below 100 ms',
  why: "the fork's API refuses less than 100 ms in flavor and metadata; in an image it cannot, and there nova.conf's value must be taken instead.",
  severity: 'error',
  needs: 'flavor, image and metadata of the instance, and the downtime lines',
  undecided: 'where the instance is not declared, or no downtime line shows which limit was taken',
  collect: SOURCE_LOG_AND_SETTINGS,
  check,
};

const LEAST_MS = 100;

function check({ migration, settings }: Case): Finding {
  const limit = settings.max_downtime_ms;
  if (settings.profile === 'upstream')
    return { status: 'not-applicable', message: 'upstream nova takes no downtime from flavor, image or instance' };
  const reverted = eventsOf(migration, 'setting-reverted').filter(
    ({ fields }) => String(fields.key).endsWith('max_downtime') && String(fields.reason).includes('less than'),
  );
  const low = limit.candidates.filter(isLow);
  const [said] = reverted;
  if (low.length === 0 && said) {
    const message = `nova finds ${said.fields.value} ms too low; ${declareIt('value', settings.profile)}`;
    return { status: 'inconclusive', message, evidence: [said] };
  }
  if (!limit.declared) return { status: 'inconclusive', message: declareIt('downtime', settings.profile) };
  const accepted = low.find(({ origin }) => origin !== 'image');
  if (accepted) {
    const message = `${accepted.value} ms is set (${originOf(accepted)}), which nova's API refuses: at least ${LEAST_MS} ms`;
    return { status: 'fail', message, evidence: reverted.slice(0, 1) };
  }
  const [image] = low;
  if (!image)
    return { status: 'not-applicable', message: `no flavor, image or instance sets less than ${LEAST_MS} ms` };
  if (limit.origin !== 'nova.conf' && limit.origin !== 'default')
    return { status: 'pass', message: `the image's ${image.value} ms is not in force: ${limit.why}` };
  return fallenBack(eventsOf(migration, 'downtime-step'), reverted.slice(0, 1), image, settings);
}

function isLow({ origin, value }: Candidate): boolean {
  return (
    (origin === 'flavor' || origin === 'instance' || origin === 'image') &&
    /^\s*[+-]?\d+\s*$/.test(value) &&
    Number(value) < LEAST_MS
  );
}

function fallenBack(
  steps: readonly StoredEvent[],
  reverted: readonly StoredEvent[],
  { value }: Candidate,
  settings: Case['settings'],
): Finding {
  const limit = settings.max_downtime_ms.value;
  const [first] = steps;
  if (!first)
    return { status: 'inconclusive', message: 'no downtime line: the log does not show which limit was taken' };
  const evidence = [...reverted, first];
  const message = `the image sets ${value} ms, and nova.conf's ${limit} ms must be taken instead`;
  if (isOfLimit(steps, limit, settings)) return { status: 'pass', message: `${message}: so it was`, evidence };
  const shown = numberOf(first, 'downtime_ms');
  if (settings.downtime_steps.declared)
    return { status: 'fail', message: `${message}, but the first step allows ${shown} ms`, evidence };
  return {
    status: 'inconclusive',
    message: `${message}; the first step allows ${shown} ms, and nothing declares the number of steps`,
    evidence,
  };
}

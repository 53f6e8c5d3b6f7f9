import type { Case, Finding, Rule } from '../judgement.ts';
import type { Profile, Sample } from '../model.ts';
import { runningJobs, throttleOf } from './job-reading.ts';
import { throttleCap } from './progress-reading.ts';
import { runningSpan } from './running-span.ts';

export const throttleOutOfPattern: Rule = {
  id: 'throttle-out-of-pattern',
  title: 'throttle out of pattern',
  why: 'QEMU throttles by 20 percent, then by 10 more each time, up to 99 (StarlingX patched it to 92), and never less within a migration: another pattern is another QEMU, or other parameters, than the tests are about.',
  severity: 'warning',
  needs: 'the throttle in samples of the running job',
  undecided: "where upstream's steps are smaller, as QEMU 5.1 and later take them with cpu-throttle-tailslow",
  collect:
    'virsh domjobinfo of the instance on the source host, once a second while it migrates; the version and parameters of QEMU',
  check,
};

const FIRST = 20;
const STEP = 10;

function check(subject: Case): Finding {
  const span = runningSpan(subject);
  const series = span === null ? [] : runningJobs(subject.samples, span);
  const { profile } = subject.settings;
  const steps = series.map(stepsOf);
  if (steps.every((each) => each.length === 0))
    return {
      status: 'not-applicable',
      message: series.length === 0 ? 'there are no samples of the running job' : 'no sample shows a throttle',
    };
  for (const find of [fallen, overCap, offGrid]) {
    const found = steps.map((each) => find(each, profile)).find((finding) => finding !== null);
    if (found) return found;
  }
  const shown = steps.reduce((most, each) => (each.length > most.length ? each : most), []);
  const message = `the throttle went ${shown.map(throttleOf).join(', ')} %, as QEMU steps up to ${throttleCap(profile)} %`;
  return { status: 'pass', message, evidence: shown };
}

/** The first sample of each value, in order of time. */
function stepsOf(series: readonly Sample[]): Sample[] {
  const throttled = series.filter((sample) => throttleOf(sample) > 0);
  return throttled.filter(
    (sample, index) => index === 0 || throttleOf(sample) !== throttleOf(throttled[index - 1] as Sample),
  );
}

function fallen(steps: readonly Sample[]): Finding | null {
  const index = steps.findIndex(
    (step, place) => place > 0 && throttleOf(step) < throttleOf(steps[place - 1] as Sample),
  );
  const [before, after] = [steps[index - 1], steps[index]];
  if (before === undefined || after === undefined) return null;
  const message = `the throttle fell from ${throttleOf(before)} to ${throttleOf(after)} % within the migration`;
  return { status: 'fail', message, evidence: [before, after] };
}

function overCap(steps: readonly Sample[], profile: Profile): Finding | null {
  const cap = throttleCap(profile);
  const over = steps.find((step) => throttleOf(step) > cap);
  if (over === undefined) return null;
  return {
    status: 'fail',
    message: `the throttle was ${throttleOf(over)} %, and the most is ${cap} %`,
    evidence: [over],
  };
}

function offGrid(steps: readonly Sample[], profile: Profile): Finding | null {
  const cap = throttleCap(profile);
  const off = steps.filter(
    (step) => throttleOf(step) !== cap && (throttleOf(step) < FIRST || throttleOf(step) % STEP !== 0),
  );
  if (off.length === 0) return null;
  const message = `the throttle was ${off.map(throttleOf).join(', ')} %, which is none of ${FIRST}, ${FIRST + STEP} to ${cap} %`;
  if (profile === 'stx-2018') return { status: 'fail', message, evidence: off };
  const small = steps.every(
    (step, index) => index === 0 || throttleOf(step) - throttleOf(steps[index - 1] as Sample) <= STEP,
  );
  if (!small || throttleOf(steps[0] as Sample) % STEP !== 0) return { status: 'fail', message, evidence: off };
  return {
    status: 'inconclusive',
    message: `${message}; QEMU 5.1 and later take smaller steps with cpu-throttle-tailslow`,
    evidence: off,
  };
}

import type { Case, Finding, Rule } from '../judgement.ts';
import type { StoredEvent } from '../model.ts';
import { JOB_SAMPLES } from './collect.ts';
import { decisionOf } from './decision-lines.ts';
import { postCopyLines } from './running-span.ts';
import { type ThrottleEvidence, throttleEvidence } from './throttle-evidence.ts';
import { declareIt, originOf } from './timeline.ts';

export const throttleMissing: Rule = {
  id: 'throttle-missing',
  title: 'throttling expected but absent',
  why: "QEMU throttles a guest that dirties memory faster than it can be sent, if auto-converge is on. Nova's log never shows it.",
  severity: 'error',
  needs:
    "the effective setting, and samples of the running job, of the vCPUs' schedstat, or of top with a load that is declared constant",
  undecided:
    'without samples; where throttling was not needed (the guest dirtied less than half of what was sent, or the job was over before the third pass); where samples are too few or a slow vCPU may have other causes',
  collect: JOB_SAMPLES,
  check,
};

function check(subject: Case): Finding {
  const setting = subject.settings.auto_converge;
  if (setting.value === false && setting.declared) {
    return { status: 'not-applicable', message: `auto-converge should be off (${originOf(setting)})` };
  }
  return undecidable(subject) ?? judged(subject, throttleEvidence(subject));
}

/** Where nova did not ask for throttling, its absence says nothing: another rule tells whether it should have. */
function undecidable(subject: Case): Finding | null {
  const { settings, migration, notices } = subject;
  const undecided = (message: string, evidence: readonly StoredEvent[] = []): Finding => {
    return { status: 'inconclusive', message, evidence };
  };
  const switchedOff = decisionOf(subject, 'auto-converge-disabled').line;
  if (switchedOff) return undecided('nova switched auto-converge off for this migration', [switchedOff]);
  const postCopy = postCopyLines(migration);
  if (postCopy.length > 0) return undecided('it went on in post-copy, where nothing is throttled', postCopy);
  if (notices.length > 0)
    return undecided('nova said as it started that it will not use auto-converge', notices.slice(-1));
  if (settings.post_copy.value) return undecided('post-copy is permitted, with which nova does not use auto-converge');
  return null;
}

function judged({ settings }: Case, seen: ThrottleEvidence): Finding {
  const setting = settings.auto_converge;
  const { evidence, text, due } = seen;
  if (setting.value !== true) {
    const message = `${declareIt('setting', settings.profile)}${text === '' ? '' : `; ${text}`}`;
    return { status: 'inconclusive', message: text === '' ? unseen() : message, evidence };
  }
  if (seen.shows === 'throttled') return { status: 'pass', message: text, evidence };
  if (seen.shows === 'unthrottled') {
    const message = `auto-converge should be on (${originOf(setting)}), but ${text}`;
    const { post_copy: postCopy, profile } = settings;
    const unsaid = setting.declared ? declareIt('post-copy setting', 'upstream') : declareIt('setting', profile);
    if (!setting.declared || !postCopy.declared)
      return { status: 'inconclusive', message: `${message}; ${unsaid}`, evidence };
    if (seen.decides?.level !== 'L3') return { status: 'fail', message, evidence };
    return { status: 'fail', severity: 'warning', message: `${message} (indirect evidence)`, evidence };
  }
  if (due === 'not due') return { status: 'inconclusive', message: `throttling was not needed: ${text}`, evidence };
  if (text === '') return { status: 'inconclusive', message: unseen() };
  return { status: 'inconclusive', message: text, evidence };
}

function unseen(): string {
  return `nova's log cannot show whether QEMU throttled the guest: collect ${throttleMissing.collect}`;
}

import type { Case, Finding, Rule } from '../judgement.ts';
import { JOB_SAMPLES } from './collect.ts';
import { decisionOf } from './decision-lines.ts';
import { throttleEvidence } from './throttle-evidence.ts';
import { declareIt, originOf } from './timeline.ts';

export const throttleWhileDisabled: Rule = {
  id: 'throttle-while-disabled',
  title: 'throttled while disabled',
  why: 'with auto-converge off, QEMU must leave the guest its CPUs, however long the migration takes.',
  severity: 'error',
  needs:
    'the effective setting; the fork\'s line "auto_converge disabled for this migration"; samples of the running job or of the vCPUs',
  undecided:
    'without samples from a time in which throttling would have been due: the line alone shows the setting, not what QEMU did; where a slow vCPU may have other causes',
  collect: JOB_SAMPLES,
  check,
};

function check(subject: Case): Finding {
  const { settings, migration } = subject;
  const setting = settings.auto_converge;
  if (setting.value !== false)
    return { status: 'not-applicable', message: `auto-converge should be on (${originOf(setting)})` };
  const off = `auto-converge should be off (${originOf(setting)})`;
  const seen = throttleEvidence(subject);
  if (seen.shows === 'throttled') {
    const { evidence } = seen;
    const message = `${off}, but ${seen.text}`;
    if (!setting.declared)
      return { status: 'inconclusive', message: `${message}; ${declareIt('setting', settings.profile)}`, evidence };
    if (seen.decides?.weak)
      return {
        status: 'inconclusive',
        message: `${message}, which alone is no proof`,
        evidence,
      };
    return { status: 'fail', message, evidence };
  }
  const { line, silence } = decisionOf(subject, 'auto-converge-disabled');
  const byKey = setting.origin === 'instance' || setting.origin === 'flavor';
  if (settings.profile === 'stx-2018' && byKey && setting.declared && line === null && silence === null) {
    const evidence = migration.timeline.filter(({ type }) => type === 'monitor-started');
    return { status: 'fail', message: `${off}, but nova does not say that it is off`, evidence };
  }
  if (seen.shows === 'unthrottled')
    return { status: 'pass', message: `not throttled while off: ${seen.text}`, evidence: seen.evidence };
  const said = line ? 'nova says so' : '';
  const short = seen.due === 'not due' ? `throttling would not have been needed (${seen.text})` : seen.text;
  const known = [said, short].filter((part) => part !== '').map((part) => `; ${part}`);
  return {
    status: 'inconclusive',
    message: `${off}${known.join('')}${seen.text === '' ? '; no sample shows what QEMU did' : ''}`,
    evidence: [...(line ? [line] : []), ...seen.evidence],
  };
}

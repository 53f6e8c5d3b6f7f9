import type { Case, Finding, Rule } from '../judgement.ts';
import { decisionOf } from './decision-lines.ts';
import { declareIt, originOf } from './timeline.ts';

export const autoConvergeContradicted: Rule = {
  id: 'auto-converge-contradicted',
  title: 'auto-converge setting contradicted',
  why: 'the fork says "auto_converge disabled for this migration" where it does not ask for throttling; with auto-converge on it must not.',
  severity: 'error',
  needs: `the fork's line "auto_converge disabled for this migration", joined by request id, and the effective setting`,
  undecided:
    'on upstream nova, which logs no such line; where the setting is not declared, post-copy is permitted as well, or the log does not cover the whole migration',
  collect:
    "the fork: the source host's log at INFO, and flavor and metadata of the instance in the campaign file; upstream: virsh domjobinfo, once a second",
  check,
};

function check(subject: Case): Finding {
  const { settings } = subject;
  const setting = settings.auto_converge;
  if (settings.profile !== 'stx-2018') {
    return {
      status: 'inconclusive',
      message: 'upstream nova does not log whether auto-converge is on: collect virsh domjobinfo samples',
    };
  }
  const { line, silence } = decisionOf(subject, 'auto-converge-disabled');
  const evidence = line ? [line] : [];
  const expected = `auto-converge should be ${setting.value ? 'on' : 'off'} (${originOf(setting)})`;
  if (!setting.declared && line) {
    return {
      status: 'inconclusive',
      message: `nova switched it off; ${declareIt('setting', settings.profile)}`,
      evidence,
    };
  }
  if (setting.value && line) {
    if (settings.post_copy.value)
      return { status: 'inconclusive', message: `${expected}, but post-copy is permitted`, evidence };
    return { status: 'fail', message: `${expected}, but nova switched it off`, evidence };
  }
  if (line) return { status: 'pass', message: `${expected}, and nova says so`, evidence };
  if (!setting.value)
    return { status: 'not-applicable', message: `${expected}: this rule looks for a switch-off that should not be` };
  if (silence !== null)
    return { status: 'inconclusive', message: `${expected}; nova does not say that it is off, but ${silence}` };
  return { status: 'pass', message: `${expected}, and nova does not say that it is off` };
}

import type { Case, Finding, Rule } from '../judgement.ts';
import { originOf } from './timeline.ts';

export const throttleMissing: Rule = {
  id: 'throttle-missing',
  title: 'throttling expected but absent',
  why: "QEMU throttles a guest that dirties memory faster than it can be sent, if auto-converge is on. Nova's log never shows it.",
  severity: 'error',
  needs: 'the effective setting, and samples of the running job or of the vCPUs',
  undecided: 'without samples',
  collect: 'virsh domjobinfo of the instance on the source host, once a second while it migrates',
  check,
};

function check({ settings }: Case): Finding {
  const setting = settings.auto_converge;
  if (setting.value === false && setting.declared) {
    return { status: 'not-applicable', message: `auto-converge should be off (${originOf(setting)})` };
  }
  const message = `nova's log cannot show whether QEMU throttled the guest: collect ${throttleMissing.collect}`;
  return { status: 'inconclusive', message };
}

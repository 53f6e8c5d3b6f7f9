import type { Case, Rule, Verdict } from '../model.ts';
import { autoConvergeContradicted } from './auto-converge-contradicted.ts';
import { downtimeDefaultWrong } from './downtime-default-wrong.ts';
import { downtimeOverLimit } from './downtime-over-limit.ts';
import { migrationUnfinished } from './migration-unfinished.ts';
import { throttleMissing } from './throttle-missing.ts';
import { timeoutContradictedBySteps } from './timeout-contradicted-by-steps.ts';
import { timeoutMissed } from './timeout-missed.ts';
import { timeoutWhileDisabled } from './timeout-while-disabled.ts';
import { timeoutWrongValue } from './timeout-wrong-value.ts';
import { tunnelContradicted } from './tunnel-contradicted.ts';

export { judgeUnrecognised, logUnrecognised } from './log-unrecognised.ts';

/** Every rule that judges a migration, in the order of reports. */
export const RULES: readonly Rule[] = [
  downtimeOverLimit,
  downtimeDefaultWrong,
  timeoutWrongValue,
  timeoutMissed,
  timeoutWhileDisabled,
  timeoutContradictedBySteps,
  autoConvergeContradicted,
  throttleMissing,
  tunnelContradicted,
  migrationUnfinished,
];

/** The verdict of every rule on one migration. */
export function judge(subject: Case): Verdict[] {
  return RULES.map((rule) => {
    const finding = rule.check(subject);
    const evidence = (finding.evidence ?? []).map(({ ref, text }) => ({ ...ref, text }));
    return {
      rule: rule.id,
      status: finding.status,
      severity: finding.severity ?? rule.severity,
      message: finding.message,
      evidence,
    };
  });
}

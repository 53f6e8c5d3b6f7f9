import type { Case, Finding, Fleet, FleetRule, Rule, RuleMeta } from '../judgement.ts';
import type { Verdict } from '../model.ts';
import { autoConvergeContradicted } from './auto-converge-contradicted.ts';
import { downtimeDefaultWrong } from './downtime-default-wrong.ts';
import { downtimeLimitNeverReached } from './downtime-limit-never-reached.ts';
import { downtimeNotApplied } from './downtime-not-applied.ts';
import { downtimeOverLimit } from './downtime-over-limit.ts';
import { downtimePauseOverLimit } from './downtime-pause-over-limit.ts';
import { downtimeScheduleMismatch } from './downtime-schedule-mismatch.ts';
import { downtimeSettingTooLow } from './downtime-setting-too-low.ts';
import { downtimeWrongSource } from './downtime-wrong-source.ts';
import { logCutOff } from './log-cut-off.ts';
import { logUnrecognised } from './log-unrecognised.ts';
import { migrationUnfinished } from './migration-unfinished.ts';
import { progressTimeoutActive } from './progress-timeout-active.ts';
import { throttleMissing } from './throttle-missing.ts';
import { throughputPrintMismatch } from './throughput-print-mismatch.ts';
import { timeoutAbortIneffective } from './timeout-abort-ineffective.ts';
import { timeoutContradictedBySteps } from './timeout-contradicted-by-steps.ts';
import { timeoutEarly } from './timeout-early.ts';
import { timeoutExplained } from './timeout-explained.ts';
import { timeoutLate } from './timeout-late.ts';
import { timeoutMissed } from './timeout-missed.ts';
import { timeoutThenCompleted } from './timeout-then-completed.ts';
import { timeoutWhileDisabled } from './timeout-while-disabled.ts';
import { timeoutWrongValue } from './timeout-wrong-value.ts';
import { tunnelContradicted } from './tunnel-contradicted.ts';

/** Every rule that judges a migration, in the order of reports. */
export const RULES: readonly Rule[] = [
  downtimeOverLimit,
  downtimeDefaultWrong,
  downtimeLimitNeverReached,
  downtimeScheduleMismatch,
  downtimeSettingTooLow,
  downtimePauseOverLimit,
  downtimeWrongSource,
  downtimeNotApplied,
  timeoutExplained,
  timeoutWrongValue,
  timeoutMissed,
  timeoutWhileDisabled,
  timeoutEarly,
  timeoutLate,
  timeoutAbortIneffective,
  timeoutThenCompleted,
  timeoutContradictedBySteps,
  progressTimeoutActive,
  autoConvergeContradicted,
  throttleMissing,
  tunnelContradicted,
  throughputPrintMismatch,
  migrationUnfinished,
];

/** Every rule about files, hosts and declared settings, in the order of reports. */
export const FLEET_RULES: readonly FleetRule[] = [logUnrecognised, logCutOff];

/** What there is to know of every rule, in the order of reports. */
export const CATALOGUE: readonly RuleMeta[] = [...RULES, ...FLEET_RULES];

/** The verdict of every rule on one migration. */
export function judge(subject: Case): Verdict[] {
  return RULES.map((rule) => asVerdict(rule, rule.check(subject)));
}

/** The verdicts of every rule on what belongs to no single migration. */
export function judgeFleet(fleet: Fleet): Verdict[] {
  return FLEET_RULES.flatMap((rule) => rule.check(fleet).map((finding) => asVerdict(rule, finding)));
}

/** The next time (ms), after what the log covers, at which its silence would change a verdict; null where there is none. */
export function nextDeadline(subject: Case): number | null {
  const end = subject.coverage.logEnd ?? Number.NEGATIVE_INFINITY;
  const times = RULES.flatMap((rule) => rule.deadline?.(subject) ?? []).filter((time) => time > end);
  return times.length === 0 ? null : Math.min(...times);
}

function asVerdict(rule: RuleMeta, { status, severity, message, evidence = [] }: Finding): Verdict {
  return {
    rule: rule.id,
    status,
    severity: severity ?? rule.severity,
    message,
    evidence: evidence.map(({ ref, text }) => ({ ...ref, text })),
  };
}

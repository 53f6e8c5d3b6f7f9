import type { Case, Finding, Fleet, FleetRule, Rule, RuleMeta } from '../judgement.ts';
import type { Verdict } from '../model.ts';
import { autoConvergeContradicted } from './auto-converge-contradicted.ts';
import { clockBackwards } from './clock-backwards.ts';
import { clockSkew } from './clock-skew.ts';
import { clockZone } from './clock-zone.ts';
import { destinationSilent } from './destination-silent.ts';
import { downtimeDefaultWrong } from './downtime-default-wrong.ts';
import { downtimeLimitNeverReached } from './downtime-limit-never-reached.ts';
import { downtimeNotApplied } from './downtime-not-applied.ts';
import { downtimeOverLimit } from './downtime-over-limit.ts';
import { downtimePauseOverLimit } from './downtime-pause-over-limit.ts';
import { downtimeScheduleMismatch } from './downtime-schedule-mismatch.ts';
import { downtimeSettingTooLow } from './downtime-setting-too-low.ts';
import { downtimeWrongSource } from './downtime-wrong-source.ts';
import { evidenceTooWeak } from './evidence-too-weak.ts';
import { forbiddenMessage } from './forbidden-message.ts';
import { logCutOff } from './log-cut-off.ts';
import { logGap, logGapInFiles } from './log-gap.ts';
import { logLevelTooHigh } from './log-level-too-high.ts';
import { logUnrecognised } from './log-unrecognised.ts';
import { migrationOverlap } from './migration-overlap.ts';
import { migrationUnfinished } from './migration-unfinished.ts';
import { migrationWithoutStart } from './migration-without-start.ts';
import { outcomeUnexpected } from './outcome-unexpected.ts';
import { postCopyInterplay } from './post-copy-interplay.ts';
import { progressTimeoutActive } from './progress-timeout-active.ts';
import { settingConflict } from './setting-conflict.ts';
import { settingDrift } from './setting-drift.ts';
import { settingInvalid } from './setting-invalid.ts';
import { settingMisplaced } from './setting-misplaced.ts';
import { settingUnknown } from './setting-unknown.ts';
import { testAmbiguous } from './test-ambiguous.ts';
import { testNotRun } from './test-not-run.ts';
import { throttleMissing } from './throttle-missing.ts';
import { throttleNotReleased } from './throttle-not-released.ts';
import { throttleOutOfPattern } from './throttle-out-of-pattern.ts';
import { throttleWhileDisabled } from './throttle-while-disabled.ts';
import { throughputAboveWire } from './throughput-above-wire.ts';
import { throughputBelowFloor } from './throughput-below-floor.ts';
import { throughputPrintMismatch } from './throughput-print-mismatch.ts';
import { timeoutAbortIneffective } from './timeout-abort-ineffective.ts';
import { timeoutContradictedBySteps } from './timeout-contradicted-by-steps.ts';
import { timeoutEarly } from './timeout-early.ts';
import { timeoutExplained } from './timeout-explained.ts';
import { timeoutLate } from './timeout-late.ts';
import { timeoutMissed } from './timeout-missed.ts';
import { timeoutRangeErrorText } from './timeout-range-error-text.ts';
import { timeoutSettingOutOfRange } from './timeout-setting-out-of-range.ts';
import { timeoutThenCompleted } from './timeout-then-completed.ts';
import { timeoutWhileDisabled } from './timeout-while-disabled.ts';
import { timeoutWrongValue } from './timeout-wrong-value.ts';
import { tunnelContradicted } from './tunnel-contradicted.ts';
import { tunnelEvidenceDisagrees } from './tunnel-evidence-disagrees.ts';
import { tunnelNotSlower } from './tunnel-not-slower.ts';
import { tunnelUnsupportedMix } from './tunnel-unsupported-mix.ts';

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
  throttleWhileDisabled,
  throttleMissing,
  throttleNotReleased,
  throttleOutOfPattern,
  postCopyInterplay,
  tunnelContradicted,
  tunnelUnsupportedMix,
  tunnelEvidenceDisagrees,
  throughputBelowFloor,
  throughputPrintMismatch,
  throughputAboveWire,
  migrationUnfinished,
  migrationWithoutStart,
  outcomeUnexpected,
  migrationOverlap,
  forbiddenMessage,
  destinationSilent,
  logGap,
];

/** Every rule about files, hosts and declared settings, in the order of reports. */
export const FLEET_RULES: readonly FleetRule[] = [
  timeoutSettingOutOfRange,
  timeoutRangeErrorText,
  tunnelNotSlower,
  settingUnknown,
  settingMisplaced,
  settingConflict,
  settingInvalid,
  settingDrift,
  clockSkew,
  clockBackwards,
  clockZone,
  logGapInFiles,
  logCutOff,
  logLevelTooHigh,
  logUnrecognised,
  testNotRun,
  testAmbiguous,
  evidenceTooWeak,
];

/** What there is to know of every rule, in the order of reports; one that judges both migrations and files stands here once. */
export const CATALOGUE: readonly RuleMeta[] = [
  ...RULES,
  ...FLEET_RULES.filter(({ id }) => !RULES.some((rule) => rule.id === id)),
];

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

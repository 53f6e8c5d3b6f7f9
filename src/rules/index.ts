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
import { forbiddenMessage } from './forbidden-message.ts';
import { logGap, logGapInFiles } from './log-gap.ts';
import { logLevelTooHigh } from './log-level-too-high.ts';
import { logUnrecognised } from './log-unrecognised.ts';
import { migrationOverlap } from './migration-overlap.ts';
import { migrationUnfinished } from './migration-unfinished.ts';
import { migrationWithoutStart } from './migration-without-start.ts';
import { postCopyInterplay } from './post-copy-interplay.ts';
import { progressTimeoutActive } from './progress-timeout-active.ts';
import { settingConflict } from './setting-conflict.ts';
import { settingDrift } from './setting-drift.ts';
import { settingInvalid } from './setting-invalid.ts';
import { settingMisplaced } from './setting-misplaced.ts';
import { settingUnknown } from './setting-unknown.ts';
import { throttleMissing } from './throttle-missing.ts';
import { throttleNotReleased } from './throttle-not-released.ts';
import { throttleOutOfPattern } from './throttle-out-of-pattern.ts';
import { throttleWhileDisabled } from './throttle-while-disabled.ts';
import { throughputPrintMismatch } from './throughput-print-mismatch.ts';
import { timeoutAbortIneffective } from './timeout-abort-ineffective.ts';
import { timeoutContradictedBySteps } from './timeout-contradicted-by-steps.ts';
import { timeoutEarly } from './timeout-early.ts';
import { timeoutExplained } from './timeout-explained.ts';
import { timeoutLate } from './timeout-late.ts';
import { timeoutMissed } from './timeout-missed.ts';
import { timeoutSettingOutOfRange } from './timeout-setting-out-of-range.ts';
import { timeoutThenCompleted } from './timeout-then-completed.ts';
import { timeoutWhileDisabled } from './timeout-while-disabled.ts';
import { timeoutWrongValue } from './timeout-wrong-value.ts';
import { tunnelContradicted } from './tunnel-contradicted.ts';
import { tunnelEvidenceDisagrees } from './tunnel-evidence-disagrees.ts';
import { tunnelUnsupportedMix } from './tunnel-unsupported-mix.ts';

/** Every rule that judges a migration, in the order of reports. */
const RULES: readonly Rule[] = [
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
  throughputPrintMismatch,
  migrationUnfinished,
  migrationWithoutStart,
  migrationOverlap,
  forbiddenMessage,
  destinationSilent,
  logGap,
];

/** Every rule about files, hosts and declared settings, in the order of reports. */
const FLEET_RULES: readonly FleetRule[] = [
  timeoutSettingOutOfRange,
  settingUnknown,
  settingMisplaced,
  settingConflict,
  settingInvalid,
  settingDrift,
  clockSkew,
  clockBackwards,
  clockZone,
  logGapInFiles,
  logLevelTooHigh,
  logUnrecognised,
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

function asVerdict(rule: RuleMeta, { status, severity, message, evidence = [] }: Finding): Verdict {
  return {
    rule: rule.id,
    status,
    severity: severity ?? rule.severity,
    message,
    evidence: evidence.map(({ ref, text }) => ({ ...ref, text })),
  };
}

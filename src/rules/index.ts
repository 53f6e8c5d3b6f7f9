import type { Case, Finding, Fleet, FleetRule, Rule, RuleMeta } from '../judgement.ts';
import type { Verdict } from '../model.ts';
import { autoConvergeContradicted } from './auto-converge-contradicted.ts';
import { downtimeDefaultWrong } from './downtime-default-wrong.ts';
import { downtimeOverLimit } from './downtime-over-limit.ts';
import { evidenceTooWeak } from './evidence-too-weak.ts';
import { logUnrecognised } from './log-unrecognised.ts';
import { migrationUnfinished } from './migration-unfinished.ts';
import { outcomeUnexpected } from './outcome-unexpected.ts';
import { testAmbiguous } from './test-ambiguous.ts';
import { testNotRun } from './test-not-run.ts';
import { throttleMissing } from './throttle-missing.ts';
import { throughputAboveWire } from './throughput-above-wire.ts';
import { throughputBelowFloor } from './throughput-below-floor.ts';
import { timeoutContradictedBySteps } from './timeout-contradicted-by-steps.ts';
import { timeoutMissed } from './timeout-missed.ts';
import { timeoutRangeErrorText } from './timeout-range-error-text.ts';
import { timeoutWhileDisabled } from './timeout-while-disabled.ts';
import { timeoutWrongValue } from './timeout-wrong-value.ts';
import { tunnelContradicted } from './tunnel-contradicted.ts';
import { tunnelNotSlower } from './tunnel-not-slower.ts';

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
  throughputBelowFloor,
  throughputAboveWire,
  migrationUnfinished,
  outcomeUnexpected,
];

/** Every rule about files, hosts and declared settings, in the order of reports. */
export const FLEET_RULES: readonly FleetRule[] = [
  timeoutRangeErrorText,
  tunnelNotSlower,
  logUnrecognised,
  testNotRun,
  testAmbiguous,
  evidenceTooWeak,
];

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

function asVerdict(rule: RuleMeta, { status, severity, message, evidence = [] }: Finding): Verdict {
  return {
    rule: rule.id,
    status,
    severity: severity ?? rule.severity,
    message,
    evidence: evidence.map(({ ref, text }) => ({ ...ref, text })),
  };
}

import type { TestResult } from '../certification.ts';
import type { Report, SourceSummary } from '../judgement.ts';
import type { Observed, Setting, Verdict } from '../model.ts';
import { namesJson } from './names-json.ts';
import { printableJson } from './printable.ts';
import { summaryOf } from './summary.ts';
import { isoTime } from './time.ts';

/**
 * The report as JSON, in the keys that interfaces rely on; times as ISO 8601 with zone. Ends in a line feed. In parts, each
 * migration one.
 */
export function* reportJsonParts(report: Report): Generator<string, void, void> {
  const before = {
    novatrail: report.version,
    generated_at: isoTime(report.generatedAt),
    campaign: report.campaign,
    profile: report.profile,
    summary: summaryOf(report),
    sources: report.sources.map(sourceJson),
  };
  const after = {
    tests: report.tests.map(testJson),
    uncovered: report.uncovered,
    findings: report.findings.map(verdictJson),
  };
  yield `{${membersOf(before)},\n  "migrations": [`;
  let separator = '';
  for (const judged of report.migrations) {
    yield `${separator}\n    ${textOf(migrationJson(judged), 4)}`;
    separator = ',';
  }
  yield `${separator === '' ? '' : '\n  '}],${membersOf(after)}\n}\n`;
}

function membersOf(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .map(([key, value]) => `\n  ${JSON.stringify(key)}: ${textOf(value, 2)}`)
    .join(',');
}

/** A value that stands so far in. */
function textOf(value: unknown, indent: number): string {
  return printableJson(JSON.stringify(value, null, 2).replaceAll('\n', `\n${' '.repeat(indent)}`));
}

function sourceJson({ path, host, bytes, lines, events, unmatched, firstAt, lastAt }: SourceSummary) {
  return { path, host, bytes, lines, events, unmatched, first_at: isoTime(firstAt), last_at: isoTime(lastAt) };
}

function migrationJson({ migration: m, settings, verdicts, cut, tests, network }: Report['migrations'][number]) {
  return {
    ...namesJson(m),
    test: tests[0]?.id ?? null,
    network: network?.name ?? null,
    started_at: isoTime(m.startedAt),
    ended_at: isoTime(m.endedAt),
    duration_s: m.duration_s,
    outcome: m.outcome,
    profile: settings.profile,
    clock_step: m.clockStep,
    cut,
    settings: {
      timeout_s: settingJson(settings.timeout_s),
      max_downtime_ms: settingJson(settings.max_downtime_ms),
      auto_converge: settingJson(settings.auto_converge),
      tunnel: settingJson(settings.tunnel),
      post_copy: settingJson(settings.post_copy),
    },
    observed: observedJson(m.observed),
    verdicts: verdicts.map(verdictJson),
  };
}

function observedJson({
  max_step_ms,
  last_step_s,
  throughput_bytes_s,
  dirty_ratio,
  pause_ms,
  throttle_percent,
}: Observed) {
  return { max_step_ms, last_step_s, throughput_bytes_s, dirty_ratio, pause_ms, throttle_percent };
}

function settingJson({ value, origin, candidates, why, declared }: Setting<unknown>) {
  return { value, origin, candidates, why, declared };
}

function testJson({ evidence, ...test }: TestResult) {
  return { ...test, evidence: evidence.map(({ path, line, offset, text }) => ({ path, line, offset, text })) };
}

function verdictJson({ rule, status, severity, message, evidence, waived }: Verdict) {
  return {
    rule,
    status,
    severity,
    message,
    ...(waived === undefined ? {} : { waived }),
    evidence: evidence.map(({ path, line, offset, text }) => ({ path, line, offset, text })),
  };
}

import type { TestResult } from '../certification.ts';
import type { JudgedMigration, Report, SourceSummary } from '../judgement.ts';
import type { Outcome, Severity, Verdict } from '../model.ts';
import { STATUS_WORDS } from './certificate.ts';
import { findingsOf, hostsOf } from './page-hosts.ts';
import { shownEvidence } from './page-lines.ts';
import type { PageCertificate, PageFailing, PageFront, PageRow, PageSource, PageTest } from './page-shapes.ts';
import { tunnelOf } from './page-tunnel.ts';
import { allVerdicts, isFailure, summaryOf, wantsOf } from './summary.ts';
import { isoTime } from './time.ts';

/** What the front page, the pages of hosts and the comparison show. */
export function frontOf(report: Report): PageFront {
  const sources = report.sources.map(sourceOf);
  const findings = findingsOf(report);
  return {
    novatrail: report.version,
    generated_at: isoTime(report.generatedAt),
    campaign: report.campaign,
    profile: report.profile,
    summary: summaryOf(report),
    outcomes: outcomesOf(report.migrations),
    certificate: certificateOf(report),
    failing_rules: failingRules(report),
    undecided: wantsOf(report).map(({ collect, decides }) => ({
      collect,
      decides: decides.map(([rule, verdicts]) => ({ rule, count: verdicts.length })),
    })),
    findings,
    hosts: hostsOf(report, findings, sources),
    tunnel: tunnelOf(report.throughput),
    sources,
    rules: report.catalogue,
  };
}

/** The row of a migration. */
export function rowOf({ migration: m, verdicts, tests }: JudgedMigration): PageRow {
  const failing = verdicts.filter(isFailure).toSorted((a, b) => graver(a.severity, b.severity));
  return {
    id: m.id,
    instance: m.instance,
    source_host: m.sourceHost,
    destination_host: m.destinationHost,
    test: tests[0]?.id ?? null,
    outcome: m.outcome,
    started_at: isoTime(m.startedAt),
    duration_s: m.duration_s,
    failing: failing.map(({ rule }) => rule),
    severity: failing[0]?.severity ?? null,
    waived: verdicts.filter(({ waived }) => waived !== undefined).length,
    undecided: verdicts.filter(({ status }) => status === 'inconclusive').length,
  };
}

function sourceOf({ firstAt, lastAt, ...source }: SourceSummary): PageSource {
  return { ...source, first_at: isoTime(firstAt), last_at: isoTime(lastAt) };
}

const OUTCOMES: readonly Outcome[] = ['completed', 'timed-out', 'cancelled', 'failed', 'running'];

function outcomesOf(migrations: readonly JudgedMigration[]): PageFront['outcomes'] {
  const counts = Map.groupBy(migrations, ({ migration }) => migration.outcome);
  return OUTCOMES.flatMap((outcome) => {
    const count = counts.get(outcome)?.length ?? 0;
    return count === 0 ? [] : [{ outcome, count }];
  });
}

function certificateOf({ tests, uncovered }: Report): PageCertificate | null {
  if (tests.length === 0) return null;
  const counts = (Object.keys(STATUS_WORDS) as TestResult['status'][]).flatMap((status) => {
    const count = tests.filter((test) => test.status === status).length;
    return count === 0 ? [] : [{ status, words: STATUS_WORDS[status], count }];
  });
  return { counts, tests: tests.map(testOf), uncovered };
}

function testOf({ evidence, status, ...test }: TestResult): PageTest {
  return { ...test, status, words: STATUS_WORDS[status], ...shownEvidence(evidence) };
}

function failingRules(report: Report): PageFailing[] {
  const failing = Map.groupBy(allVerdicts(report).filter(isFailure), ({ rule }) => rule);
  const onFindings = new Set<Verdict>(report.findings);
  const rules = [...failing].map(([rule, verdicts]): PageFailing => {
    const findings = verdicts.filter((verdict) => onFindings.has(verdict)).length;
    const gravest = verdicts.map(({ severity }) => severity).toSorted(graver)[0] as Severity;
    const title = report.catalogue.find(({ id }) => id === rule)?.title ?? rule;
    return { rule, title, severity: gravest, migrations: verdicts.length - findings, findings };
  });
  const count = ({ migrations, findings }: PageFailing) => migrations + findings;
  return rules.toSorted((a, b) => graver(a.severity, b.severity) || count(b) - count(a));
}

const GRAVITY: readonly Severity[] = ['error', 'warning', 'note'];

function graver(a: Severity, b: Severity): number {
  return GRAVITY.indexOf(a) - GRAVITY.indexOf(b);
}

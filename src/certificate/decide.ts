import type { Expectation, MatchedTest, MigrationFacts, PlannedTest, TestStatus } from '../certification.ts';
import type { Evidence, Verdict } from '../model.ts';
import { type CatalogueTest, catalogueTest } from './catalogue.ts';
import { leftOpen, unlike } from './setup.ts';
import { judgeTranscript } from './transcripts.ts';

/** What one run of a test came to. */
export interface Decision {
  readonly status: Exclude<TestStatus, 'manual'>;
  readonly reasons: readonly string[];
  readonly evidence: readonly Evidence[];
  readonly migrations: readonly string[];
  /** True where it ran and none of its rules could decide. */
  readonly weak: boolean;
}

/** Decides one run of a test from its migration's verdicts, or from its transcript. */
export function decide({ test, match, unlogged }: MatchedTest): Decision {
  const known = catalogueTest(test.id);
  if (test.transcript !== null && (known === null || known.by === 'transcript')) return ofTranscript(test.transcript);
  if (match.kind === 'found') return ofMigration(test, match.migration, known);
  if (match.kind === 'ambiguous') {
    const ids = match.migrations.map(({ migration }) => migration.id);
    const reasons = [`${ids.length} migrations may be meant (${ids.join(', ')}): name its request id`];
    return { status: 'inconclusive', reasons, evidence: [], migrations: ids, weak: false };
  }
  const record = unlogged[0];
  const inDatabase =
    record === undefined ? '' : `, though ${record.knownBy} knows one (${record.status}): its host's log was not read`;
  return {
    status: 'not-run',
    reasons: [`no migration was found${inDatabase}`],
    evidence: [],
    migrations: [],
    weak: false,
  };
}

function ofTranscript(transcript: NonNullable<PlannedTest['transcript']>): Decision {
  const { status, message, evidence = [] } = judgeTranscript(transcript);
  return {
    status: status === 'not-applicable' ? 'inconclusive' : status,
    reasons: [message],
    evidence: evidence.map(({ ref, text }) => ({ ...ref, text })),
    migrations: [],
    weak: status !== 'pass' && status !== 'fail',
  };
}

function ofMigration(test: PlannedTest, facts: MigrationFacts, known: CatalogueTest | null): Decision {
  const { migration, settings, verdicts } = facts;
  const migrations = [migration.id];
  const other = known === null ? null : unlike(known, settings);
  if (other !== null) return { status: 'inconclusive', reasons: [other], evidence: [], migrations, weak: false };
  const needs = [...(known?.needs ?? []), ...neededBy(test.expect, known)];
  const failed = failing(verdicts, needs.flat(), known);
  if (failed.length > 0) {
    const reasons = failed.map(({ rule, message }) => `${message} [${rule}]`);
    return { status: 'fail', reasons, evidence: failed.flatMap(({ evidence }) => evidence), migrations, weak: false };
  }
  const throttled = throttledAs(test.expect, facts);
  if (throttled === 'fail') {
    const reasons = [`the guest was ${test.expect.throttled ? 'not ' : ''}throttled, unlike the test expects`];
    return { status: 'fail', reasons, evidence: [], migrations, weak: false };
  }
  const open = needs.filter((group) => !group.some((rule) => statusOf(verdicts, rule) === 'pass'));
  const proved = verdicts.filter(({ rule, status }) => status === 'pass' && needs.flat().includes(rule));
  if (open.length === 0 && throttled === 'pass') {
    const percent = migration.observed.throttle_percent;
    const shown = test.expect.throttled === null ? [] : [`the samples show a throttle of up to ${percent} %`];
    const reasons = [
      ...proved.map(({ rule, message }) => `${message} [${rule}]`),
      ...shown,
      ...(known === null ? [] : [...leftOpen(known, settings), ...undecidedGuards(verdicts, known)]),
    ];
    const lines = proved.flatMap(({ evidence }) => evidence);
    // Where what is not said proves it, the migration itself is shown.
    const evidence = lines.length > 0 ? lines : facts.proofs.map(({ ref, text }) => ({ ...ref, text }));
    return { status: 'pass', reasons, evidence, migrations, weak: false };
  }
  const reasons = [
    ...open.map((group) => whyOpen(verdicts, group)),
    ...(throttled === 'inconclusive' ? ['no sample shows whether the guest was throttled'] : []),
  ];
  return { status: 'inconclusive', reasons, evidence: [], migrations, weak: proved.length === 0 };
}

/** What a test expects, it needs proof of; one that expects nothing and is of no plan, at least an end. */
function neededBy(expect: Expectation, known: CatalogueTest | null): string[][] {
  const needs = [
    ...(expect.timeout_s === null ? [] : [['timeout-wrong-value', 'timeout-contradicted-by-steps']]),
    ...(expect.max_downtime_ms === null ? [] : [['downtime-over-limit']]),
    ...(expect.auto_converge === null ? [] : [['auto-converge-contradicted']]),
    ...(expect.tunnel === null ? [] : [['tunnel-contradicted']]),
    ...(expect.outcome === null ? [] : [['outcome-unexpected']]),
  ];
  return needs.length === 0 && known === null ? [['migration-unfinished']] : needs;
}

/** Failures that fail the test: of the rules it needs, of its guards if errors; a test of no plan has all rules for guards. */
function failing(verdicts: readonly Verdict[], needs: readonly string[], known: CatalogueTest | null): Verdict[] {
  return verdicts.filter(({ rule, status, severity, waived }) => {
    if (status !== 'fail' || waived !== undefined || severity === 'note') return false;
    if (needs.includes(rule) || rule === 'outcome-unexpected') return true;
    return severity === 'error' && (known === null || known.guards.includes(rule));
  });
}

/** What the plan asks for besides, and the run does not show. */
function undecidedGuards(verdicts: readonly Verdict[], { guards }: CatalogueTest): string[] {
  return verdicts
    .filter(({ rule, status }) => status === 'inconclusive' && guards.includes(rule))
    .map(({ rule, message }) => `left open: ${message} [${rule}]`);
}

function throttledAs({ throttled }: Expectation, { migration }: MigrationFacts): 'pass' | 'fail' | 'inconclusive' {
  const percent = migration.observed.throttle_percent;
  if (throttled === null) return 'pass';
  if (percent === null) return 'inconclusive';
  return percent > 0 === throttled ? 'pass' : 'fail';
}

function statusOf(verdicts: readonly Verdict[], rule: string): Verdict['status'] | null {
  return verdicts.find((each) => each.rule === rule)?.status ?? null;
}

function whyOpen(verdicts: readonly Verdict[], group: readonly string[]): string {
  const said = verdicts.filter(({ rule }) => group.includes(rule));
  const telling = said.find(({ status }) => status === 'inconclusive') ?? said[0];
  return telling === undefined ? `${group.join(' or ')} did not decide` : `${telling.message} [${telling.rule}]`;
}

import type { Certificate, MatchedTest, TestResult, TestStatus } from '../certification.ts';
import type { Evidence, Verdict } from '../model.ts';
import { type CatalogueTest, catalogueTest, MAIN_PLAN, PLAN_TESTS } from './catalogue.ts';
import { type Decision, decide } from './decide.ts';
import { STATEMENTS } from './statements.ts';

/**
 * The certificate of a campaign: a row for each test, those of the plan in its order (one that the campaign does not list is not
 * run), then the others in the order of the file; and the statements of the plan that nothing decides. `findings`: the
 * verdicts on all migrations together.
 */
export function certificateOf(tests: readonly MatchedTest[], findings: readonly Verdict[]): Certificate {
  const runs = Map.groupBy(tests, ({ test }) => test.id);
  const ofPlan = [...runs.keys()].some((id) => catalogueTest(id) !== null);
  const mainPlan = [...runs.keys()].some((id) => catalogueTest(id)?.plan === MAIN_PLAN);
  const listed = mainPlan ? PLAN_TESTS.map(({ id }) => id) : [];
  const ids = [...new Set([...listed, ...runs.keys()])];
  const rows = ids.map((id) => row(id, runs.get(id) ?? []));
  return { tests: rows, uncovered: ofPlan ? uncoveredBy(rows, findings) : [] };
}

function row(id: string, runs: readonly MatchedTest[]): TestResult {
  const known = catalogueTest(id);
  const about = { id, plan: known?.plan ?? null, section: known?.section ?? null, title: known?.title ?? null };
  if (known?.by === 'manual') {
    const reasons = ['a person must look: no log shows it'];
    return { ...about, status: 'manual', migrations: [], reasons, evidence: [], missing: known.collect };
  }
  if (runs.length === 0) {
    const reasons = ['the campaign does not list it'];
    return { ...about, status: 'not-run', migrations: [], reasons, evidence: [], missing: known?.collect ?? null };
  }
  const decisions = runs.map(decide);
  const status = together(decisions);
  const telling = decisions.filter((each) => each.status === status || status === 'inconclusive');
  return {
    ...about,
    status,
    migrations: [...new Set(decisions.flatMap(({ migrations }) => migrations))],
    reasons: [...new Set(telling.flatMap(({ reasons }) => reasons))],
    evidence: once(telling.flatMap(({ evidence }) => evidence)),
    missing: status === 'pass' || status === 'fail' ? null : missingOf(known, status, telling),
  };
}

function once(evidence: readonly Evidence[]): Evidence[] {
  const places = evidence.map(({ path, line }) => `${path}:${line}`);
  return evidence.filter((_, index) => places.indexOf(places[index] as string) === index);
}

/** Of several runs one failure fails the test, and only all of them together pass it. */
function together(decisions: readonly Decision[]): Exclude<TestStatus, 'manual'> {
  const statuses = new Set(decisions.map(({ status }) => status));
  if (statuses.has('fail')) return 'fail';
  return statuses.size === 1 ? ([...statuses][0] as Decision['status']) : 'inconclusive';
}

function missingOf(known: CatalogueTest | null, status: TestStatus, open: readonly Decision[]): string {
  if (known === null && status === 'not-run')
    return "the log of its source host, and in the campaign file the test's instance and window, or its request id";
  return known?.collect ?? open.flatMap(({ reasons }) => reasons).join('; ');
}

/** Rules about all migrations together that decide a statement. */
const BY_RULE: Readonly<Record<string, string>> = { R28: 'tunnel-not-slower' };

function uncoveredBy(rows: readonly TestResult[], findings: readonly Verdict[]): Certificate['uncovered'] {
  const decided = new Set(
    rows
      .filter(({ status }) => status === 'pass' || status === 'fail')
      .flatMap(({ id }) => catalogueTest(id)?.statements ?? []),
  );
  const judged = new Set(
    findings.filter(({ status }) => status === 'pass' || status === 'fail').map(({ rule }) => rule),
  );
  return STATEMENTS.filter(({ id }) => !decided.has(id) && !judged.has(BY_RULE[id] ?? '')).map(
    ({ id, text, tested }) => ({ id, text, untested: !tested }),
  );
}

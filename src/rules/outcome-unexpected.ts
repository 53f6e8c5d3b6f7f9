import type { Case, Finding, Rule } from '../judgement.ts';

export const outcomeUnexpected: Rule = {
  id: 'outcome-unexpected',
  title: 'unexpected outcome',
  why: 'a test that is to run into its timeout, or to complete, proves nothing where it ended otherwise.',
  severity: 'error',
  needs: "the test's expect.outcome, and the line by which nova says how the migration ended",
  undecided: 'where the log ends before the migration does',
  collect: "the source host's log up to the migration's end",
  check,
};

const ENDS = new Set(['completed', 'aborted', 'cancelled', 'failure', 'timeout', 'stuck', 'finished', 'rolled-back']);

function check({ migration, tests }: Case): Finding {
  const test = tests.find(({ expect }) => expect.outcome !== null);
  if (test === undefined) return { status: 'not-applicable', message: 'no test expects an outcome' };
  const { outcome } = test.expect;
  const evidence = [test.proof, ...migration.timeline.filter(({ type }) => ENDS.has(type)).slice(-2)];
  if (migration.outcome === outcome)
    return { status: 'pass', message: `it ${ended(migration.outcome)}, as the test expects`, evidence };
  const message = `it ${ended(migration.outcome)}, but the test expects it ${outcome}`;
  return { status: migration.outcome === 'running' ? 'inconclusive' : 'fail', message, evidence };
}

function ended(outcome: string): string {
  return outcome === 'completed' ? outcome : outcome === 'running' ? 'has no end in the log' : `was ${outcome}`;
}

import type { MatchedTest } from '../certification.ts';
import type { Finding, FleetRule } from '../judgement.ts';

export const testNotRun: FleetRule = {
  id: 'test-not-run',
  title: 'test not exercised',
  why: 'a test of the campaign without a migration proves nothing; it was not run, or its log was not read.',
  severity: 'warning',
  needs: 'the tests of the campaign, and migrations by request id, instance and time',
  undecided: 'where several migrations may be meant (test-ambiguous)',
  collect: "the log of the test's source host, and the test's instance and window (or request id) in the campaign file",
  check: ({ tests }) => tests.filter(({ test }) => test.transcript === null).map(found),
};

function found({ test, match, unlogged }: MatchedTest): Finding {
  const evidence = [test.proof];
  if (match.kind === 'found')
    return { status: 'pass', message: `${test.id}: ${match.migration.migration.id}`, evidence };
  if (match.kind === 'ambiguous') {
    return {
      status: 'inconclusive',
      message: `${test.id}: ${match.migrations.length} migrations may be meant`,
      evidence,
    };
  }
  const [record] = unlogged;
  if (record === undefined) return { status: 'fail', message: `${test.id}: no migration was found`, evidence };
  const message = `${test.id}: no log shows its migration, though ${record.knownBy} knows one (${record.status})`;
  return { status: 'fail', message, evidence: [...evidence, record.proof] };
}

import type { MatchedTest } from '../certification.ts';
import type { Finding, FleetRule } from '../judgement.ts';

export const testAmbiguous: FleetRule = {
  id: 'test-ambiguous',
  title: 'ambiguous match',
  why: 'where two migrations may be what a test is about, choosing one would be a guess.',
  severity: 'warning',
  needs: 'the tests of the campaign, and migrations by request id, instance and time',
  undecided: 'never: a test without any migration is not applicable (test-not-run)',
  collect:
    "the request id of the test's migration (the line of nova-compute, or openstack server event list), or a narrower window",
  check: ({ tests }) => tests.filter(({ test }) => test.transcript === null).map(ambiguity),
};

function ambiguity({ test, match }: MatchedTest): Finding {
  const evidence = [test.proof];
  if (match.kind === 'none')
    return { status: 'not-applicable', message: `${test.id}: no migration was found`, evidence };
  if (match.kind === 'found')
    return { status: 'pass', message: `${test.id}: only one migration may be meant`, evidence };
  const ids = match.migrations.map(({ migration }) => migration.id).join(', ');
  const lines = match.migrations.flatMap(({ proofs }) => proofs);
  const message = `${test.id}: ${match.migrations.length} migrations may be meant (${ids}); name its request id`;
  return { status: 'fail', message, evidence: [...evidence, ...lines] };
}

import { catalogueTest } from '../certificate/catalogue.ts';
import { decide } from '../certificate/decide.ts';
import type { MatchedTest } from '../certification.ts';
import type { Finding, FleetRule } from '../judgement.ts';

export const evidenceTooWeak: FleetRule = {
  id: 'evidence-too-weak',
  title: 'evidence too weak for this test',
  why: 'a test that ran and of which no rule could decide anything has to be run again, with more collected.',
  severity: 'note',
  needs: 'the rules that decide the test, and their verdicts on its migration or transcript',
  undecided: 'never: a test that was not run, or not for sure, is not applicable',
  collect: 'what the finding names',
  check: ({ tests }) => tests.map(strength),
};

function strength(matched: MatchedTest): Finding {
  const { test, match } = matched;
  const evidence = [test.proof];
  const known = catalogueTest(test.id);
  if (match.kind !== 'found' && test.transcript === null)
    return { status: 'not-applicable', message: `${test.id}: not run, or not for sure`, evidence };
  if (known?.by === 'manual') return { status: 'not-applicable', message: `${test.id}: a person must look`, evidence };
  const { weak, reasons } = decide(matched);
  if (!weak) return { status: 'pass', message: `${test.id}: its rules could decide`, evidence };
  const collect = known === null ? '' : `; collect next time: ${known.collect}`;
  return { status: 'fail', message: `${test.id}: ${reasons.join('; ')}${collect}`, evidence };
}

import type { FileFacts, Finding, FleetRule } from '../judgement.ts';

export const logUnrecognised: FleetRule = {
  id: 'log-unrecognised',
  title: 'lines about migrations that no grammar knows',
  why: 'a nova that words its messages anew would be judged by what is left; this shows it early.',
  severity: 'note',
  needs: 'every record about migrations in a file',
  undecided: 'never: a file without any line about a migration is not applicable',
  collect: 'the lines themselves: report them, or give a grammar of your own with --grammar',
  check: ({ files }) => files.map(unrecognised),
};

function unrecognised({ path, events, unmatched, firstUnmatched }: FileFacts): Finding {
  if (unmatched + events === 0) return { status: 'not-applicable', message: `${path}: no line about a live migration` };
  if (unmatched === 0) return { status: 'pass', message: `${path}: every record about migrations was recognised` };
  const message = `${path}: ${unmatched} record${unmatched === 1 ? '' : 's'} about migrations that no grammar knows`;
  return { status: 'fail', message, evidence: firstUnmatched };
}

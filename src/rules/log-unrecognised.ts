import type { Severity, Unmatched, Verdict } from '../model.ts';

/** The rule about files rather than migrations: records about migrations that no grammar took. */
export const logUnrecognised = {
  id: 'log-unrecognised',
  title: 'lines about migrations that no grammar knows',
  why: 'a nova that words its messages anew would be judged by what is left; this shows it early.',
  severity: 'note' as Severity,
  collect: 'the lines themselves: report them, or give a grammar of your own with --grammar',
};

const SHOWN = 5;

/** One verdict a file that was read: failed where it holds such records. `events`: how many it holds that are known. */
export function judgeUnrecognised(path: string, unmatched: readonly Unmatched[], events: number): Verdict {
  const { id: rule, severity } = logUnrecognised;
  if (unmatched.length + events === 0) {
    const message = `${path}: no line about a live migration`;
    return { rule, severity, status: 'not-applicable', message, evidence: [] };
  }
  if (unmatched.length === 0) {
    return {
      rule,
      severity,
      status: 'pass',
      message: `${path}: every record about migrations was recognised`,
      evidence: [],
    };
  }
  const evidence = unmatched.slice(0, SHOWN).map(({ ref, text }) => ({ ...ref, text }));
  const message = `${path}: ${unmatched.length} record${unmatched.length === 1 ? '' : 's'} about migrations that no grammar knows`;
  return { rule, severity, status: 'fail', message, evidence };
}

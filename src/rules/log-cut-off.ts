import type { FileFacts, Finding, FleetRule } from '../judgement.ts';

export const logCutOff: FleetRule = {
  id: 'log-cut-off',
  title: 'lines that may be lost',
  why: 'a file that is cut off in place (logrotate with copytruncate) may take lines with it that came after the copy and were not read yet.',
  severity: 'warning',
  needs: 'a store that a tail writes to',
  undecided: 'never: without a tail nobody watches the files, and it is not applicable',
  collect: 'the rotated copies of the log; and have logrotate rename it (create) instead of copytruncate',
  check: ({ files }) => files.filter(({ lost }) => lost.length > 0).flatMap(cutOff),
};

function cutOff({ path, lost }: FileFacts): Finding[] {
  return lost.map(({ from, to, after, before }) => {
    const place = to === null ? `after byte ${from}` : `from byte ${from} to ${to}`;
    const since = after === null ? '' : `, written after ${timeOf(after)}`;
    const until = before === null ? '' : `${since === '' ? ', written' : ' and'} before ${timeOf(before)}`;
    return { status: 'fail', message: `${path}: ${place} lines may be missing${since}${until}` };
  });
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}

import { judgeTranscript } from '../certificate/transcripts.ts';
import type { FleetRule } from '../judgement.ts';

export const timeoutRangeErrorText: FleetRule = {
  id: 'timeout-range-error-text',
  title: 'range error text',
  why: 'the plan wants a timeout out of range refused by a message that names the range: "hw:wrs:live_migration_timeout must be 0 or in the range 120 to 800".',
  severity: 'error',
  needs: 'a transcript of commands that set hw:wrs:live_migration_timeout, with the answers',
  undecided: 'where the transcript holds no such command, or not all values of the plan',
  collect:
    'the session in which 120, 150, 800, 0, -1, 1, 119 and 801 are set at the command line, as text (script, or copied), as transcript of the test',
  check: ({ tests }) =>
    tests.flatMap(({ test }) => (test.transcript === null ? [] : [judgeTranscript(test.transcript)])),
};

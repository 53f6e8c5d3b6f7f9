import type { Case, Finding, Rule } from '../judgement.ts';
import { SOURCE_LOG_AND_SETTINGS } from './collect.ts';
import { eventsOf } from './timeline.ts';
import { timeoutAction } from './timeouts.ts';

export const timeoutThenCompleted: Rule = {
  id: 'timeout-then-completed',
  title: 'completed after its timeout',
  why: 'where nova aborts at the timeout, a migration that completes all the same was not stopped; within a second it is a race.',
  severity: 'warning',
  needs: 'the timeout line, the end, and what nova does when the timeout is over',
  undecided: 'under post-copy; where live_migration_timeout_action is not declared (upstream since Stein)',
  collect: SOURCE_LOG_AND_SETTINGS,
  check,
};

const RACE_MS = 1_000;

function check({ migration, settings }: Case): Finding {
  const [first] = eventsOf(migration, 'timeout');
  if (first === undefined) return { status: 'not-applicable', message: 'it did not run into a timeout' };
  const [completed] = eventsOf(migration, 'completed');
  if (migration.outcome === 'running')
    return { status: 'inconclusive', message: 'it timed out; its end is not in the log', evidence: [first] };
  if (migration.outcome !== 'completed')
    return { status: 'pass', message: `it timed out and did not complete: ${migration.outcome}`, evidence: [first] };
  const action = timeoutAction(settings);
  const evidence = completed ? [first, completed] : [first];
  const end = completed?.at ?? migration.endedAt;
  const after = end === null || first.at === null ? null : end - first.at;
  const message = `it completed ${after === null ? '' : `${Math.round(after / 100) / 10} s `}after its timeout`;
  if (action === 'force_complete')
    return { status: 'pass', message: `${message}, as live_migration_timeout_action has it`, evidence };
  if (after !== null && after < RACE_MS)
    return { status: 'pass', severity: 'note', message: `${message}: the abort came too late to stop it`, evidence };
  if (eventsOf(migration, 'postcopy-switch').length > 0)
    return {
      status: 'inconclusive',
      message: `${message}; but post-copy was active, which cannot be aborted`,
      evidence,
    };
  if (action === 'abort') return { status: 'fail', message: `${message}, at which nova aborts`, evidence };
  return { status: 'inconclusive', message: `${message}; live_migration_timeout_action is not declared`, evidence };
}

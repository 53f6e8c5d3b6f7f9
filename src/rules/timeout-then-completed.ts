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
  undecided:
    'under post-copy; without times, across a clock that was set back or without the line that the job is over, for it may be a race; where live_migration_timeout_action is not declared (upstream since Stein)',
  collect: SOURCE_LOG_AND_SETTINGS,
  check,
};

const RACE_MS = 1_000;
const SUCCESS: ReadonlySet<string> = new Set(['completed', 'post-migration-started', 'finished']);

function check({ migration, settings }: Case): Finding {
  const [first] = eventsOf(migration, 'timeout');
  if (first === undefined) return { status: 'not-applicable', message: 'it did not run into a timeout' };
  if (migration.outcome === 'running')
    return { status: 'inconclusive', message: 'it timed out; its end is not in the log', evidence: [first] };
  if (migration.outcome !== 'completed')
    return { status: 'pass', message: `it timed out and did not complete: ${migration.outcome}`, evidence: [first] };
  const action = timeoutAction(settings);
  const end = migration.timeline.find(({ type }) => SUCCESS.has(type));
  const evidence = [first, end].filter((event) => event !== undefined);
  if (action === 'force_complete') {
    const message = 'it completed after its timeout, as live_migration_timeout_action has it';
    return { status: 'pass', message, evidence };
  }
  const undecided = (message: string): Finding => ({ status: 'inconclusive', message, evidence });
  if (first.at === null || end === undefined || end.at === null)
    return undecided('it completed after its timeout; without times nobody can tell a race from an abort that failed');
  const after = end.at - first.at;
  const message = `it completed ${Math.round(after / 100) / 10} s after its timeout`;
  if (after < RACE_MS && migration.clockStep)
    return undecided('it completed after its timeout; but the clock was set back while it ran');
  if (after < RACE_MS)
    return { status: 'pass', severity: 'note', message: `${message}: the abort came too late to stop it`, evidence };
  if (eventsOf(migration, 'postcopy-switch').length > 0)
    return undecided(`${message}; but post-copy was active, which cannot be aborted`);
  if (end.type !== 'completed') return undecided(`${message} or before: the line that the job is over is missing`);
  if (action === 'abort') return { status: 'fail', message: `${message}, at which nova aborts`, evidence };
  return undecided(`${message}; live_migration_timeout_action is not declared`);
}

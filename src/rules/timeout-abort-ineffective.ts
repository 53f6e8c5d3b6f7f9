import type { Case, Finding, Rule } from '../judgement.ts';
import { SOURCE_LOG_AND_SETTINGS } from './collect.ts';
import { eventsOf } from './timeline.ts';
import { timeoutAction } from './timeouts.ts';

export const timeoutAbortIneffective: Rule = {
  id: 'timeout-abort-ineffective',
  title: 'the abort after the timeout had no effect',
  why: 'nova aborts the job when the timeout is over, twice a second until it ends; after a minute the migration must be over.',
  severity: 'error',
  needs: 'the first timeout line, the lines for a minute after it, and what nova does when the timeout is over',
  undecided:
    'where the log ends before, holds no INFO record, or has a gap; under post-copy; where live_migration_timeout_action is not declared',
  collect: SOURCE_LOG_AND_SETTINGS,
  check,
};

const PATIENCE_MS = 60_000;

function check({ migration, settings, coverage }: Case): Finding {
  const [first, ...repeated] = eventsOf(migration, 'timeout');
  if (first === undefined) return { status: 'not-applicable', message: 'it did not run into a timeout' };
  const action = timeoutAction(settings);
  if (action === 'force_complete')
    return { status: 'not-applicable', message: 'nova.conf has it completed by force after the timeout' };
  const evidence = [first, ...migration.timeline.slice(-1)];
  const said = `nova said it ${repeated.length === 0 ? 'once' : `${repeated.length + 1} times`}`;
  if (first.at === null) return { status: 'inconclusive', message: 'the timeout line has no time', evidence };
  const deadline = first.at + PATIENCE_MS;
  const { endedAt } = migration;
  if (migration.outcome !== 'running' && endedAt !== null && endedAt <= deadline) {
    if (migration.clockStep)
      return {
        status: 'inconclusive',
        message: `it ended, but the clock was set back while it ran; ${said}`,
        evidence,
      };
    const seconds = Math.max(0, Math.round((endedAt - first.at) / 100) / 10);
    return { status: 'pass', message: `it was over ${seconds} s after the timeout; ${said}`, evidence };
  }
  const ended = migration.outcome !== 'running';
  const after =
    ended && endedAt !== null ? `${Math.round((endedAt - first.at) / 1000)} s after it` : 'never in the log';
  const message = `a minute after the timeout it was not over (it ended ${after}); ${said}`;
  const doubt = doubtOf({ ended, deadline, coverage, migration, action });
  if (doubt !== null) return { status: 'inconclusive', message: `${message}; ${doubt}`, evidence };
  return { status: 'fail', message, evidence };
}

function doubtOf({
  ended,
  deadline,
  coverage,
  migration,
  action,
}: Pick<Case, 'coverage' | 'migration'> & {
  readonly ended: boolean;
  readonly deadline: number;
  readonly action: ReturnType<typeof timeoutAction>;
}): string | null {
  if (action === null) return 'but live_migration_timeout_action is not declared';
  if (migration.timeline.some(({ type }) => type === 'postcopy-switch')) return 'but post-copy was active';
  if (migration.clockStep) return 'but the clock was set back';
  if (ended) return null;
  if (coverage.logEnd === null || coverage.logEnd < deadline) return 'but the log ends before that';
  if (!coverage.info) return 'but the log holds no INFO record, where a success would stand';
  return null;
}

import type { Case, Finding, Rule } from '../judgement.ts';
import type { Migration, Settings } from '../model.ts';
import { isAtWork } from '../nova/roles.ts';
import { SOURCE_LOG } from './collect.ts';
import { isTimed } from './timeline.ts';

export const migrationUnfinished: Rule = {
  id: 'migration-unfinished',
  title: 'migration without an end',
  why: 'nova reports on a running migration every 30 s and says how it ended; silence in a log that goes on means that nobody watches it any more.',
  severity: 'error',
  needs: "the source host's log until two minutes after the last line, or after the timeout",
  undecided: 'where the log ends before that, holds no INFO record, or shows no sign that the move began',
  collect: SOURCE_LOG,
  check,
  deadline: ({ migration, settings }) => (migration.outcome === 'running' ? patienceEnd(migration, settings) : null),
};

const PATIENCE_MS = 120_000;
function check({ migration, settings, coverage, restart }: Case): Finding {
  if (migration.outcome !== 'running') return { status: 'pass', message: `it ended: ${migration.outcome}` };
  const last = migration.timeline.findLast(isTimed);
  const until = patienceEnd(migration, settings);
  if (last === undefined || until === null || coverage.logEnd === null) {
    return {
      status: 'inconclusive',
      message: 'no end, and the lines have no time',
      evidence: migration.timeline.slice(-1),
    };
  }
  if (coverage.logEnd < until) {
    return { status: 'inconclusive', severity: 'warning', message: 'open where the log ends', evidence: [last] };
  }
  if (!coverage.info) {
    return {
      status: 'inconclusive',
      message: 'no end, but the log holds no INFO record, where a success would stand',
      evidence: [last],
    };
  }
  if (stillPreparing(migration)) {
    const message =
      'no end, but no line shows that the move began: nova may still wait for network-vif-plugged (vif_plugging_timeout)';
    return { status: 'inconclusive', severity: 'warning', message, evidence: [last] };
  }
  if (restart?.at != null) {
    const after = Math.round((restart.at - last.at) / 1000);
    const message = `no end: nova-compute was started anew ${after} s after the last line about it, and nobody watches it any more`;
    return { status: 'fail', message, evidence: [last, restart] };
  }
  const silent = Math.round((coverage.logEnd - last.at) / 1000);
  return {
    status: 'fail',
    message: `no end, though the log goes on for ${silent} s after the last line about it`,
    evidence: [last],
  };
}

function patienceEnd({ startedAt, timeline }: Migration, { timeout_s }: Settings): number | null {
  const last = timeline.findLast(isTimed);
  if (last === undefined || startedAt === null) return null;
  const timeout = timeout_s.declared ? timeout_s.value : 0;
  return Math.max(startedAt + timeout * 1000, last.at) + PATIENCE_MS;
}

/** The destination is ready and nova's monitor not yet seen: the wait in between lasts as long as the operator allows. */
function stillPreparing({ timeline }: Migration): boolean {
  return timeline.some(({ type }) => type === 'pre-migration-done') && !timeline.some(({ type }) => isAtWork(type));
}

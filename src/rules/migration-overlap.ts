import type { Case, Finding, Rule } from '../judgement.ts';
import type { Migration } from '../model.ts';
import { SOURCE_LOG } from './collect.ts';

export const migrationOverlap: Rule = {
  id: 'migration-overlap',
  title: 'overlap on one instance',
  why: 'nova moves an instance once at a time: a second start without an end of the first means that nova lost sight of the first.',
  severity: 'warning',
  needs: "all migrations of the instance in its source host's log, and their request ids",
  undecided:
    'where request ids are missing or the same, the log has a gap between the two or holds no INFO record, or they stand in the logs of two hosts',
  collect: SOURCE_LOG,
  check,
};

function check({ migration, attempts, coverage }: Case): Finding {
  const { startedAt } = migration;
  if (startedAt === null) return { status: 'inconclusive', message: 'its lines have no time' };
  const open = openAt(attempts, migration, startedAt);
  if (open === undefined && !coverage.info)
    return {
      status: 'inconclusive',
      message: 'no other was open, but the log holds no INFO record, where it would stand',
    };
  if (open === undefined)
    return { status: 'pass', message: 'no other migration of the instance was open when it began' };
  const last = open.timeline.findLast((event) => event.host === open.sourceHost);
  const first = migration.timeline.find(({ at }) => at === startedAt);
  const evidence = [last, first].filter((event) => event !== undefined);
  const began = `it began while ${open.id} had no end`;
  const unsure = (why: string): Finding => ({ status: 'inconclusive', message: `${began}, but ${why}`, evidence });
  if (open.sourceHost === null || open.sourceHost !== migration.sourceHost)
    return unsure('that stands in the log of another host, whose clock may differ');
  if (open.requestId === null || migration.requestId === null) return unsure('request ids are missing');
  if (open.requestId === migration.requestId) return unsure('both carry the same request id');
  if (coverage.logStart === null || open.startedAt === null || coverage.logStart > open.startedAt || !coverage.info)
    return unsure('the log between the two is not whole at INFO');
  return { status: 'fail', message: `${began} (${open.requestId} and ${migration.requestId})`, evidence };
}

/** The last one before it, where that has no end; else an earlier one that ends after its start. */
function openAt(attempts: readonly Migration[], migration: Migration, at: number): Migration | undefined {
  const place = attempts.indexOf(migration);
  const last = attempts[place - 1];
  if (last?.startedAt != null && last.endedAt === null) return last;
  return attempts.findLast(({ endedAt }, index) => index < place && endedAt !== null && endedAt > at);
}

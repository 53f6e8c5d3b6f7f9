import type { Case, Finding, Rule } from '../judgement.ts';
import type { StoredEvent } from '../model.ts';
import { ROLES } from '../nova/roles.ts';
import { SOURCE_LOG } from './collect.ts';
import { numberOf } from './timeline.ts';

export const migrationWithoutStart: Rule = {
  id: 'migration-without-start',
  title: 'end without start',
  why: 'an end whose beginning is not in a log that goes back far enough means that lines were lost.',
  severity: 'warning',
  needs: "the source host's log at INFO from before the start, which nova's counters or the timeout put a bound to",
  undecided:
    "where the source's log was not read, begins too late, holds no INFO record, or the move was too short to leave a line of its start",
  collect: SOURCE_LOG,
  check,
};

/** Nova reports half a minute after the start at the latest; five more for a slow turn of its loop. */
const FIRST_REPORT_S = 35;
const SLACK_MS = 60_000;

function check({ migration, settings, coverage }: Case): Finding {
  const own = migration.timeline.filter(({ type }) => OWN.has(ROLES[type]));
  const [first] = own;
  if (first === undefined)
    return { status: 'inconclusive', message: "the source's log was not read, or holds none of it" };
  const start = own.find(isStart);
  if (start !== undefined) return { status: 'pass', message: 'its start is in the log', evidence: [start] };
  const running = own.find(({ type }) => ROLES[type] === 'running');
  if (migration.outcome !== 'completed' && running === undefined)
    return { status: 'not-applicable', message: 'it ended before anything ran', evidence: [first] };
  const evidence = [first];
  const lacking = 'no line shows its start';
  if (first.at === null || coverage.logStart === null)
    return { status: 'inconclusive', message: `${lacking}, and the lines have no time`, evidence };
  const counters = [first.fields.running_s, first.fields.elapsed_s, first.fields.timeout_s];
  const counted = counters.find((seconds) => typeof seconds === 'number') ?? settings.timeout_s.value ?? 0;
  const before = 1000 * counted + SLACK_MS;
  if (coverage.logStart > first.at - before)
    return { status: 'inconclusive', message: `${lacking}; the log begins too late to hold it`, evidence };
  if (!coverage.info) return { status: 'inconclusive', message: `${lacking}; the log holds no INFO record`, evidence };
  if (running === undefined && settings.profile !== 'stx-2018')
    return { status: 'inconclusive', message: `${lacking}; a move of less than half a second leaves none`, evidence };
  return { status: 'fail', message: `${lacking}, though the log goes back before it`, evidence };
}

const OWN: ReadonlySet<string | undefined> = new Set(['opening', 'running', 'ending']);

function isStart(event: StoredEvent): boolean {
  if (ROLES[event.type] === 'opening' || event.type === 'downtime-schedule') return true;
  if (event.type === 'downtime-step') return event.fields.elapsed_s === 0;
  return event.type === 'progress' && numberOf(event, 'running_s') <= FIRST_REPORT_S;
}

import type { Case, Finding, Rule } from '../judgement.ts';
import type { Settings, StoredEvent, TimedEvent } from '../model.ts';
import { SOURCE_LOG_AND_SETTINGS } from './collect.ts';
import { declareIt, eventsOf, isTimed, type MonitorStart, monitorStart, originOf, stalled } from './timeline.ts';
import { leastTimeout, mostTimeout } from './timeouts.ts';

export const timeoutMissed: Rule = {
  id: 'timeout-missed',
  title: 'ran past its timeout',
  why: 'nova looks at the clock twice a second and must say "Live migration not completed" as soon as the timeout is over.',
  severity: 'error',
  needs: 'a line that shows when nova began to watch, the lines that follow, and the timeout in force',
  undecided:
    'without the start, across a gap or a clock that was set, under post-copy, where nova-compute was started anew, or where nothing declares the timeout',
  collect: SOURCE_LOG_AND_SETTINGS,
  check,
  deadline: ({ migration, settings }) => {
    const start = monitorStart(migration);
    return start === null || migration.outcome !== 'running' ? null : silentFrom(start.at, settings);
  },
};

const PROVES_RUNNING = new Set(['progress', 'downtime-step', 'completed', 'aborted', 'cancelled']);
/** Ten polls; and half a minute more where the monitor itself stalled. */
const TOLERANCE_MS = 5_000;
const STALLED_MS = 30_000;

function check(subject: Case): Finding {
  const { migration, settings } = subject;
  const timeout = settings.timeout_s;
  if (timeout.value === 0) return { status: 'not-applicable', message: 'the timeout is off' };
  const start = monitorStart(migration);
  if (timeout.value === null) return { status: 'inconclusive', message: declareIt('timeout', settings.profile) };
  if (start === null)
    return { status: 'inconclusive', message: 'no line shows when nova began to watch the migration' };
  const limit = mostTimeout(settings);
  const late = lineAfter(
    migration.timeline,
    start.at + limit * 1000 + (stalled(migration.timeline) ? STALLED_MS : TOLERANCE_MS),
  );
  const fired = eventsOf(migration, 'timeout')[0];
  if (fired && (!late || fired.at === null || fired.at <= late.at)) {
    return { status: 'pass', message: 'nova noticed that the timeout was over', evidence: [fired] };
  }
  if (!late) return silence(subject, start) ?? within(subject, limit);
  const seconds = Math.round((late.at - start.at) / 1000);
  const message = `it still ran after ${seconds} s, and no timeout line stands before; the timeout is ${atMost(settings)}${limit} s (${originOf(timeout)})`;
  const evidence = [start.event, late];
  if (migration.timeline.some(({ type }) => type === 'postcopy-switch')) {
    return {
      status: 'inconclusive',
      message: `${message}; but post-copy was active, which nova lets run on`,
      evidence,
    };
  }
  if (migration.clockStep)
    return { status: 'inconclusive', message: `${message}; but the clock was set back in between`, evidence };
  if (!timeout.declared)
    return { status: 'inconclusive', message: `${message}; ${declareIt('timeout', settings.profile)}`, evidence };
  if (interrupted(subject, late))
    return { status: 'inconclusive', message: `${message}; but the log has a gap in between`, evidence };
  return { status: 'fail', message, evidence };
}

/**
 * Where the log goes on without a line about it, nova said nothing in time either; a stalled monitor may be half a minute late.
 * A nova-compute that was started anew watches nothing of what it did before.
 */
function silence({ migration, settings, coverage, restart }: Case, start: MonitorStart): Finding | null {
  if (migration.outcome !== 'running' || coverage.logEnd === null || coverage.logEnd < silentFrom(start.at, settings))
    return null;
  const postCopy = migration.timeline.some(({ type }) => type === 'postcopy-switch');
  if (!settings.timeout_s.declared || !coverage.info || migration.clockStep || postCopy) return null;
  if (restart !== null) {
    const message = 'nova-compute was started anew before a line said how it went on: see migration-unfinished';
    return { status: 'inconclusive', message, evidence: [...migration.timeline.slice(-1), restart] };
  }
  const seconds = Math.round((coverage.logEnd - start.at) / 1000);
  const timeout = `${atMost(settings)}${mostTimeout(settings)} s (${originOf(settings.timeout_s)})`;
  const message = `after ${seconds} s no line says that it ended or that its timeout is over; the timeout is ${timeout}`;
  return { status: 'fail', message, evidence: [start.event, ...migration.timeline.slice(-1)] };
}

function silentFrom(start: number, settings: Settings): number {
  return start + mostTimeout(settings) * 1000 + STALLED_MS;
}

function within({ migration, settings }: Case, limit: number): Finding {
  const timeout = `its timeout of ${atMost(settings)}${limit} s${settings.timeout_s.declared ? '' : ' (assumed)'}`;
  if (migration.outcome === 'running') {
    const message = `no line shows its end, nor that it ran past ${timeout}`;
    return { status: 'inconclusive', message, evidence: migration.timeline.slice(-1) };
  }
  return { status: 'pass', message: `it was over before or within 5 s of ${timeout}` };
}

function atMost(settings: Settings): string {
  return leastTimeout(settings) === null ? '' : 'at most ';
}

function lineAfter(timeline: readonly StoredEvent[], deadline: number): TimedEvent | undefined {
  return timeline.filter(isTimed).find(({ type, at }) => PROVES_RUNNING.has(type) && at >= deadline);
}

/** The lines stand in different files, and the host's log is not known to be whole. */
function interrupted({ migration, coverage }: Case, late: StoredEvent): boolean {
  const sources = new Set(migration.timeline.filter(({ host }) => host === late.host).map(({ source }) => source));
  return sources.size > 1 && !coverage.complete;
}

import type { Case } from '../judgement.ts';
import type { StoredEvent } from '../model.ts';
import { eventsOf, type MonitorStart, monitorStart, numberOf } from './timeline.ts';
import { leastTimeout, mostTimeout, possibleTimeouts } from './timeouts.ts';

/** The first timeout line: how long after the monitor's start it came (s), at least and at most, and when it was due. */
export interface TimeoutMoment {
  readonly line: StoredEvent;
  readonly start: MonitorStart;
  readonly least_s: number;
  readonly most_s: number;
  /** From the settings where they are declared, else the number that the line prints. */
  readonly dueFrom_s: number;
  readonly dueTo_s: number;
  readonly declared: boolean;
}

/** When the timeout fired. A text where that cannot be told, or does not matter: why. */
export function timeoutMoment({ migration, settings }: Case): TimeoutMoment | string | null {
  const [line] = eventsOf(migration, 'timeout');
  if (line === undefined) return null;
  const start = monitorStart(migration);
  if (start === null || line.at === null) return 'no line shows when nova began to watch the migration';
  if (migration.clockStep) return 'the clock was set back while it ran';
  const { declared, value } = settings.timeout_s;
  const known = declared && value !== null && value > 0;
  const printed = numberOf(line, 'timeout_s');
  return {
    line,
    start,
    least_s: (line.at - start.at) / 1000,
    most_s: (line.at - start.earliest) / 1000,
    dueFrom_s: known ? (leastTimeout(settings) ?? Math.min(...possibleTimeouts(settings))) : printed,
    dueTo_s: known ? mostTimeout(settings) : printed,
    declared: known,
  };
}

/** The time after which it fired, in words. */
export function firedAfter({ least_s, most_s }: TimeoutMoment): string {
  const [least, most] = [Math.round(least_s * 10) / 10, Math.round(most_s * 10) / 10];
  return least === most ? `the timeout fired after ${least} s` : `the timeout fired after ${least} to ${most} s`;
}

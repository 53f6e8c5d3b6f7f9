import type { ScheduleShown, Settings, Span, StoredEvent } from '../model.ts';
import { arithmeticsOf, downtimeSchedule, starlingxDelay } from '../nova/schedule.ts';
import { numberOf } from './timeline.ts';

/** `[marker_s, downtime_ms]` of every step. */
export type Schedule = readonly (readonly [marker_s: number, downtime_ms: number])[];

/** The seconds between steps that the settings allow: more than one where Python 2 takes another size; none where they are not known. */
export function delaysOf(settings: Settings): number[] {
  const { profile, timeout_s: timeout, downtime_steps: steps, downtime_delay_s: delay, data_gb: size } = settings;
  if (profile === 'stx-2018' && timeout.value !== null) return [starlingxDelay(timeout.value, steps.value)];
  if (size.value === null || size.candidates.some(({ key }) => key === 'disks_gib')) return [];
  const sizes = [size.value, ...size.candidates.map(({ value }) => Number(value))];
  return [...new Set(sizes.map((gib) => Math.trunc(delay.value * gib)))];
}

/** The schedules that the settings allow, one for each arithmetic and delay; none where the delay is not known. */
export function schedulesOf(settings: Settings): Schedule[] {
  const { max_downtime_ms: limit, downtime_steps: steps, profile } = settings;
  return delaysOf(settings).flatMap((delay) =>
    arithmeticsOf(profile).map((how) => {
      const schedule = downtimeSchedule(limit.value, steps.value, delay, how);
      // With no time between them, nova goes to the last at once (the fork; upstream's delay is never 0).
      return delay === 0 ? schedule.slice(-1) : schedule;
    }),
  );
}

/** True where all that a schedule is made of is declared. */
export function isScheduleDeclared(settings: Settings): boolean {
  const { profile, max_downtime_ms, downtime_steps, timeout_s, downtime_delay_s, data_gb } = settings;
  const spacing = profile === 'stx-2018' ? [timeout_s] : [downtime_delay_s, data_gb];
  return [max_downtime_ms, downtime_steps, ...spacing].every(({ declared }) => declared);
}

/** Python 2 and 3 differ by a millisecond. */
const ROUNDING_MS = 1;

/** True where a downtime line is a step of the schedule. */
export function isStepOf(schedule: Schedule, step: StoredEvent): boolean {
  return schedule.some(
    ([marker, ms]) =>
      marker === numberOf(step, 'elapsed_s') && Math.abs(ms - numberOf(step, 'downtime_ms')) <= ROUNDING_MS,
  );
}

/**
 * True where the downtimes of all lines are those of a limit (ms), whatever time lies between them: after 0 s the first, or,
 * where the fork leaves no time between steps, the last.
 */
export function isOfLimit(
  steps: readonly StoredEvent[],
  limit: number,
  { downtime_steps, profile }: Settings,
): boolean {
  return arithmeticsOf(profile).some((how) => {
    const values = downtimeSchedule(limit, downtime_steps.value, 0, how).map(([, ms]) => ms);
    const [first, last] = [values[0], values.at(-1)];
    return steps.every((step) => {
      const shown = numberOf(step, 'downtime_ms');
      const near = (ms: number | undefined) => ms !== undefined && Math.abs(ms - shown) <= ROUNDING_MS;
      if (numberOf(step, 'elapsed_s') > 0) return values.some(near);
      return near(first) || (profile === 'stx-2018' && steps.length === 1 && near(last));
    });
  });
}

/**
 * The fork spreads its steps over the timeout: true where nothing but their distance is odd, so that the timeout is. One
 * line that allows a whole limit after 0 s may also be the first step of another limit.
 */
export function isOfAnotherTimeout(
  settings: Settings,
  steps: readonly StoredEvent[],
  shown: ScheduleShown | null,
): boolean {
  const { profile, max_downtime_ms: limit } = settings;
  if (profile !== 'stx-2018' || !isOfLimit(steps, limit.value, settings)) return false;
  if (schedulesOf(settings).some((schedule) => steps.every((step) => isStepOf(schedule, step)))) return false;
  const isShown = ([least, most]: Span) => least <= limit.value && limit.value <= most;
  return steps.length === 1 || shown?.limit_ms.some(isShown) === true;
}

/** What the lines show of the schedule, in words. */
export function inWords(shown: ScheduleShown | null): string {
  if (shown === null) return 'fewer than two downtime lines do not show the schedule';
  if (shown.limit_ms.length === 0) return 'the lines fit no schedule of nova';
  return `the lines fit a limit of ${listed(shown.limit_ms)} ms in ${listed(shown.steps)} steps, one every ${listed(shown.delay_s)} s`;
}

const SHOWN = 3;

function listed(spans: readonly Span[]): string {
  const texts = spans.map(([least, most]) => (least === most ? String(least) : `${least} to ${most}`));
  return texts.length > SHOWN ? `${texts.slice(0, SHOWN).join(' or ')} or more` : texts.join(' or ');
}

import type { Migration, Revealed, ScheduleShown, Setting, Settings, Span } from '../model.ts';
import { OPTION_NAMES } from '../nova/options.ts';

/**
 * What the lines of a migration reveal: limit, steps, delay, timeout and arithmetic as they were in force; and under the names
 * of nova.conf's options what stands there, where the value is known to be nova.conf's.
 */
export function revealedOf(migration: Migration, settings: Settings, shown: ScheduleShown | null): Revealed[] {
  const printed = printedTimeout(migration);
  const timeout_s = printed === null ? (shown?.timeout_s ?? []) : [[printed, printed] as const];
  return [
    { name: 'max_downtime_ms', possible: shown?.limit_ms ?? [] },
    { name: 'downtime_steps', possible: shown?.steps ?? [] },
    { name: 'downtime_delay_s', possible: shown?.delay_s ?? [] },
    { name: 'timeout_s', possible: timeout_s },
    { name: 'arithmetic', possible: shown?.arithmetics ?? [] },
    ...confOf(settings, shown, timeout_s),
  ].filter(({ possible }) => possible.length > 0);
}

/** The timeout that nova says is over; a number that changed in between tells nothing of one of them. */
function printedTimeout({ timeline }: Migration): number | null {
  const values = new Set(timeline.flatMap(({ type, fields }) => (type === 'timeout' ? [fields.timeout_s] : [])));
  const [value] = values;
  return values.size === 1 && typeof value === 'number' ? value : null;
}

function confOf(settings: Settings, shown: ScheduleShown | null, timeout_s: readonly Span[]): Revealed[] {
  const upstream = settings.profile === 'upstream';
  const downtime = upstream || isConf(settings.max_downtime_ms) ? (shown?.limit_ms ?? []) : [];
  const timeout = upstream ? perGib(timeout_s, settings) : isConf(settings.timeout_s) ? timeout_s : [];
  return [
    { name: OPTION_NAMES.downtime, possible: downtime },
    { name: OPTION_NAMES.downtime_steps, possible: shown?.steps ?? [] },
    { name: OPTION_NAMES.downtime_delay, possible: upstream ? perGib(shown?.delay_s ?? [], settings) : [] },
    { name: OPTION_NAMES.timeout, possible: timeout },
  ];
}

/** On the fork flavor, image or metadata may set it: only a declared instance says that they do not. */
function isConf({ declared, origin }: Setting<number>): boolean {
  return declared && (origin === 'nova.conf' || origin === 'default');
}

/** Upstream multiplies nova.conf's value by the size and cuts the fraction off; where the size is open, so is the value. */
function perGib(spans: readonly Span[], { data_gb }: Settings): Span[] {
  const size = data_gb.value;
  if (size === null || data_gb.candidates.length > 0) return [];
  return spans.flatMap(([least, most]): Span[] => {
    const [from, to] = [Math.ceil(least / size), Math.ceil((most + 1) / size) - 1];
    return from <= to ? [[from, to]] : [];
  });
}

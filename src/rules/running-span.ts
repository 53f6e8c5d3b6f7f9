import type { Case } from '../judgement.ts';
import type { Migration } from '../model.ts';
import { numberOf } from './timeline.ts';

/** The time (ms) in which QEMU may throttle: from nova's start to the guest's pause, a switch to post-copy, or the end. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The running span, with the time until which the guest surely ran as before: nothing was on its way yet. */
export interface RunningSpan extends Span {
  readonly untouched: number;
}

/** Lines that follow the end of QEMU's job at once; nova's last lines may come much later. */
const ENDS: ReadonlySet<string> = new Set(['completed', 'aborted', 'cancelled', 'failure']);

/** Null where the start or every end is unknown. A running migration lasts to its last line. */
export function runningSpan({ migration }: Pick<Case, 'migration'>): RunningSpan | null {
  const { startedAt: from, endedAt, timeline } = migration;
  const ended = timeline.find(({ type, at }) => ENDS.has(type) && at !== null)?.at;
  const over = ended ?? endedAt ?? timeline.findLast(({ at }) => at !== null)?.at ?? null;
  if (from === null || over === null) return null;
  const halts = timeline.flatMap((event) =>
    event.at !== null && event.at > from && halted(event, migration) ? [event.at] : [],
  );
  const sending = timeline.findIndex((event) => event.type === 'progress' && numberOf(event, 'memory_processed') > 0);
  const idle = timeline
    .slice(0, Math.max(0, sending))
    .findLast((event) => event.type === 'progress' && event.at !== null);
  return { from, to: Math.min(over, ...halts), untouched: Math.max(from, idle?.at ?? from) };
}

/** True where the log shows post-copy, in which nothing is throttled and vCPUs sleep for other reasons. */
export function postCopyLines({ timeline }: Migration) {
  return timeline.filter(
    ({ type, fields }) =>
      type === 'postcopy-switch' || (type === 'lifecycle' && /^postcopy started$/i.test(String(fields.state))),
  );
}

function halted({ type, host, fields }: Migration['timeline'][number], migration: Migration): boolean {
  if (type === 'postcopy-switch') return true;
  const paused =
    type === 'lifecycle' &&
    ['Paused', 'Suspended', 'Migration completed', 'Postcopy started'].includes(String(fields.state));
  return paused && host === migration.sourceHost;
}

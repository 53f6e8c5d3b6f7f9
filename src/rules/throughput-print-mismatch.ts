import type { Case, Finding, Rule } from '../judgement.ts';
import type { StoredEvent } from '../model.ts';
import { MIB } from '../numbers.ts';
import { eventsOf, numberOf, pairs } from './timeline.ts';

export const throughputPrintMismatch: Rule = {
  id: 'throughput-print-mismatch',
  title: 'printed and computed throughput differ',
  why: "the fork prints QEMU's rate of the last 100 ms, cut to MiB/s; what was really sent between two lines may be far from it.",
  severity: 'note',
  needs: "six or more of the fork's progress lines",
  undecided: 'with fewer than five intervals between progress lines',
  collect: "the fork's progress lines (every 30 s at INFO, every 5 s at DEBUG)",
  check,
};

const LEAST_INTERVALS = 5;
const TOLERANCE = 0.25;

function check({ migration, settings }: Case): Finding {
  const lines = eventsOf(migration, 'progress');
  if (settings.profile === 'upstream' && !lines.some(({ fields }) => fields.bandwidth_bytes_s !== undefined))
    return { status: 'not-applicable', message: 'upstream nova prints no rate' };
  const intervals = pairs(lines).flatMap(([before, line]) => intervalOf(before, line));
  const middle = intervals.toSorted((a, b) => a.off - b.off)[intervals.length >> 1];
  if (middle === undefined || intervals.length < LEAST_INTERVALS) {
    const message = `too few intervals between progress lines to compare rates: ${intervals.length}`;
    return { status: 'inconclusive', message, evidence: lines.slice(0, 1) };
  }
  const message = `in half of ${intervals.length} intervals the printed rate is within ${Math.round(100 * middle.off)} % of what was sent`;
  const evidence = [middle.before, middle.line];
  return { status: middle.off > TOLERANCE ? 'fail' : 'pass', message, evidence };
}

interface Interval {
  readonly before: StoredEvent;
  readonly line: StoredEvent;
  /** |printed - computed| / computed. */
  readonly off: number;
}

/** Nothing, where the job was being set up or nothing was sent. */
function intervalOf(before: StoredEvent, line: StoredEvent): Interval[] {
  if (line.at === null || before.at === null) return [];
  const seconds = (line.at - before.at) / 1000;
  const sent = numberOf(line, 'memory_processed') - numberOf(before, 'memory_processed');
  const printed = numberOf(line, 'bandwidth_bytes_s');
  if (seconds <= 0 || !(sent > 0) || !(printed >= 0)) return [];
  if (!(numberOf(before, 'memory_total') > 0)) return [];
  const computed = sent / seconds;
  // Rate and amounts are cut to whole MiB: what is left is how far the two ranges lie apart.
  const above = printed - (sent + MIB) / seconds;
  const below = (sent - MIB) / seconds - (printed + MIB);
  return [{ before, line, off: Math.max(0, above, below) / computed }];
}

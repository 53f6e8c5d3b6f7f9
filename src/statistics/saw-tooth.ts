import type { NoSawTooth, Range, Reading, SawTooth } from '../explanation.ts';
import type { StoredEvent } from '../model.ts';
import { allowedBetween } from './allowed.ts';
import { type Interval, peakOf } from './peak.ts';

/**
 * Measures wire rate and peak of the saw-tooth, or says why it cannot. QEMU's model: a pass ends when what remains fits into
 * allowed downtime times rate; then what the guest dirtied meanwhile remains. So sent + remaining stands still within a pass,
 * and at each end of a pass rises by the peak less what fitted: only some peaks explain all the rises that are seen.
 */
export function sawToothOf(
  readings: readonly Reading[],
  steps: readonly StoredEvent[],
  begun: number | null,
): SawTooth | NoSawTooth {
  if (readings.length === 0) return 'no-readings';
  const first = readings.findIndex((after, at) => at > 0 && isRise(readings[at - 1] as Reading, after));
  if (first < 0) return 'first-pass';
  // In the first pass zero pages make what remains shrink faster than is sent: it tells nothing of the guest.
  const settled = readings.slice(first);
  if (settled.length < FEWEST) return 'too-few';
  const rate = rateOf(settled);
  if (rate === null || rate.high < STALLED * fastest(readings, begun)) return 'wire-unsteady';
  const entry = intervalOf(readings[first - 1] as Reading, settled[0] as Reading, rate, steps);
  const intervals = settled.slice(1).map((after, at) => intervalOf(settled[at] as Reading, after, rate, steps));
  const peak = peakOf(settled, intervals, entry.most);
  return peak === null ? 'set-unsteady' : { rate, peak, readings: settled };
}

/** True where what is sent and what remains grew by more than rounding and the headers of pages: a pass has ended in between. */
export function isRise(before: Reading, after: Reading): boolean {
  return riseOf(before, after) > slackOf(before, after);
}

const FEWEST = 2;
/** Of what is sent: eight bytes to a page, and a little more. */
const HEADERS = 0.003;

function slackOf(before: Reading, after: Reading): number {
  return 2 * after.grain + HEADERS * (after.processed - before.processed);
}

function riseOf(before: Reading, after: Reading): number {
  return after.processed + after.remaining - before.processed - before.remaining;
}

/** Between nova's asking and its printing, at either end. */
const PRINTED_LATE_MS = 500;
const PARTS = 4;
const UNSTEADY = 0.15;
/** Less than this share of the fastest interval is a network that stalls. */
const STALLED = 0.5;
/** Shorter intervals than this show too much of the moment at which nova asked. */
const TELLING_MS = 3000;
const BLUR = 0.015;

/** Null where the wire rate changes: of a network that stalls no setting is the cause. */
function rateOf(settled: readonly Reading[]): Range | null {
  const [first, last] = [settled[0] as Reading, settled.at(-1) as Reading];
  const span = last.at - first.at;
  const rate = perSecond(first, last);
  if (!(span > 0) || !(rate > 0)) return null;
  const bounds = Array.from({ length: PARTS + 1 }, (_, part) => Math.round((part * (settled.length - 1)) / PARTS));
  for (const [part, from] of bounds.slice(0, -1).entries()) {
    const [before, after] = [settled[from] as Reading, settled[bounds[part + 1] ?? 0] as Reading];
    const most = UNSTEADY + PRINTED_LATE_MS / (after.at - before.at);
    if (after !== before && Math.abs(perSecond(before, after) / rate - 1) > most) return null;
  }
  const error = BLUR + PRINTED_LATE_MS / span;
  return { low: rate * (1 - error), high: rate * (1 + error) };
}

/** The highest rate (bytes a second) of any interval, and from the job's begin to the first reading. */
function fastest(readings: readonly Reading[], begun: number | null): number {
  const start = begun === null ? [] : [{ ...(readings[0] as Reading), at: begun, processed: 0 }];
  const points = [...start, ...readings];
  const rates = points.slice(1).flatMap((after, at) => {
    const before = points[at] as Reading;
    return after.at - before.at < TELLING_MS ? [] : [perSecond(before, after)];
  });
  return rates.reduce((most, rate) => Math.max(most, rate), 0);
}

function perSecond(before: Reading, after: Reading): number {
  return ((after.processed - before.processed) * 1000) / (after.at - before.at);
}

/** QEMU looks whether a pass is over each time its rate limit lets it go on. */
const LOOKS_EVERY_MS = 100;
/** How far the rate that it measures then may be off. */
const MEASURED = 0.05;

function intervalOf(before: Reading, after: Reading, rate: Range, steps: readonly StoredEvent[]): Interval {
  const allowed = allowedBetween(steps, before.at, after.at);
  const sent = after.processed - before.processed;
  return {
    rise: riseOf(before, after),
    slack: slackOf(before, after),
    // Where a pass ended in between: what remains now, and what was sent since.
    most: after.remaining + sent + 2 * after.grain,
    fits: {
      low: (Math.max(0, allowed.low - LOOKS_EVERY_MS) / 1000) * rate.low * (1 - MEASURED),
      high: (allowed.high / 1000) * rate.high * (1 + MEASURED),
    },
  };
}

import type { Answer, NoSawTooth, Range, SawTooth } from '../explanation.ts';
import type { Case } from '../judgement.ts';
import type { Migration, StoredEvent } from '../model.ts';
import { heldFor } from './allowed.ts';
import { bytes, span } from './figures.ts';

/** The smallest downtime limit (ms) with which the passes would have come to an end. */
export function downtimeAnswer(
  { migration }: Case,
  found: SawTooth | NoSawTooth,
  steps: readonly StoredEvent[],
): Answer {
  if (typeof found === 'string') {
    const atOnce = migration.outcome === 'completed' && (found === 'first-pass' || found === 'no-readings');
    if (atOnce) return completedAtOnce(migration);
    return { kind: 'unknown', text: `It cannot be said: ${REASONS[found]}.`, proofs: [] };
  }
  const { rate, peak, readings } = found;
  const range = narrowed({ low: (peak.low / rate.high) * 1000, high: (peak.high / rate.low) * 1000 }, found, steps);
  if (range.high > WIDEST * range.low)
    return { kind: 'unknown', text: `It cannot be said: ${REASONS['too-few']}.`, proofs: [] };
  const [first, last] = [readings[0], readings.at(-1)];
  const highest = readings.reduce((most, each) => (each.remaining > most.remaining ? each : most));
  const proofs = [...new Set([first, highest, last])].flatMap((each) => (each === undefined ? [] : [each.proof]));
  const text =
    `${span(range, 'ms')}: after every pass ${bytes(peak)} remained, and the wire carried ${bytes(rate)} a second. ` +
    outcomeText(migration, range.low);
  return { kind: 'range', range, text, proofs };
}

function completedAtOnce({ timeline }: Migration): Answer {
  const forced = timeline.find(({ type }) => FORCED[type] !== undefined);
  if (forced === undefined) {
    return {
      kind: 'not-needed',
      text: 'It completed as it was; whether less would have done does not show.',
      proofs: [],
    };
  }
  const text = `It cannot be said: ${FORCED[forced.type]}, and what it needed without that does not show.`;
  return { kind: 'unknown', text, proofs: [forced] };
}

/** Lines after which it completes whatever the guest does. */
const FORCED: Readonly<Record<string, string>> = {
  'postcopy-switch': 'it was switched to post-copy',
  timeout: 'nova forced it when its time was over',
};

function outcomeText({ outcome, observed }: Migration, needed: number): string {
  if (outcome === 'failed') return 'But what ended it was another failure.';
  if (outcome !== 'completed') return 'Under a smaller limit every pass leaves more than fits.';
  const allowed = observed.max_step_ms;
  if (allowed === null || allowed >= needed) return 'It completed.';
  return `It completed with ${allowed} ms all the same: throttled, by post-copy, or because it was paused.`;
}

/** An error bar from one to more than this helps nobody. */
const WIDEST = 4;

const REASONS: Readonly<Record<NoSawTooth, string>> = {
  'no-readings':
    'no progress line shows what remained (nova writes one every 30 s; a sample of virsh domjobinfo a second shows more)',
  'first-pass': 'no second pass was seen, and only then it shows how much the guest dirties',
  'too-few':
    'there are too few progress lines behind the first pass: collect DEBUG lines, or virsh domjobinfo once a second',
  'wire-unsteady': 'the wire rate changed while it ran: the network, not a setting, held it up',
  'set-unsteady': 'what the guest dirtied in a pass changed while it ran',
};

/** The rates that QEMU and nova measure differ by a little. */
const BLUR = 0.97;

/** Downtime that was allowed for two passes and did not end it was too little. */
function narrowed(range: Range, { readings }: SawTooth, steps: readonly StoredEvent[]): Range {
  const held = heldFor(steps, 2 * range.high + 1000, readings.at(-1)?.at ?? 0) * BLUR;
  return held < range.high ? { ...range, low: Math.max(range.low, held) } : range;
}

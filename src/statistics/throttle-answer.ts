import type { Answer, NoSawTooth, SawTooth } from '../explanation.ts';
import type { Case } from '../judgement.ts';
import { MIB } from '../numbers.ts';
import { span } from './figures.ts';

/** How far a declared rate may be off. */
const DECLARED = 0.05;

/**
 * The smallest throttle (percent) with which it would have converged: where what the throttled guest dirties is less than the
 * wire carries. A guest that rewrites its whole set in every pass looks the same at 0 and at 90 percent, so the
 * rate at which it writes must be declared.
 */
export function throttleAnswer({ migration, guest, samples }: Case, found: SawTooth | NoSawTooth): Answer {
  const seen = samples.filter(({ kind, fields }) => kind === 'job' && Number(fields.throttle_percent) > 0);
  if (migration.outcome === 'completed') return completed(seen);
  if (typeof found === 'string') return unknown('how much the guest dirties in a pass is not known');
  const declared = guest?.workload.dirty_mib_s ?? null;
  if (declared === null) {
    return unknown(
      'the guest dirties its whole set in every pass, which looks the same at 0 % and at 90 %; declare workload: { dirty_mib_s, cpu_bound }',
    );
  }
  if (!guest?.workload.cpu_bound)
    return unknown(
      'only a guest that is bound by its CPU is slowed by throttling; declare workload: { cpu_bound: true }',
    );
  const needed = (rate: number, dirty: number) => Math.max(0, (1 - rate / (dirty * MIB)) * 100);
  const low = needed(found.rate.high, declared * (1 - DECLARED));
  const high = needed(found.rate.low, declared * (1 + DECLARED));
  if (high <= 0)
    return {
      kind: 'none',
      text: `None: ${declared} MiB a second as declared is less than the wire carried.`,
      proofs: [],
    };
  const range = { low, high };
  const text = `${span(range, '%')}, with ${declared} MiB dirtied a second as declared. QEMU goes by 20, 30 and so on: ${stepOf(high)} %.`;
  return { kind: 'range', range, text, proofs: [] };
}

function completed(seen: Case['samples']): Answer {
  const [most] = seen.toSorted((a, b) => Number(b.fields.throttle_percent) - Number(a.fields.throttle_percent));
  if (most === undefined) return { kind: 'not-needed', text: 'It completed.', proofs: [] };
  const text = `It completed with a throttle of ${most.fields.throttle_percent} %; whether less would have done does not show.`;
  return { kind: 'not-needed', text, proofs: [most] };
}

function unknown(why: string): Answer {
  return { kind: 'unknown', text: `It cannot be said: ${why}.`, proofs: [] };
}

/** QEMU's steps begin at 20 and rise by 10; its cap is 99 (the fork's 92). */
function stepOf(percent: number): number {
  return Math.min(99, Math.max(20, Math.ceil(percent / 10) * 10));
}

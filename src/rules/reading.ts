import type { Proof } from '../judgement.ts';

/** What one kind of evidence says of a migration's throttling. */
export interface Reading {
  /** L1: QEMU's own figures; L2: the vCPUs' time on the CPU; L3: nova's progress lines. */
  readonly level: 'L1' | 'L2' | 'L3';
  /** `nothing` where it cannot tell, or was not collected. */
  readonly shows: 'throttled' | 'unthrottled' | 'nothing';
  /** Whether QEMU's trigger was met, so that a missing throttle means something. */
  readonly due: 'due' | 'not due' | 'unknown';
  /** From when on (ms) it was surely due. */
  readonly dueFrom: number | null;
  /** True where it may support a pass, but must not carry a failure. */
  readonly weak: boolean;
  /** A clause for the message; empty where nothing was collected. */
  readonly text: string;
  readonly evidence: readonly Proof[];
}

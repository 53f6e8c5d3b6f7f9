// The nouns of explaining one migration: what its figures are, and what would have let it complete. Types only.

import type { Case, Proof } from './judgement.ts';
import type { Verdict } from './model.ts';

/** A figure with its error bar: it lies between the two in at least nine of ten cases. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** What was sent and what remained at one moment, as nova's progress line or a sample of the job says. Bytes. */
export interface Reading {
  readonly at: number;
  readonly processed: number;
  readonly remaining: number;
  readonly total: number;
  /** How far the printed figures may be rounded down. */
  readonly grain: number;
  readonly proof: Proof;
}

/** The saw-tooth of pre-copy after its first pass: every pass leaves again what the guest dirtied meanwhile. */
export interface SawTooth {
  /** Bytes on the wire a second. */
  readonly rate: Range;
  /** Bytes that remain when a pass ends and the next begins: the guest's working set, where it is dirtied faster than sent. */
  readonly peak: Range;
  /** The readings that tell, in order. */
  readonly readings: readonly Reading[];
}

/** Why there is no saw-tooth to measure. */
export type NoSawTooth = 'no-readings' | 'first-pass' | 'too-few' | 'wire-unsteady' | 'set-unsteady';

/** An answer of the what-if. `range`: the smallest that does, with its error bar; `above`: more than this is sure to be needed. */
export type Answer = {
  /** One sentence, with the figures. */
  readonly text: string;
  readonly proofs: readonly Proof[];
} & (
  | { readonly kind: 'range'; readonly range: Range }
  | { readonly kind: 'above'; readonly least: number }
  | { readonly kind: 'none' | 'unknown' | 'not-needed' }
);

/** With what it would have completed: the downtime limit (ms), the timeout (s), the throttle (percent). */
export interface WhatIf {
  readonly downtime_ms: Answer;
  readonly timeout_s: Answer;
  readonly throttle_percent: Answer;
}

/** A migration to be explained, with everything around it. */
export interface Explained {
  readonly subject: Case;
  readonly verdicts: readonly Verdict[];
  readonly whatIf: WhatIf;
}

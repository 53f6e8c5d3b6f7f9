import type { Proof } from '../judgement.ts';

/** Something said, and the lines that prove it. */
export interface Sentence {
  readonly text: string;
  readonly proofs: readonly Proof[];
}

/** Lines numbered in the order in which they are first cited. */
export interface Notes {
  /** ` [1] [2]` for these lines, or nothing. */
  readonly cite: (proofs: readonly Proof[]) => string;
  /** Their numbers. */
  readonly numbers: (proofs: readonly Proof[]) => number[];
  /** Every line cited so far, the first being number 1. */
  readonly cited: () => readonly Proof[];
}

/** The sentences as one paragraph, each with the numbers of its lines before its full stop. */
export function paragraphOf(sentences: readonly Sentence[], notes: Notes): string {
  return sentences.map(({ text, proofs }) => `${text.replace(/\.$/, '')}${notes.cite(proofs)}.`).join(' ');
}

/** A sentence cites so many lines at most; where there are more, the first and the last of them. */
const MOST = 3;

/** Begins to number. */
export function startNotes(): Notes {
  const places = new Map<string, number>();
  const lines: Proof[] = [];
  const numberOf = (proof: Proof): number => {
    const place = `${proof.ref.path}\n${proof.ref.offset}`;
    const known = places.get(place);
    if (known !== undefined) return known;
    lines.push(proof);
    places.set(place, lines.length);
    return lines.length;
  };
  const numbers = (proofs: readonly Proof[]) => {
    const shown = proofs.length > MOST ? [...proofs.slice(0, MOST - 1), ...proofs.slice(-1)] : proofs;
    return [...new Set(shown.map(numberOf))];
  };
  return {
    cite: (proofs) =>
      numbers(proofs)
        .map((number) => ` [${number}]`)
        .join(''),
    numbers,
    cited: () => lines,
  };
}

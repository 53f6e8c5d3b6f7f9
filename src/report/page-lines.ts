import type { Proof } from '../judgement.ts';
import type { Evidence, Migration, StoredEvent } from '../model.ts';
import type { PageEvidence, PageLine } from './page-shapes.ts';

/** Lines that are cited, and those of the migration around them. */
export interface Lines {
  readonly lines: readonly PageLine[];
  /** The places of proofs in `lines`, each once. */
  readonly placesOf: (proofs: readonly Proof[]) => number[];
}

/** So many lines before and after one that is cited are shown with it. */
const AROUND = 3;

/** The lines that proofs cite, with their context: the migration's own in their order, then those of samples and campaign files. */
export function linesAround({ timeline }: Migration, proofs: readonly Proof[]): Lines {
  const positions = new Map(timeline.map((event, position) => [keyOf(event), position]));
  const wanted = new Set<number>();
  const others = new Map<string, PageLine>();
  for (const proof of proofs) {
    const position = positions.get(keyOf(proof));
    if (position === undefined) others.set(keyOf(proof), asLine(proof));
    else for (let near = position - AROUND; near <= position + AROUND; near += 1) wanted.add(near);
  }
  const own = [...wanted].filter((position) => timeline[position] !== undefined).sort((a, b) => a - b);
  const keys = [...own.map((position) => keyOf(timeline[position] as StoredEvent)), ...others.keys()];
  const places = new Map(keys.map((key, place) => [key, place]));
  return {
    lines: [...own.map((position) => ownLine(timeline[position] as StoredEvent, position)), ...others.values()],
    placesOf: (cited) => [...new Set(cited.flatMap((proof) => places.get(keyOf(proof)) ?? []))],
  };
}

/** More lines than these are counted, not shown: a comparison of many migrations cites each of them. */
const MOST_SHOWN = 12;

/** Lines as a page shows them. */
export function shownEvidence(evidence: readonly Evidence[]): PageEvidence {
  const shown = evidence.slice(0, MOST_SHOWN).map(({ path, line, text }) => ({ path, line, text }));
  return { evidence: shown, evidence_count: evidence.length };
}

function keyOf({ ref }: Proof): string {
  return `${ref.path}\n${ref.offset}`;
}

function ownLine(event: StoredEvent, position: number): PageLine {
  return { ...asLine(event), position };
}

function asLine({ ref: { path, line }, text }: Proof): PageLine {
  return { path, line, text, position: null };
}

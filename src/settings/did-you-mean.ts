import { distance } from 'fastest-levenshtein';

/** The known name that is nearest to a wrong one, as `; did you mean …?`; empty where none is near. */
export function didYouMean(wrong: string, known: readonly string[]): string {
  const nearest = known.toSorted((a, b) => distance(a, wrong) - distance(b, wrong))[0];
  return nearest !== undefined && distance(nearest, wrong) <= 3 ? `; did you mean ${nearest}?` : '';
}

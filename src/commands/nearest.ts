import { distance } from 'fastest-levenshtein';

const SHOWN = 5;

/** The names that a mistyped one, or its mistyped beginning, may mean, nearest first: those that hold it, else within a third. */
export function nearestOf(given: string, names: readonly string[]): string[] {
  const word = given.toLowerCase();
  const holding = names.filter((name) => word.length > 2 && name.includes(word));
  if (holding.length > 0) return holding.slice(0, SHOWN);
  return names
    .map((name) => ({ name, edits: Math.min(distance(word, name), distance(word, name.slice(0, word.length))) }))
    .filter(({ edits }) => edits <= word.length / 3)
    .sort((a, b) => a.edits - b.edits)
    .slice(0, SHOWN)
    .map(({ name }) => name);
}

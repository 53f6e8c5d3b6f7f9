// What is stored of migrations is their judgement as long as nothing that it depends on has changed.

import { createHash } from 'node:crypto';
import type { Declared } from './judging.ts';
import { BUILD } from './root.ts';
import { judgedMark, stateOfFacts } from './store/judged.ts';
import type { Handle } from './store/open.ts';

/**
 * Of what a store's derived rows are the judgement: the facts in it, what is declared, and the program that judges. Null for a
 * program that runs from its sources, which change.
 */
export function markOf(db: Handle, declared: Declared): string | null {
  if (BUILD === null) return null;
  const plain = (_: string, value: unknown) => (value instanceof Map ? [...value] : value);
  const parts = [BUILD, JSON.stringify(declared, plain), stateOfFacts(db)];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** True where everything that is stored was judged by what is declared, and nothing has changed since. */
export function isJudged(db: Handle, declared: Declared): boolean {
  const before = judgedMark(db);
  return before !== null && before === markOf(db, declared);
}

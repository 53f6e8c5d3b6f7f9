import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CATALOGUE } from '../../src/rules/index.ts';

/** Statuses that a rule cannot have. */
const NEVER: Readonly<Record<string, readonly string[]>> = {
  // Several migrations may be meant, one, or none.
  'test-ambiguous': ['inconclusive'],
  // It is about what others could not decide.
  'evidence-too-weak': ['inconclusive'],
  // It explains, whatever is in force.
  'timeout-explained': ['fail'],
  // A file holds unknown lines or not.
  'log-unrecognised': ['inconclusive'],
  // Without a loss there is nothing to say of a file.
  'log-cut-off': ['inconclusive', 'pass'],
};

test.each(CATALOGUE.map(({ id }) => id))('%s has a test with every status it can have', (id) => {
  const path = join(import.meta.dirname, `${id}.test.ts`);
  expect(existsSync(path), path).toBe(true);
  const text = readFileSync(path, 'utf8');
  const shown = ['fail', 'inconclusive', 'pass'].filter((status) => text.includes(`'${status}'`));
  expect(shown).toEqual(
    expect.arrayContaining(['fail', 'inconclusive', 'pass'].filter((s) => !NEVER[id]?.includes(s))),
  );
});

test('no two rules share an id, and each says everything', () => {
  const ids = CATALOGUE.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { id, title, why, needs, undecided, collect } of CATALOGUE) {
    for (const text of [title, why, needs, undecided, collect]) expect(text.length, id).toBeGreaterThan(5);
  }
});

import type { Match, MatchedTest, MigrationFacts, MigrationRecord, PlannedTest } from '../certification.ts';
import type { Migration } from '../model.ts';

type Brief = Pick<Migration, 'instance' | 'requestId' | 'startedAt'>;

/** Outside its window a test's migration may start so much earlier or later (ms). */
const NEAR_MS = 120_000;

/**
 * The migrations that may be a test's: by its request; else those of its instance that start in its window; else the ones that
 * start within 120 s of it. One is a match, several are an ambiguity.
 */
export function candidatesFor<Of extends Brief>(test: PlannedTest, migrations: readonly Of[]): Of[] {
  const own = migrations.filter(({ instance }) => test.instance === null || instance === test.instance);
  const asked = test.request === null ? [] : own.filter(({ requestId }) => requestId === test.request);
  if (asked.length > 0 || test.instance === null) return asked;
  const { window } = test;
  if (window === null) return own;
  const within = (margin: number) =>
    own.filter(({ startedAt: at }) => at !== null && at >= window.from - margin && at <= window.to + margin);
  const inside = window.from === window.to ? [] : within(0);
  return inside.length > 0 ? inside : within(NEAR_MS);
}

/** Each test with the migration that it is about, and what nova's database knows of migrations that no log shows. */
export function matchTests(
  tests: readonly PlannedTest[],
  migrations: readonly MigrationFacts[],
  records: readonly MigrationRecord[],
): MatchedTest[] {
  return tests.map((test) => {
    const found = candidatesFor(
      test,
      migrations.map((facts) => ({ ...facts.migration, facts })),
    ).map(({ facts }) => facts);
    const match = matchOf(found);
    return { test, match, unlogged: match.kind === 'none' ? recordsOf(test, records) : [] };
  });
}

function matchOf(found: readonly MigrationFacts[]): Match {
  const [first] = found;
  if (first === undefined) return { kind: 'none' };
  return found.length === 1 ? { kind: 'found', migration: first } : { kind: 'ambiguous', migrations: found };
}

function recordsOf({ instance, window }: PlannedTest, records: readonly MigrationRecord[]): MigrationRecord[] {
  if (instance === null || window === null) return [];
  return records.filter(
    ({ instance: other, startedAt: at }) =>
      other === instance && at !== null && at >= window.from - NEAR_MS && at <= window.to + NEAR_MS,
  );
}

import type { Migration, Status } from '../model.ts';
import type { DerivedRow } from '../store/derived-rows.ts';

/** Migrations whose last state is remembered; a re-derived one beyond them would count again. */
const MOST = 20_000;

/** What is new since the same migrations were derived last: an instance's are derived again with each of its lines. */
export class Progress {
  readonly #outcomes = new Map<string, string>();
  readonly #statuses = new Map<string, Status>();
  #counting = false;

  /** From now on what is new counts. */
  begin(): void {
    this.#counting = true;
  }

  /** The migrations that have ended now, and the verdicts on ended ones that are now what they are. */
  take(rows: readonly DerivedRow[]): {
    ended: readonly Migration[];
    verdicts: readonly { readonly rule: string; readonly status: Status }[];
  } {
    const over = rows.filter(({ migration }) => migration.outcome !== 'running');
    const ended = over.filter(({ migration: { id, outcome } }) => isNew(this.#outcomes, id, outcome));
    const verdicts = rows.flatMap(({ migration: { id, outcome }, verdicts: all }) =>
      all.filter(({ rule, status }) => {
        const counts = status === 'fail' || (status === 'inconclusive' && outcome !== 'running');
        return counts && isNew(this.#statuses, `${id} ${rule}`, status);
      }),
    );
    return this.#counting ? { ended: ended.map(({ migration }) => migration), verdicts } : { ended: [], verdicts: [] };
  }
}

function isNew<Value>(known: Map<string, Value>, key: string, value: Value): boolean {
  if (known.get(key) === value) return false;
  known.delete(key);
  known.set(key, value);
  const oldest = known.size > MOST ? known.keys().next().value : undefined;
  if (oldest !== undefined) known.delete(oldest);
  return true;
}

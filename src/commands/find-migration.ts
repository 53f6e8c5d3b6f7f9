import type { Case } from '../judgement.ts';
import type { Judge } from '../judging.ts';
import { printableName } from '../report/index.ts';
import { instancesIn } from '../store/facts.ts';
import type { Handle } from '../store/open.ts';
import { instancesOfRequest } from '../store/requests.ts';
import { nearestOf } from './nearest.ts';
import { UsageError } from './usage-error.ts';

/** What is searched: a store, who judges what is in it, and what its campaign calls instances. */
export interface Searched {
  readonly db: Handle;
  readonly judge: Judge;
  readonly names: ReadonlyMap<string, string>;
}

/** Instances of more than this many are not looked through: their own ids are told instead. */
const MOST = 20;

/**
 * The migrations that an id means: an instance, a migration or a request, or the beginning of one, or what the campaign calls
 * an instance. Those of one instance in their order; a whole migration's id means that one.
 */
export function migrationsOf(given: string, { db, judge, names }: Searched): Case[] {
  const id = names.get(given) ?? given.toLowerCase();
  const instances = id.startsWith('req-')
    ? instancesOfRequest(db, id)
    : instancesIn(db).filter((each) => mayMean(id, each));
  const cases = instances.slice(0, MOST).flatMap((instance) => judge.cases(instance));
  const exact = cases.filter(({ migration }) => migration.id.toLowerCase() === id);
  if (exact.length > 0) return exact;
  return cases.filter(({ migration: { id: name, instance, requestId } }) => {
    return [name, instance, requestId].some((each) => each?.toLowerCase().startsWith(id) === true);
  });
}

/** An instance begins so, or a migration's id that begins with the instance's first digits. */
function mayMean(id: string, instance: string): boolean {
  return instance.toLowerCase().startsWith(id) || id.startsWith(instance.slice(0, 8).toLowerCase());
}

const SHOWN = 10;

/** Throws UsageError unless the cases are of one instance. */
export function requireOneInstance(given: string, found: readonly Case[], searched: readonly Searched[]): void {
  const instances = new Set(found.map(({ migration }) => migration.instance));
  if (instances.size === 1) return;
  const name = printableName(given);
  if (instances.size > 1) {
    const rows = found
      .slice(0, SHOWN)
      .map(({ migration }) => `\n  ${printableName(`${migration.id}  ${migration.instance}`)}`);
    const more = found.length > SHOWN ? `\n  and ${found.length - SHOWN} more` : '';
    throw new UsageError(`${name} is the beginning of several instances; write more of it:${rows.join('')}${more}`);
  }
  const known = searched.flatMap(({ db, names }) => [...instancesIn(db), ...names.keys()]);
  const near = nearestOf(given, known);
  const [lead, shown] = near.length > 0 ? ['did you mean', near] : ['there is', known.slice(0, SHOWN)];
  const more = near.length === 0 && known.length > SHOWN ? `\n  and ${known.length - SHOWN} more` : '';
  const rows = shown.map((each) => `\n  ${printableName(each)}`).join('');
  throw new UsageError(
    `no live migration of ${name} was found; ${known.length === 0 ? 'there is none at all' : `${lead}${rows}${more}`}`,
  );
}

import type { DeclaredKey, FileFacts, Fleet, HostFacts, InstanceFacts } from './judgement.ts';
import type { Declared } from './judging.ts';
import { OPTION_NAMES } from './nova/options.ts';
import type { DeclaredInstance, DeclaredKeys } from './settings/campaign.ts';
import { factCounts, sourceRows, unmatchedRows } from './store/facts.ts';
import type { Handle } from './store/open.ts';
import type { Surroundings } from './surroundings.ts';

/** Records that no grammar took, shown of a file. */
const SHOWN = 5;

/** Everything that was read and declared together, but for the migrations, for the rules about it; `only`: of these sources (null: of all in the store). */
export function fleetOf(
  db: Handle,
  declared: Declared,
  surroundings: Surroundings,
  only: ReadonlySet<number> | null,
): Omit<Fleet, 'migrations' | 'tests'> {
  const { campaign, profile, plan } = declared;
  return {
    profile: profile ?? surroundings.profile,
    files: filesOf(db, only),
    hosts: [] as HostFacts[],
    offsets: surroundings.offsets,
    clockError_ms: (host) => campaign.hosts[host]?.clock_error_ms ?? 0,
    instances: [...campaign.instances.values()].map(instanceFacts),
    conf: confFacts(declared),
    vimEvents: plan.vimEvents,
  };
}

function filesOf(db: Handle, only: ReadonlySet<number> | null): FileFacts[] {
  const counts = factCounts(db);
  const unmatched = Map.groupBy(unmatchedRows(db, SHOWN), ({ source }) => source);
  return sourceRows(db)
    .filter(({ id }) => only === null || only.has(id))
    .map(({ id, path, host }) => ({
      path,
      host,
      events: counts.get(id)?.events ?? 0,
      unmatched: counts.get(id)?.unmatched ?? 0,
      firstUnmatched: unmatched.get(id) ?? [],
      stepsBack: [],
    }));
}

function instanceFacts({ name, id, flavor, image, metadata }: DeclaredInstance): InstanceFacts {
  const keys = (origin: DeclaredKey['origin'], declared: DeclaredKeys) =>
    Object.entries(declared).flatMap(([key, values]) => values.map((value) => ({ origin, key, ...value })));
  return { name, id, keys: [...keys('flavor', flavor), ...keys('image', image), ...keys('instance', metadata)] };
}

function confFacts({ campaign, set }: Declared): DeclaredKey[] {
  const names = Object.entries(OPTION_NAMES) as [keyof typeof OPTION_NAMES, string][];
  return names.flatMap(([name, key]): DeclaredKey[] => {
    const flag = set[name];
    if (flag !== undefined) return [{ origin: 'nova.conf', key, value: String(flag), from: null, proof: null }];
    return (campaign.conf[name] ?? []).map(({ value, from, proof }) => {
      return { origin: 'nova.conf', key, value: String(value), from, proof };
    });
  });
}

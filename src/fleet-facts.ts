import type { ConfKey, FileFacts, Fleet, HostFacts, InstanceFacts, PlacedKey } from './judgement.ts';
import type { Declared } from './judging.ts';
import { OPTION_NAMES } from './nova/options.ts';
import { missingFiles } from './nova/rotation-gaps.ts';
import { streamOf } from './sessionize/attempts.ts';
import type { DeclaredInstance, DeclaredKeys } from './settings/campaign.ts';
import { forkSettingsAt, type SettingsInput, settingsAt } from './settings/effective.ts';
import { clockSteps, eventAt, type StreamRow, unreadSettings } from './store/around.ts';
import { type SourceRow, sourceRows, unmatchedCounts, unmatchedRows } from './store/facts.ts';
import { lostRanges } from './store/generations.ts';
import type { Handle } from './store/open.ts';
import type { Surroundings } from './surroundings.ts';

/** Records that no grammar took, and places where the clock goes back, shown of a file. */
const SHOWN = 5;

/** Everything that was read and declared together, but for the migrations, for the rules about it; `only`: of these sources (null: of all in the store). */
export function fleetOf(
  db: Handle,
  declared: Declared,
  surroundings: Surroundings,
  only: ReadonlySet<number> | null,
): Omit<Fleet, 'migrations' | 'tests'> {
  const { campaign, set, profile } = declared;
  const input: SettingsInput = { campaign, set, profile, dialectAround: surroundings.profile, options: [] };
  const sources = sourceRows(db).filter(({ id }) => only === null || only.has(id));
  const hosts = hostsOf(db, sources, surroundings);
  const read = new Set(hosts.map(({ host }) => host));
  return {
    profile: profile ?? surroundings.profile,
    files: filesOf(db, sources, surroundings.streams),
    hosts,
    offsets: surroundings.offsets.filter(({ from, to }) => read.has(from) && read.has(to)),
    clockError_ms: (host) => campaign.hosts[host]?.clock_error_ms ?? 0,
    instances: [...campaign.instances.values()].map((instance) => instanceFacts(instance, input)),
    conf: confFacts(declared),
  };
}

function filesOf(db: Handle, sources: readonly SourceRow[], streams: readonly StreamRow[]): FileFacts[] {
  const bySource = Map.groupBy(streams, ({ source }) => source);
  const counts = unmatchedCounts(db);
  const unmatched = Map.groupBy(unmatchedRows(db, SHOWN), ({ source }) => source);
  const lost = Map.groupBy(lostRanges(db), ({ source }) => source);
  const steps = Map.groupBy(clockSteps(db, SHOWN), ([{ source }]) => source);
  return sources.map(({ id, path, host }) => ({
    path,
    host,
    events: sumOf(bySource.get(id) ?? [], ({ events }) => events),
    timedEvents: sumOf(bySource.get(id) ?? [], ({ timed }) => timed),
    unmatched: counts.get(id) ?? 0,
    firstUnmatched: unmatched.get(id) ?? [],
    lost: lost.get(id) ?? [],
    stepsBack: steps.get(id) ?? [],
  }));
}

/** The hosts that files or their lines name, in the order of their names. */
function hostsOf(db: Handle, sources: readonly SourceRow[], surroundings: Surroundings): HostFacts[] {
  const complaints = Map.groupBy(unreadSettings(db), streamOf);
  const named = new Set(surroundings.hosts);
  const ids = new Set(sources.map(({ id }) => id));
  const streams = surroundings.streams.filter(({ stream, source }) => ids.has(source) && named.has(stream));
  const byHost = Map.groupBy(streams, ({ stream }) => stream);
  // Where the lines name a host, what the path says does not count.
  const silent = sources.filter(({ id }) => !streams.some(({ source }) => source === id));
  const hosts = new Set([...byHost.keys(), ...silent.flatMap(({ host }) => (host === null ? [] : [host]))]);
  return [...hosts].sort().map((host) => {
    const rows = byHost.get(host) ?? [];
    const holding = new Set(rows.map(({ source }) => source));
    const paths = sources
      .filter(({ id, host: named }) => holding.has(id) || (named === host && silent.some((each) => each.id === id)))
      .map(({ path }) => path);
    return {
      host,
      paths,
      levels: [...new Set(rows.flatMap(({ levels }) => levels))].sort(),
      events: sumOf(rows, ({ events }) => events),
      firstEvent: rows[0] ? eventAt(db, rows[0].source, rows[0].offset) : null,
      missingFiles: missingFiles(paths).map(({ path }) => path),
      options: surroundings.optionsOf(host),
      complaints: complaints.get(host) ?? [],
    };
  });
}

function sumOf(streams: readonly StreamRow[], figure: (stream: StreamRow) => number): number {
  return streams.reduce((sum, stream) => sum + figure(stream), 0);
}

function instanceFacts(instance: DeclaredInstance, input: SettingsInput): InstanceFacts {
  const { name, id, flavor, image, metadata } = instance;
  const keys = (origin: PlacedKey['origin'], declared: DeclaredKeys) =>
    Object.entries(declared).flatMap(([key, values]) => values.map((value) => ({ origin, key, ...value })));
  return {
    name,
    id,
    keys: [...keys('flavor', flavor), ...keys('image', image), ...keys('instance', metadata)],
    settingsAt: (at) => settingsAt(instance, at, input),
    forkAt: (at) => forkSettingsAt(instance, at, input),
    honoured: (key, as) => forkSettingsAt(withKeyAs(instance, key, as), key.from, input),
  };
}

/** The instance as if a key were spelt so; where it has that key as well, that one counts. */
function withKeyAs(instance: DeclaredInstance, { origin, key }: PlacedKey, as: string): DeclaredInstance {
  const renamed = (keys: DeclaredKeys): DeclaredKeys => ({ [as]: keys[key] ?? [], ...keys });
  if (origin === 'flavor') return { ...instance, flavor: renamed(instance.flavor) };
  if (origin === 'image') return { ...instance, image: renamed(instance.image) };
  return { ...instance, metadata: renamed(instance.metadata) };
}

function confFacts({ campaign, set }: Declared): ConfKey[] {
  const names = Object.entries(OPTION_NAMES) as [keyof typeof OPTION_NAMES, string][];
  return names.flatMap(([name, key]): ConfKey[] => {
    const flag = set[name];
    if (flag !== undefined) return [{ key, value: String(flag), from: null, proof: null }];
    return (campaign.conf[name] ?? []).map(({ value, from, proof }) => {
      return { key, value: String(value), from, proof };
    });
  });
}

import { lastMoment } from './log-intervals.ts';
import type { Migration, Sample } from './model.ts';
import type { Handle } from './store/open.ts';
import { hasSamples, highestThrottle, type NamedGuest, namedGuests, samplesAround } from './store/samples.ts';

/** How long before the start and after the end of a migration samples belong to what lies around it. */
const BEFORE_MS = 60_000;
const AFTER_MS = 120_000;

/** What other tools showed of migrations: ties samples to instances by libvirt's name for them. */
export class GuestSamples {
  readonly #db: Handle;
  readonly #any: boolean;
  readonly #domains: ReadonlyMap<string, readonly string[]>;

  /** `declared`: libvirt's names as the campaign gives them, by instance; they count more than what logs say. */
  constructor(db: Handle, declared: ReadonlyMap<string, string>) {
    this.#db = db;
    this.#any = hasSamples(db);
    this.#domains = this.#any ? domainsByInstance(declared, namedGuests(db)) : new Map();
  }

  /** Those of the instance, and of its hosts those that are of no guest, from 60 s before the start to 120 s after the end. */
  around(migration: Migration): Sample[] {
    const extent = extentOf(migration);
    if (!this.#any || extent === null) return [];
    const hosts = [migration.sourceHost, migration.destinationHost].filter((host) => host !== null);
    const [from, to] = [extent.from - BEFORE_MS, extent.to + AFTER_MS];
    return samplesAround(this.#db, { from, to, ...this.#guest(migration), hosts });
  }

  /** The highest throttle seen while it ran, in percent; null where nothing showed it. */
  throttleOf(migration: Migration): number | null {
    const extent = extentOf(migration);
    if (!this.#any || extent === null) return null;
    const to = migration.endedAt ?? extent.to + AFTER_MS;
    return highestThrottle(this.#db, { from: extent.from, to, ...this.#guest(migration) });
  }

  #guest({ instance }: Migration): { instance: string; domains: readonly string[] } {
    return { instance, domains: this.#domains.get(instance) ?? [] };
  }
}

/** From the first to the last that is known of a migration; null where no line of it has a time. */
function extentOf(migration: Migration): { from: number; to: number } | null {
  const from = migration.startedAt ?? migration.timeline.find(({ at }) => at !== null)?.at ?? null;
  const to = lastMoment(migration);
  return from === null || to === null ? null : { from, to };
}

/** A name that two instances have (of two clouds) tells of neither. */
function domainsByInstance(
  declared: ReadonlyMap<string, string>,
  logged: readonly NamedGuest[],
): Map<string, string[]> {
  const stated = [...declared].map(([instance, domain]) => ({ instance, domain }));
  const taken = new Set(declared.values());
  const pairs = [...stated, ...logged.filter(({ domain }) => !taken.has(domain))];
  const owners = Map.groupBy(pairs, ({ domain }) => domain);
  const sole = pairs.filter(({ domain }) => owners.get(domain)?.length === 1);
  const byInstance = Map.groupBy(sole, ({ instance }) => instance);
  return new Map([...byInstance].map(([instance, named]) => [instance, named.map(({ domain }) => domain)]));
}

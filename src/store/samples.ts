import type { Sample, SampleKind } from '../model.ts';
import { forgetJudged } from './judged.ts';
import { type Handle, prepared } from './open.ts';
import { beginReadingAgain } from './outbox.ts';

/** Writes samples of a source; those that are there already are replaced. Call inside a transaction. */
export function writeSamples(db: Handle, source: number, samples: readonly Sample[]): void {
  if (samples.length > 0) forgetJudged(db);
  const insert = prepared(
    db,
    `INSERT OR REPLACE INTO samples (source, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  for (const sample of samples) insert.run(source, ...valuesOf(sample));
}

const COLUMNS = 'offset, line, at_ms, host, domain, instance, kind, fields, text';

/** In the order of COLUMNS. */
function valuesOf({ ref, at, host, domain, instance, kind, fields, text }: Sample): (string | number | null)[] {
  return [ref.offset, ref.line, at, host, domain, instance, kind, JSON.stringify(fields), text];
}

/** True where exactly these samples, and names of guests, are stored of a source. */
export function holdsSamples(
  db: Handle,
  source: number,
  samples: readonly Sample[],
  guests: readonly NamedGuest[],
): boolean {
  const stored = prepared(db, `SELECT ${COLUMNS} FROM samples WHERE source = ? ORDER BY offset`).raw().all(source);
  const named = prepared(db, 'SELECT domain, instance FROM domains WHERE source = ? ORDER BY 1, 2').raw().all(source);
  const pairs = new Set(guests.map(({ domain, instance }) => JSON.stringify([domain, instance])));
  return (
    JSON.stringify(stored) === JSON.stringify(samples.map(valuesOf)) &&
    named.length === pairs.size &&
    named.every((pair) => pairs.has(JSON.stringify(pair)))
  );
}

/** Drops what was read of a file of samples, which is read again. */
export function forgetSamples(db: Handle, source: number): void {
  for (const table of ['samples', 'domains']) prepared(db, `DELETE FROM ${table} WHERE source = ?`).run(source);
  beginReadingAgain(db, source, 0);
}

/** Which samples are wanted: times in ms, both included. */
export interface SampleQuery {
  readonly from: number;
  readonly to: number;
  readonly instance: string;
  /** libvirt's names of the instance. */
  readonly domains: readonly string[];
  /** Hosts of which samples without a guest (flows, libvirtd) are wanted. */
  readonly hosts: readonly string[];
}

/**
 * The samples of an instance and of its hosts in a stretch of time, in order of time. A sample that
 * names its instance is no other's, whatever its domain is called.
 */
export function samplesAround(db: Handle, query: SampleQuery): Sample[] {
  const rows = prepared(
    db,
    `SELECT ${SAMPLE_COLUMNS}
       FROM samples p INDEXED BY samples_by_owner JOIN sources s ON s.id = p.source
      WHERE ${IN_REACH} AND (${OF_GUEST} OR (p.kind IN ('flow', 'libvirtd') AND p.host IN (SELECT value FROM json_each(@hosts))))
      ORDER BY p.at_ms, s.path, p.offset`,
  ).all(bound(query)) as SampleRow[];
  return rows.map(toSample);
}

/** True where the store holds a sample. */
export function hasSamples(db: Handle): boolean {
  return prepared(db, 'SELECT 1 FROM samples LIMIT 1').get() !== undefined;
}

/** The highest throttle (percent) that running jobs of an instance showed in a stretch of time; null where none was seen. */
export function highestThrottle(db: Handle, query: Omit<SampleQuery, 'hosts'>): number | null {
  return prepared(
    db,
    `SELECT max(p.fields ->> 'throttle_percent') FROM samples p INDEXED BY samples_by_owner
      WHERE ${IN_REACH} AND ${OF_GUEST} AND p.kind = 'job' AND p.fields ->> 'live'`,
  )
    .pluck()
    .get(bound({ ...query, hosts: [] })) as number | null;
}

/** A guest with both its names. */
export interface NamedGuest {
  readonly instance: string;
  readonly domain: string;
}

/** Writes what a file of samples says of libvirt's names for instances. Call inside a transaction. */
export function writeDomains(db: Handle, source: number, guests: Iterable<NamedGuest>): void {
  const insert = prepared(db, 'INSERT OR IGNORE INTO domains (source, domain, instance) VALUES (?, ?, ?)');
  for (const { domain, instance } of guests) insert.run(source, domain, instance);
}

/** libvirt's names of instances, as lines print both: nova's, and those in files of samples. */
export function namedGuests(db: Handle): NamedGuest[] {
  return prepared(
    db,
    `SELECT instance, fields ->> 'domain' AS domain FROM events
      WHERE type IN ('domain-gone', 'guest-defined') AND instance IS NOT NULL AND domain IS NOT NULL
     UNION SELECT instance, domain FROM domains ORDER BY instance, domain`,
  ).all() as NamedGuest[];
}

/** What the index finds: of these owners, in this time. */
const IN_REACH = `coalesce(p.instance, p.domain, p.host) IN (SELECT value FROM json_each(@owners))
        AND p.at_ms BETWEEN @from AND @to`;
/** A domain's name counts only where the sample does not name its instance. */
const OF_GUEST =
  '(p.instance = @instance OR (p.instance IS NULL AND p.domain IN (SELECT value FROM json_each(@domains))))';

function bound({ from, to, instance, domains, hosts }: SampleQuery) {
  const owners = JSON.stringify([instance, ...domains, ...hosts]);
  return { from, to, instance, owners, domains: JSON.stringify(domains), hosts: JSON.stringify(hosts) };
}

/** The values of a SampleRow, of samples `p` of sources `s`. */
export const SAMPLE_COLUMNS = `p.kind, p.at_ms AS at, p.host, p.domain, p.instance, p.fields, p.text, s.path, p.line, p.offset`;

/** A sample as it is selected. */
export interface SampleRow {
  readonly kind: SampleKind;
  readonly at: number;
  readonly host: string | null;
  readonly domain: string | null;
  readonly instance: string | null;
  readonly fields: string;
  readonly text: string;
  readonly path: string;
  readonly line: number;
  readonly offset: number;
}

/** The sample that a row holds. */
export function toSample({ path, line, offset, fields, ...rest }: SampleRow): Sample {
  return { ...rest, fields: JSON.parse(fields) as Sample['fields'], ref: { path, line, offset } };
}

import type { Profile } from '../model.ts';
import { type Handle, prepared } from './open.ts';

/** What the events of a host in one file show: which nova wrote them, whether INFO is logged. */
export interface StreamRow {
  /** The host, or `#id` of the file where none is known. */
  readonly stream: string;
  readonly host: string | null;
  readonly source: number;
  readonly dialect: Profile | null;
  readonly info: boolean;
}

/** When a host's events in a file of another's, or of nobody's, begin and end (ms). */
export interface GuestRow {
  readonly stream: string;
  readonly source: number;
  readonly from: number | null;
  readonly to: number | null;
}

const FORK = new Set(['tunnel-enabled', 'auto-converge-disabled', 'setting-reverted', 'setting-ignored']);
const UPSTREAM = new Set(['pre-migration-done', 'data-remaining']);

/** What is different among the events of a host, a few rows: to group a million events takes four times as long. */
interface Kind {
  readonly source: number;
  readonly host: string | null;
  readonly level: string | null;
  readonly type: string;
  /** 1 where a progress line tells the expected downtime, as the fork's do; 0 where it does not. */
  readonly expected: number | null;
}

/** Every host in every file. */
export function streamsIn(db: Handle): StreamRow[] {
  const kinds = prepared(
    db,
    `SELECT DISTINCT source, host, level, type,
         CASE type WHEN 'progress' THEN fields ->> 'expected_downtime_ms' IS NOT NULL END AS expected
       FROM events`,
  ).all() as Kind[];
  const groups = Map.groupBy(kinds, ({ host, source }) => `${host ?? `#${source}`}\n${source}`);
  const names = [...groups.keys()].sort();
  return names.map((name) => streamOf(groups.get(name) ?? [])).filter((row) => row !== null);
}

function streamOf(kinds: readonly Kind[]): StreamRow | null {
  const [first] = kinds;
  if (first === undefined) return null;
  const { host, source } = first;
  const fork = kinds.some(
    ({ type, level, expected }) =>
      FORK.has(type) || (type === 'monitor-started' && level === 'INFO') || (type === 'progress' && expected === 1),
  );
  const upstream = kinds.some(({ type, expected }) => UPSTREAM.has(type) || (type === 'progress' && expected === 0));
  return {
    stream: host ?? `#${source}`,
    host,
    source,
    info: kinds.some(({ level }) => level === 'INFO' || level === 'AUDIT'),
    dialect: fork ? 'stx-2018' : upstream ? 'upstream' : null,
  };
}

/** The hosts that only lines name, in files that are not their own. */
export function guestsIn(db: Handle): GuestRow[] {
  return prepared(
    db,
    `SELECT coalesce(e.host, '#' || source) AS stream, source, min(at_ms) AS "from", max(at_ms) AS "to"
       FROM events e JOIN sources s ON s.id = e.source WHERE e.host IS NOT s.host GROUP BY 1, 2 ORDER BY 1, 2`,
  ).all() as GuestRow[];
}

import type { Migration, Profile } from '../model.ts';
import { type Handle, prepared } from './open.ts';

/** What is kept of a migration whose lines are gone. */
export interface ArchivedRow {
  readonly migration: Migration;
  readonly profile: Profile;
  /** How many lines it was put together from. */
  readonly lines: number;
  readonly memory_mib: number | null;
}

type Row = Omit<Migration, 'observed' | 'dialect' | 'clockStep' | 'timeline'> &
  Omit<Migration['observed'], 'tunnelled'> &
  Pick<ArchivedRow, 'profile' | 'lines' | 'memory_mib'> & { readonly tunnelled: number | null };

/** The migrations of which only the result is kept. */
export function archivedRows(db: Handle): ArchivedRow[] {
  const rows = prepared(
    db,
    `SELECT m.id, instance, source_host AS sourceHost, destination_host AS destinationHost, request_id AS requestId,
       started_at_ms AS startedAt, ended_at_ms AS endedAt, duration_s, outcome, profile, max_step_ms, last_step_s,
       throughput_bytes_s, dirty_ratio, pause_ms, throttle_percent, tunnelled, memory_mib, a.events AS lines
     FROM archived a JOIN migrations m ON m.id = a.migration`,
  ).all() as Row[];
  return rows.map(({ profile, lines, memory_mib, tunnelled, ...row }) => {
    const { max_step_ms, last_step_s, throughput_bytes_s, dirty_ratio, pause_ms, throttle_percent, ...known } = row;
    const figures = { max_step_ms, last_step_s, throughput_bytes_s, dirty_ratio, pause_ms, throttle_percent };
    const observed = { ...figures, tunnelled: tunnelled === null ? null : tunnelled === 1 };
    const migration = { ...known, observed, dialect: null, clockStep: false, timeline: [] };
    return { migration, profile, lines, memory_mib };
  });
}

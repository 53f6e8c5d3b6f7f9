import type { Migration, Profile, StoredEvent } from '../model.ts';
import type { LineFigures } from './derived-rows.ts';
import { selectEvents } from './facts.ts';
import { type Handle, prepared } from './open.ts';

/** What is stored of a migration besides its lines, settings and verdicts. */
export interface StoredMigration {
  /** Without its lines. */
  readonly migration: Migration;
  readonly profile: Profile;
  /** How many lines it was put together from. */
  readonly lines: number;
  readonly memory_mib: number | null;
  readonly lineFigures: LineFigures;
}

type Flags = { readonly [Name in 'tunnelled' | 'clockStep' | 'idle' | 'auto_converge_disabled']: number | null };
type Row = Omit<Migration, 'observed' | 'clockStep' | 'timeline'> &
  Omit<Migration['observed'], 'tunnelled'> &
  Pick<StoredMigration, 'profile' | 'lines' | 'memory_mib'> &
  Pick<LineFigures, 'intervals'> &
  Flags;

/** The migrations of which only the result is kept. */
export function archivedMigrations(db: Handle): StoredMigration[] {
  return select(db, 'a.events', 'JOIN archived a ON a.migration = m.id');
}

/** The migrations that can be derived again. */
export function derivableMigrations(db: Handle): StoredMigration[] {
  const lines = '(SELECT count(*) FROM migration_events e WHERE e.migration = m.id)';
  return select(db, lines, 'WHERE id NOT IN (SELECT migration FROM archived)');
}

/** The lines of a migration, in order. */
export function timelineOf(db: Handle, id: string): StoredEvent[] {
  return selectEvents(
    db,
    `JOIN migration_events m ON m.source = e.source AND m.offset = e.offset WHERE m.migration = ? ORDER BY m.position`,
    id,
  );
}

function select(db: Handle, lines: string, condition: string): StoredMigration[] {
  const rows = prepared(
    db,
    `SELECT m.id, instance, source_host AS sourceHost, destination_host AS destinationHost, request_id AS requestId,
       started_at_ms AS startedAt, ended_at_ms AS endedAt, duration_s, outcome, profile, max_step_ms, last_step_s,
       throughput_bytes_s, dirty_ratio, pause_ms, throttle_percent, tunnelled, memory_mib, dialect, clock_step AS clockStep,
       intervals, idle, auto_converge_disabled, ${lines} AS lines
     FROM migrations m ${condition}`,
  ).all() as Row[];
  return rows.map(({ profile, lines: count, memory_mib, intervals, idle, auto_converge_disabled, ...row }) => {
    const { max_step_ms, last_step_s, throughput_bytes_s, dirty_ratio, pause_ms, throttle_percent, ...known } = row;
    const { tunnelled, clockStep, ...rest } = known;
    const figures = { max_step_ms, last_step_s, throughput_bytes_s, dirty_ratio, pause_ms, throttle_percent };
    const observed = { ...figures, tunnelled: tunnelled === null ? null : tunnelled === 1 };
    const migration = { ...rest, clockStep: clockStep === 1, observed, timeline: [] };
    const lineFigures = { intervals, idle: idle === 1, auto_converge_disabled: auto_converge_disabled === 1 };
    return { migration, profile, lines: count, memory_mib, lineFigures };
  });
}

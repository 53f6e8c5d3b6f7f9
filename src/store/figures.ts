import { type Handle, prepared } from './open.ts';

/** What the view migration_figures has of each migration; 1 and 0 for true and false, null where nothing tells. */
export interface FigureRow {
  readonly migration: string;
  readonly network: string;
  readonly link_mbps: number | null;
  readonly memory_band: string;
  readonly tunnelled: number | null;
  readonly auto_converge: number | null;
  readonly direction: string | null;
  readonly outcome: string;
  readonly duration_s: number | null;
  readonly throughput_bytes_s: number | null;
  readonly intervals: number;
  readonly excluded: string | null;
}

/** The figures of every migration that has an end. */
export function figureRows(db: Handle): FigureRow[] {
  return prepared(
    db,
    `SELECT migration, network, link_mbps, memory_band, tunnelled, auto_converge,
       source_host || ' to ' || destination_host AS direction, outcome, duration_s, throughput_bytes_s,
       intervals, excluded FROM migration_figures WHERE outcome <> 'running' ORDER BY started_at_ms, migration`,
  ).all() as FigureRow[];
}

import { Registry } from 'prom-client';
import { makers, SEVERITIES } from './makers.ts';

/** Figures of a store, looked up when they are asked for. Times in ms. */
export interface StoreFigures {
  readonly lastLineAt: number | null;
  /** Migrations by how they ended; `running` without an end. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly oldestRunningAt: number | null;
  /** Failed verdicts, by severity. */
  readonly openFindings: Readonly<Record<string, number>>;
  readonly store_bytes: number;
  /** Pages that wait for changes. */
  readonly clients: number;
}

const OUTCOMES: readonly string[] = ['completed', 'timed-out', 'cancelled', 'failed', 'running'];

/** The metrics of a dashboard, as Prometheus reads them. */
export function storeMetrics(version: string, schema: number, figures: () => StoreFigures): () => Promise<string> {
  const registry = new Registry();
  const { gauge, looked, lookedBy } = makers(registry);
  gauge('build_info', 'Version of the program and of the schema of its store', ['version', 'schema']).set(
    { version, schema: String(schema) },
    1,
  );
  let now: StoreFigures;
  const seconds = (ms: number | null) => (ms === null ? 0 : ms / 1000);
  looked('tail_last_line_timestamp_seconds', 'Time of the newest line read', () => seconds(now.lastLineAt));
  looked('migrations_in_progress', 'Migrations without an end', () => now.outcomes.running ?? 0);
  looked(
    'migration_oldest_start_timestamp_seconds',
    'Start of the oldest migration without an end; 0 where there is none',
    () => seconds(now.oldestRunningAt),
  );
  lookedBy('migrations_stored', 'Migrations in the store', 'outcome', OUTCOMES, () => now.outcomes);
  lookedBy('findings_open', 'Failed verdicts in the store', 'severity', SEVERITIES, () => now.openFindings);
  looked('store_size_bytes', 'Size of the store on disk', () => now.store_bytes);
  looked('dashboard_clients', 'Pages that wait for changes', () => now.clients);
  return async () => {
    now = figures();
    return registry.metrics();
  };
}

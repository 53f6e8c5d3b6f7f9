import { Registry } from 'prom-client';
import type { LogEvent } from '../model.ts';
import type { DerivedRow } from '../store/derived-rows.ts';
import { makers, SEVERITIES } from './makers.ts';
import { Progress } from './progress.ts';

/** What is looked up when the metrics are asked for. Times in ms. */
export interface Gauges {
  readonly lag_bytes: number;
  readonly lastLineAt: number | null;
  readonly running: readonly { readonly startedAt: number | null }[];
  /** Failed verdicts in the store, by severity. */
  readonly openFindings: Readonly<Record<string, number>>;
  readonly store_bytes: number;
}

/** What a tail reports as it goes. */
export interface Metrics {
  /** For what else is to be counted. */
  readonly registry: Registry;
  /** All of them, as Prometheus reads them. */
  readonly text: () => Promise<string>;
  readonly read: (bytes: number, lines: number) => void;
  readonly rotated: (kind: string) => void;
  readonly stored: (events: readonly Pick<LogEvent, 'type'>[], unmatched: number, took_ms: number) => void;
  readonly derived: (rows: readonly DerivedRow[]) => void;
  /** From now on what ends counts; what was derived before is what the store held already. */
  readonly begin: () => void;
}

/** Event types with a series of their own; the others are counted together. */
const TYPES: ReadonlySet<string> = new Set([
  ...['downtime-step', 'progress', 'timeout', 'stuck', 'failure', 'lifecycle'],
  ...['completed', 'aborted', 'cancelled', 'finished', 'monitor-started', 'monitor-done'],
]);
/** Pairs of rule and status with a series of their own, whichever come first; the others are counted together. */
const MOST_FINDINGS = 24;
const MEBIBYTE = 1024 * 1024;

/** The metrics of one tail. Labels take few values each, and never an instance's: a node has at most 150 series. */
export function tailMetrics(version: string, schema: number, gauges: () => Gauges): Metrics {
  const registry = new Registry();
  const { counter, histogram, gauge } = makers(registry);
  const build = gauge('build_info', 'Version of the program and of the schema of its store', ['version', 'schema']);
  build.set({ version, schema: String(schema) }, 1);
  lookedUp(registry, gauges);
  const lines = counter('tail_lines_total', 'Lines read past, whatever they say');
  const bytes = counter('tail_bytes_total', 'Bytes read');
  const rotations = counter('tail_rotations_total', 'Files that no longer hold their log', ['kind']);
  const parsed = counter('parse_events_total', 'Messages recognised', ['type']);
  const unknown = counter('parse_unmatched_total', 'Records about migrations that no grammar took');
  const writing = histogram('store_write_duration_seconds', 'Duration of a transaction', [0.001, 0.01, 0.1, 1]);
  const finished = counter('migrations_finished_total', 'Migrations that ended', ['outcome']);
  const duration = histogram('migration_duration_seconds', 'From start to end', [10, 30, 60, 180, 600], ['outcome']);
  const rates = [32, 128, 512, 1024].map((each) => each * MEBIBYTE);
  const rate = histogram('migration_throughput_bytes_per_second', 'Median rate of a migration', rates, ['tunnel']);
  const dirty = histogram('migration_dirty_ratio', 'Memory dirtied to memory sent', [0.25, 0.5, 1, 2]);
  const limit = histogram('migration_downtime_limit_seconds', 'Highest limit that was set', [0.1, 0.3, 0.5, 1, 3]);
  const findings = counter('findings_total', 'Verdicts that failed or could not be reached', ['rule', 'status']);
  const named = new Set<string>();
  const progress = new Progress();
  return {
    registry,
    text: () => registry.metrics(),
    read(more, moreLines) {
      bytes.inc(more);
      lines.inc(moreLines);
    },
    rotated: (kind) => rotations.inc({ kind }),
    stored(events, unmatched, took_ms) {
      for (const { type } of events) parsed.inc({ type: TYPES.has(type) ? type : 'other' });
      unknown.inc(unmatched);
      writing.observe(took_ms / 1000);
    },
    begin: () => progress.begin(),
    derived(rows) {
      const { ended, verdicts } = progress.take(rows);
      for (const { outcome, duration_s, observed } of ended) {
        finished.inc({ outcome });
        if (duration_s !== null) duration.observe({ outcome }, duration_s);
        const tunnel = observed.tunnelled === null ? 'unknown' : observed.tunnelled ? 'yes' : 'no';
        if (observed.throughput_bytes_s !== null) rate.observe({ tunnel }, observed.throughput_bytes_s);
        if (observed.dirty_ratio !== null) dirty.observe(observed.dirty_ratio);
        if (observed.max_step_ms !== null) limit.observe(observed.max_step_ms / 1000);
      }
      for (const { rule, status } of verdicts) {
        const pair = `${rule} ${status}`;
        if (named.size < MOST_FINDINGS) named.add(pair);
        findings.inc(named.has(pair) ? { rule, status } : { rule: 'other', status: 'other' });
      }
    },
  };
}

function lookedUp(registry: Registry, gauges: () => Gauges): void {
  const seconds = (ms: number | null) => (ms === null ? 0 : ms / 1000);
  const looks: [string, string, (now: Gauges) => number][] = [
    ['tail_lag_bytes', 'Bytes that are there and not read yet', ({ lag_bytes }) => lag_bytes],
    ['tail_last_line_timestamp_seconds', 'Time of the newest line read', ({ lastLineAt }) => seconds(lastLineAt)],
    ['migrations_in_progress', 'Migrations without an end', ({ running }) => running.length],
    [
      'migration_oldest_start_timestamp_seconds',
      'Start of the oldest migration without an end; 0 where there is none',
      ({ running }) => Math.min(...running.map(({ startedAt }) => seconds(startedAt)), Number.POSITIVE_INFINITY),
    ],
    ['store_size_bytes', 'Size of the store on disk', ({ store_bytes }) => store_bytes],
  ];
  const { looked, lookedBy } = makers(registry);
  for (const [name, help, value] of looks) looked(name, help, () => value(gauges()));
  lookedBy('findings_open', 'Failed verdicts in the store', 'severity', SEVERITIES, () => gauges().openFindings);
}

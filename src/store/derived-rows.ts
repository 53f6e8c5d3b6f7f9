import type { Matched } from '../certification.ts';
import type { Migration, Revealed, Setting, Settings, Verdict } from '../model.ts';

/** A migration with all its lines, as it is stored. */
export interface DerivedRow extends Matched {
  readonly migration: Migration;
  readonly settings: Settings;
  readonly verdicts: readonly Verdict[];
  readonly revealed: readonly Revealed[];
  /** Of the guest, as declared, else as the counters show; null where neither tells. */
  readonly memory_mib: number | null;
  readonly lineFigures: LineFigures;
}

/** What a migration's lines say that decides whether, and with which others, its rate is compared. */
export interface LineFigures {
  /** Between two progress lines; its rate is their median. */
  readonly intervals: number;
  /** Most of its memory were zero pages. */
  readonly idle: boolean;
  /** Nova said that it will not throttle the guest. */
  readonly auto_converge_disabled: boolean;
}

/** A row's values as SQLite holds them, in the order of the columns. */
export type Values = readonly (string | number | null)[];

export const MIGRATION_COLUMNS = [
  ...['id', 'instance', 'source_host', 'destination_host', 'request_id', 'started_at_ms', 'ended_at_ms', 'duration_s'],
  ...['outcome', 'profile', 'max_step_ms', 'last_step_s', 'throughput_bytes_s', 'dirty_ratio', 'pause_ms'],
  ...['throttle_percent', 'tunnelled', 'test', 'network', 'link_mbps', 'memory_mib'],
  ...['intervals', 'idle', 'auto_converge_disabled', 'dialect', 'clock_step'],
] as const;

/** The tables of what a migration has several of, and their columns besides `migration`; by the first of them it is told apart. */
export const CHILD_COLUMNS = {
  migration_events: ['position', 'source', 'offset'],
  settings: ['name', 'value', 'origin', 'declared', 'why', 'candidates'],
  verdicts: ['rule', 'status', 'severity', 'message', 'evidence'],
  revealed: ['name', 'least', 'most', 'possible'],
} as const;

export type ChildTable = keyof typeof CHILD_COLUMNS;

export const CHILD_TABLES = Object.keys(CHILD_COLUMNS) as readonly ChildTable[];

/** The values of MIGRATION_COLUMNS. */
export function migrationValues(row: DerivedRow): Values {
  const { migration: m, settings, tests, network, memory_mib, lineFigures: lines } = row;
  const o = m.observed;
  return [
    ...[m.id, m.instance, m.sourceHost, m.destinationHost, m.requestId, m.startedAt, m.endedAt, m.duration_s],
    ...[m.outcome, settings.profile, o.max_step_ms, o.last_step_s, o.throughput_bytes_s, o.dirty_ratio, o.pause_ms],
    ...[o.throttle_percent, o.tunnelled === null ? null : Number(o.tunnelled)],
    ...[tests[0]?.id ?? null, network?.config ?? null, network?.link_mbps ?? null, memory_mib],
    ...[lines.intervals, Number(lines.idle), Number(lines.auto_converge_disabled), m.dialect, Number(m.clockStep)],
  ];
}

/** The rows of each child table, in the order of their first column. */
export function childRows({ migration, settings, verdicts, revealed }: DerivedRow): Record<ChildTable, Values[]> {
  return {
    migration_events: migration.timeline.map(({ source, ref }, position) => [position, source, ref.offset]),
    settings: inOrder(namedSettings(settings).map(([name, setting]) => settingValues(name, setting))),
    verdicts: inOrder(
      verdicts.map(({ rule, status, severity, message, evidence }) => {
        return [rule, status, severity, message, JSON.stringify(evidence)];
      }),
    ),
    revealed: inOrder(revealed.map(revealedValues)),
  };
}

function settingValues(name: string, { value, origin, declared, why, candidates }: Setting<unknown>): Values {
  return [name, value === null ? null : String(value), origin, Number(declared), why, JSON.stringify(candidates)];
}

function revealedValues({ name, possible }: Revealed): Values {
  const numbers = possible.flatMap((each) => (typeof each === 'string' ? [] : each));
  return [name, numbers[0] ?? null, numbers.at(-1) ?? null, JSON.stringify(possible)];
}

function namedSettings(settings: Settings): [string, Setting<unknown>][] {
  return Object.entries(settings).filter((entry): entry is [string, Setting<unknown>] => {
    const value: unknown = entry[1];
    return typeof value === 'object' && value !== null && 'origin' in value;
  });
}

/** As SQLite orders text, which names in ASCII are. */
function inOrder(rows: Values[]): Values[] {
  const name = (row: Values) => String(row[0]);
  return rows.sort((a, b) => (name(a) < name(b) ? -1 : 1));
}

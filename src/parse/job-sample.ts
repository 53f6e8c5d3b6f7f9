// QEMU's migration job as virsh and query-migrate show it, in the fields of a job sample.

import type { Fields } from '../model.ts';
import { parsed } from './json-line.ts';

/** What the lines of one domjobinfo block say. */
export interface JobBlock {
  /** none, active, completed, failed, cancelled. */
  readonly job: string;
  /** outgoing, incoming, other; null where libvirt does not print it (before 3.3). */
  readonly operation: string | null;
  readonly figures: Readonly<Record<string, number>>;
  readonly via: 'domjobinfo' | 'rawstats';
  /** `--completed`: of a job that ended before, which never shows the throttle. */
  readonly completed: boolean;
}

/** The fields of a block's job; null for a job that is no migration. */
export function jobOfBlock({ job, operation, figures, via, completed }: JobBlock): Fields | null {
  if (operation === 'other') return null;
  const live = job !== 'none' && operation !== 'incoming' && !completed;
  const settingUp = job === 'active' && !figures.memory_total;
  const running = job === 'active';
  return {
    live,
    via,
    status: settingUp ? 'setup' : job,
    throttle_percent: live ? (figures.throttle_percent ?? 0) : null,
    iteration: figures.iteration ?? null,
    dirty_bytes_s: product(figures.dirty_pages_s, figures.page_size),
    bandwidth_bytes_s: figures.bandwidth_bytes_s ?? null,
    memory_processed: figures.memory_processed ?? null,
    memory_remaining: figures.memory_remaining ?? null,
    memory_total: figures.memory_total ?? null,
    elapsed_ms: figures.elapsed_ms ?? null,
    expected_downtime_ms: figures.expected_downtime_ms ?? (running ? (figures.downtime_ms ?? null) : null),
    total_downtime_ms: figures.total_downtime_ms ?? (running ? null : (figures.downtime_ms ?? null)),
  };
}

/** A reply of QEMU's monitor, where it is one to query-migrate. */
export interface MigrateReply {
  /** The record's own time (ms); null where the text is the reply alone. */
  readonly at: number | null;
  readonly id: string | null;
  readonly fields: Fields;
}

/** Reads JSON text as a record `{"ts", "reply"}` or as a reply; null where it is none to query-migrate. Never throws. */
export function migrateReply(json: string): MigrateReply | null {
  // Most replies are to other commands, and long.
  if (!json.includes('"status"') && !/"return":\s*\{\}/.test(json)) return null;
  const record = objectIn(parsed(json));
  if (record === null) return null;
  const reply = 'reply' in record ? objectIn(record.reply) : record;
  const answer = objectIn(reply?.return);
  if (reply === null || answer === null) return null;
  // To a command that only does something QEMU answers nothing, as to query-migrate before there was a migration.
  if (Object.keys(answer).length === 0 && reply === record) return null;
  const fields = jobOfAnswer(answer);
  const at = typeof record.ts === 'string' && ZONED.test(record.ts) ? Date.parse(record.ts) : Number.NaN;
  return fields === null
    ? null
    : { at: Number.isNaN(at) ? null : at, id: typeof reply.id === 'string' ? reply.id : null, fields };
}

const ZONED = /(?:Z|[+-]\d\d:\d\d)$/;

/** MigrationStatus of qapi/migration.json, in the words of job samples; query-status answers with other words. */
const STATUSES: Readonly<Record<string, string>> = {
  none: 'none',
  setup: 'setup',
  'wait-unplug': 'setup',
  active: 'active',
  'pre-switchover': 'pre-switchover',
  device: 'device',
  'postcopy-active': 'postcopy-active',
  'postcopy-paused': 'postcopy-active',
  'postcopy-recover': 'postcopy-active',
  cancelling: 'cancelling',
  cancelled: 'cancelled',
  completed: 'completed',
  failed: 'failed',
};
/** Statuses without figures of the memory on the source; with any other, a destination answers. */
const BARE: readonly string[] = ['setup', 'cancelled', 'failed'];

function jobOfAnswer(answer: Record<string, unknown>): Fields | null {
  const word = Object.keys(answer).length === 0 ? 'none' : answer.status;
  const status = typeof word === 'string' && Object.hasOwn(STATUSES, word) ? (STATUSES[word] as string) : null;
  if (status === null) return null;
  const ram = objectIn(answer.ram);
  const live = ram === null ? BARE.includes(status) : status !== 'none';
  const megabits = numberIn(ram?.mbps);
  return {
    live,
    via: 'query-migrate',
    status,
    throttle_percent: live ? (numberIn(answer['cpu-throttle-percentage']) ?? 0) : null,
    iteration: numberIn(ram?.['dirty-sync-count']),
    dirty_bytes_s: product(numberIn(ram?.['dirty-pages-rate']), numberIn(ram?.['page-size'])),
    bandwidth_bytes_s: megabits === null ? null : Math.round((megabits * 1e6) / 8),
    memory_processed: numberIn(ram?.transferred),
    memory_remaining: numberIn(ram?.remaining),
    memory_total: numberIn(ram?.total),
    elapsed_ms: numberIn(answer['total-time']),
    expected_downtime_ms: numberIn(answer['expected-downtime']),
    total_downtime_ms: numberIn(answer.downtime),
  };
}

function product(a: number | null | undefined, b: number | null | undefined): number | null {
  return typeof a === 'number' && typeof b === 'number' ? a * b : null;
}

function objectIn(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

/** JSON's numbers may be larger than any double, which reads as infinite. */
function numberIn(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

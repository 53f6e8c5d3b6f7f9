import type { Migration, StoredEvent } from '../model.ts';
import { MIB } from '../numbers.ts';

/** Lines of one kind that follow each other on one host, as one. */
export interface Moment {
  readonly events: readonly StoredEvent[];
  readonly host: string | null;
  readonly type: string;
  /** Seconds from the migration's start to the first and to the last of them; null without times. */
  readonly from_s: number | null;
  readonly to_s: number | null;
  readonly text: string;
}

/** The migration's lines in order, those that repeat folded. */
export function momentsOf({ timeline, startedAt }: Migration): Moment[] {
  const runs: StoredEvent[][] = [];
  for (const event of timeline) {
    const run = runs.at(-1);
    const before = run?.at(-1);
    if (run && before && folds(before, event)) run.push(event);
    else runs.push([event]);
  }
  const seconds = (event: StoredEvent | undefined) =>
    event?.at == null || startedAt === null ? null : Math.round((event.at - startedAt) / 100) / 10 || 0;
  return runs.map((events) => {
    const first = events[0] as StoredEvent;
    return {
      events,
      host: first.host,
      type: first.type,
      from_s: seconds(first),
      to_s: seconds(events.at(-1)),
      text: wordsOf(events),
    };
  });
}

function folds(before: StoredEvent, event: StoredEvent): boolean {
  const sameKind = before.type === event.type && before.host === event.host;
  return sameKind && (before.type !== 'lifecycle' || before.fields.state === event.fields.state);
}

/** What a line tells; of a run of them the first and the last where they differ. */
const WORDS: Readonly<Record<string, (event: StoredEvent) => string>> = {
  'pre-migration-done': ({ fields }) => `destination ready after ${fields.seconds} s`,
  'monitor-started': () => 'nova begins to watch',
  'downtime-step': ({ fields }) => `downtime ${fields.downtime_ms} ms allowed`,
  'downtime-not-applied': ({ fields }) => `downtime ${fields.downtime_ms} ms not applied`,
  'downtime-schedule': () => 'downtime schedule printed',
  progress: ({ fields }) =>
    fields.memory_total === 0 ? 'job in setup' : `${(Number(fields.memory_remaining) / MIB).toFixed(0)} MiB remain`,
  timeout: ({ fields }) => `not completed after ${fields.timeout_s} s`,
  stuck: ({ fields }) => `stuck for ${fields.stuck_s} s`,
  'postcopy-switch': () => 'switched to post-copy',
  'tunnel-enabled': () => 'tunnel enabled',
  'auto-converge-disabled': () => 'auto-converge disabled',
  failure: ({ fields }) => `failure: ${String(fields.error)}`,
  completed: () => 'job completed',
  aborted: () => 'job aborted',
  cancelled: () => 'job cancelled',
  'post-migration-started': () => 'nova begins to hand over',
  'post-migration-at-destination': () => 'destination takes over',
  finished: ({ fields }) => `finished, instance is on ${fields.destination}`,
  'monitor-done': () => 'nova ends to watch',
  'power-sync-pending': () => 'power sync skipped, a task is pending',
  'power-sync-moved': () => 'power sync: the instance has moved',
  lifecycle: ({ fields }) => `guest ${String(fields.state).toLowerCase()}`,
};

function wordsOf(events: readonly StoredEvent[]): string {
  const words = (event: StoredEvent) => (WORDS[event.type] ?? plainWords)(event);
  const [first, last] = [words(events[0] as StoredEvent), words(events.at(-1) as StoredEvent)];
  const times = events.length === 1 ? '' : ` (${events.length} lines)`;
  return `${first === last ? first : `${first} ... ${last}`}${times}`;
}

function plainWords({ type }: StoredEvent): string {
  return type.replaceAll('-', ' ');
}

import type { Explained } from '../explanation.ts';
import type { Migration, Outcome, StoredEvent } from '../model.ts';
import { MIB } from '../numbers.ts';
import type { Sentence } from './explain-notes.ts';
import { plural } from './plural.ts';
import { duration, shortTime } from './time.ts';

/** What happened and why, sentence by sentence, each with the lines that say so. */
export function storyOf(explained: Explained): Sentence[] {
  const { migration } = explained.subject;
  return [
    beginning(migration),
    ...decisions(migration),
    ...allowed(migration),
    ...sent(migration),
    ...troubles(migration),
    ending(migration),
    ...reasons(explained),
    ...broken(explained),
  ];
}

const AT_WORK: ReadonlySet<string> = new Set(['monitor-started', 'downtime-step', 'progress', 'pre-migration-done']);

function beginning({ instance, sourceHost, destinationHost, startedAt, timeline }: Migration): Sentence {
  const first = timeline.find(({ type, at }) => at === startedAt && AT_WORK.has(type)) ?? timeline[0];
  const from = sourceHost ?? 'a host that the log does not name';
  const to = destinationHost ?? 'a host that the log does not name';
  const when = startedAt === null ? 'at a time that the log does not tell' : `at ${shortTime(startedAt)} UTC`;
  return { text: `Instance ${instance} began to move from ${from} to ${to} ${when}.`, proofs: first ? [first] : [] };
}

const DECISIONS: Readonly<Record<string, string>> = {
  'tunnel-enabled': "It was sent through libvirtd's tunnel.",
  'auto-converge-disabled': 'Auto-converge was off for it, so QEMU did not throttle the guest.',
  'setting-reverted': 'A setting was put back to its default.',
  'setting-ignored': 'A setting was ignored.',
};

function decisions({ timeline }: Migration): Sentence[] {
  return Object.entries(DECISIONS).flatMap(([type, text]) => said(timeline, type, () => text));
}

function allowed({ timeline }: Migration): Sentence[] {
  const steps = timeline.filter(({ type }) => type === 'downtime-step');
  const [first, last] = [steps[0], steps.at(-1)];
  if (!first || !last) return [];
  const [least, most] = [Number(first.fields.downtime_ms), Number(last.fields.downtime_ms)];
  if (steps.length === 1) return [{ text: `${least} ms of downtime were allowed.`, proofs: [first] }];
  const text = `The allowed downtime was raised from ${least} to ${most} ms in ${plural(steps.length - 1, 'step')}.`;
  return [{ text, proofs: [first, last] }];
}

function sent({ timeline, startedAt }: Migration): Sentence[] {
  const shown = timeline.filter(({ type, fields }) => type === 'progress' && Number(fields.memory_total) > 0);
  const last = shown.at(-1);
  if (!last) return [];
  const [done, left, total] = ['memory_processed', 'memory_remaining', 'memory_total'].map(
    (field) => Number(last.fields[field]) / MIB,
  ) as [number, number, number];
  const times = done > total ? `, ${(done / total).toFixed(1)} times its memory` : '';
  const after =
    last.at === null || startedAt === null ? '' : `, ${duration((last.at - startedAt) / 1000)} after the start`;
  const text = `When its progress was last printed${after}, ${done.toFixed(0)} MiB had been sent${times}, and ${left.toFixed(0)} MiB remained.`;
  return [{ text, proofs: [last] }];
}

/** What the lines of a kind tell, once for all of them. */
const TROUBLES: Readonly<Record<string, (first: StoredEvent, count: number) => string>> = {
  'downtime-not-applied': ({ fields }, count) =>
    `Setting the downtime to ${fields.downtime_ms} ms failed${count > 1 ? ` (${count} such lines)` : ''}.`,
  'postcopy-switch': () => 'It was switched to post-copy.',
  timeout: ({ fields }, count) =>
    `After ${fields.timeout_s} s nova said that it was not completed${count > 1 ? `, ${count} times` : ''}.`,
  stuck: ({ fields }) => `It was stuck for ${fields.stuck_s} s, said nova.`,
  'abort-failed': () => 'Ending it failed.',
  failure: ({ fields }) => `The failure that libvirt told was "${String(fields.error)}".`,
  'restart-in-migration': () => 'In the middle of it nova-compute was started anew.',
};

function troubles({ timeline }: Migration): Sentence[] {
  const types = new Set(timeline.map(({ type }) => type).filter((type) => TROUBLES[type] !== undefined));
  return [...types].flatMap((type) => said(timeline, type, TROUBLES[type] as (typeof TROUBLES)[string]));
}

function said(
  timeline: readonly StoredEvent[],
  type: string,
  words: (first: StoredEvent, count: number) => string,
): Sentence[] {
  const events = timeline.filter((event) => event.type === type);
  const [first] = events;
  return first === undefined ? [] : [{ text: words(first, events.length), proofs: [first] }];
}

const ENDINGS: Readonly<Record<Outcome, string>> = {
  completed: 'It completed',
  'timed-out': 'It was given up for want of time',
  cancelled: 'It was cancelled by an operator',
  failed: 'It failed',
  running: 'The log shows no end of it',
};
const ENDS: readonly string[] = [
  'completed',
  'cancelled',
  'aborted',
  'live-migration-failed',
  'pre-migration-failed',
  'finished',
  'post-migration-at-destination',
  'failure',
];

function ending({ outcome, duration_s, timeline, observed }: Migration): Sentence {
  const events =
    outcome === 'running'
      ? timeline.slice(-1)
      : ENDS.flatMap((type) => timeline.filter((event) => event.type === type)).slice(0, 1);
  const after = outcome === 'running' || duration_s === null ? '' : ` after ${duration(duration_s)}`;
  const pause = observed.pause_ms === null ? '' : `; between Paused and Resumed lay ${observed.pause_ms} ms`;
  return { text: `${ENDINGS[outcome]}${after}${pause}.`, proofs: events };
}

/** Why it did not complete by itself, where the passes show it. */
function reasons({ subject, whatIf }: Explained): Sentence[] {
  const { outcome, timeline } = subject.migration;
  const { downtime_ms } = whatIf;
  if ((outcome !== 'timed-out' && outcome !== 'cancelled') || downtime_ms.kind !== 'range') return [];
  const { low, high } = downtime_ms.range;
  const most = timeline.reduce(
    (all, { type, fields }) => (type === 'downtime-step' ? Math.max(all, Number(fields.downtime_ms)) : all),
    0,
  );
  if (most === 0 || low <= most) return [];
  const text = `It could not complete: what the guest dirtied in each pass takes ${Math.floor(low)} to ${Math.ceil(high)} ms to send, and no more than ${most} ms were allowed.`;
  return [{ text, proofs: downtime_ms.proofs }];
}

function broken({ verdicts }: Explained): Sentence[] {
  const failing = verdicts.filter(({ status }) => status === 'fail');
  if (failing.length === 0) return [];
  const proofs = failing.flatMap(({ evidence }) => evidence.slice(0, 1).map(({ text, ...ref }) => ({ ref, text })));
  const text = `It breaks ${plural(failing.length, 'rule')}: ${failing.map(({ rule }) => rule).join(', ')}.`;
  return [{ text, proofs }];
}

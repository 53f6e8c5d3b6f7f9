import type { MigrationFacts } from './certification.ts';
import type { Proof, Throughput } from './judgement.ts';
import type { StoredEvent } from './model.ts';
import { isIdle, ratesOf } from './rules/throughput.ts';
import { concurrent } from './statistics/concurrent.ts';
import { memoryBand, NO_NETWORK } from './statistics/tunnel.ts';
import type { DerivedRow, LineFigures } from './store/derived-rows.ts';

/** A migration in short, for rules that look at several; its verdicts only where a test is about it. */
export function factsOf({
  migration: whole,
  settings,
  verdicts,
  tests,
  network,
  memory_mib,
  lineFigures: { intervals, idle, auto_converge_disabled },
}: DerivedRow): MigrationFacts {
  const { timeline, ...migration } = whole;
  const shown = migration.observed.tunnelled;
  const { tunnel, auto_converge } = settings;
  return {
    migration,
    tests,
    network,
    memory_mib,
    settings,
    tunnelled: shown ?? (tunnel.declared ? tunnel.value : null),
    auto_converge: auto_converge_disabled ? false : auto_converge.declared ? auto_converge.value : null,
    intervals,
    idle,
    verdicts: tests.length > 0 ? verdicts : [],
    proofs: proofsOf(timeline),
  };
}

/** What the lines say of a migration's rate, by the same counters as its median. */
export function lineFiguresOf(timeline: readonly StoredEvent[]): LineFigures {
  return {
    intervals: ratesOf(timeline).length,
    idle: isIdle(timeline),
    auto_converge_disabled: timeline.some(({ type }) => type === 'auto-converge-disabled'),
  };
}

/** The throughput of those that have an end, each with what sets it apart from others; as the view migration_figures has it. */
export function throughputOf(all: readonly MigrationFacts[]): Throughput[] {
  const together = concurrent(
    all.map(({ migration: { id, sourceHost, startedAt, endedAt } }) => {
      return { id, host: sourceHost, from: startedAt, to: endedAt };
    }),
  );
  return all
    .filter(({ migration }) => migration.outcome !== 'running')
    .map(({ migration: { id, observed, sourceHost, destinationHost }, memory_mib, idle, network, ...facts }) => ({
      migration: id,
      network: network?.config ?? NO_NETWORK,
      link_mbps: network?.link_mbps ?? null,
      memory_band: memoryBand(memory_mib),
      tunnelled: facts.tunnelled,
      auto_converge: facts.auto_converge,
      direction: sourceHost === null || destinationHost === null ? null : `${sourceHost} to ${destinationHost}`,
      throughput_bytes_s: observed.throughput_bytes_s,
      intervals: facts.intervals,
      excluded: idle ? 'idle' : together.has(id) ? 'concurrent' : null,
    }));
}

const MIB = 1_048_576;

/** What the counters show of the guest's memory (MiB): it comes with the memory of its devices, some MiB more. */
export function shownMemory(timeline: readonly StoredEvent[]): number | null {
  const totals = counted(timeline).map(({ fields }) => Number(fields.memory_total));
  return totals.length === 0 ? null : Math.max(...totals) / MIB;
}

/** The first of its progress lines with counters; else the first line. */
function proofsOf(timeline: readonly StoredEvent[]): Proof[] {
  const [event] = [...counted(timeline), ...timeline];
  return event === undefined ? [] : [{ ref: event.ref, text: event.text }];
}

function counted(timeline: readonly StoredEvent[]): StoredEvent[] {
  return timeline.filter(
    ({ type, at, fields }) => type === 'progress' && at !== null && Number(fields.memory_total) > 0,
  );
}

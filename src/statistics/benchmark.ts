import { ALPHA, type Comparison, compareGroups, LEAST_EACH } from './comparison.ts';
import type { Compared, ComparedStratum } from './comparisons.ts';
import { pValue } from './words.ts';

/** The durations of one benchmark run: every migration of one flavor, with or without the tunnel. */
interface Run {
  readonly path: string;
  readonly flavor: string;
  readonly storage: string;
  readonly tunnelled: boolean;
  /** As the file has them: texts. */
  readonly durations: readonly string[];
  /** Rows that should be there: iterations times guests. */
  readonly planned: number;
}

/** True for what osic/benchmarking_live-migration writes: flavors with ITERATION, of durations by guest. */
export function isBenchmark(value: unknown): boolean {
  return (
    isRecord(value) &&
    Object.keys(value).length > 0 &&
    Object.values(value).every((run) => isRecord(run) && isRecord(run.ITERATION))
  );
}

/**
 * Tunnelled against direct migrations by the durations (s) that benchmark files hold, by flavor and storage. A duration that another
 * file has already is counted once; what is missing is told, for failed migrations leave no row and the rest flatters.
 */
export function compareBenchmarks(files: readonly { readonly path: string; readonly value: unknown }[]): Compared {
  const runs = files.flatMap(({ path, value }) => runsIn(path, value as Record<string, RawRun>));
  const { kept, repeated } = withoutRepeats(runs);
  const strata = [...Map.groupBy(kept, ({ flavor, storage }) => `${flavor}, ${storage}`)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([stratum, members]): ComparedStratum => {
      const arm = (tunnelled: boolean) =>
        members.filter((run) => run.tunnelled === tunnelled).flatMap(({ durations }) => durations.map(Number));
      const compared = compareGroups(arm(true), arm(false));
      return { stratum, figure: 'duration_s', completed: null, ...compared, reading: inWords(compared) };
    });
  const missing = runs.flatMap(({ path, flavor, durations, planned }) =>
    durations.length === planned
      ? []
      : [
          `${path}: ${flavor}: ${planned - durations.length} of ${planned} durations are missing; failed migrations leave none, so what is there flatters`,
        ],
  );
  return { what: 'tunnel', arms: ['tunnelled', 'direct'], strata, excluded: [], notes: [...repeated, ...missing] };
}

interface RawRun {
  readonly flavor?: unknown;
  readonly tunneling?: unknown;
  readonly ITERATION: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

function runsIn(path: string, flavors: Readonly<Record<string, RawRun>>): Run[] {
  const storage = /shared/.test(path) ? 'shared storage' : /block/.test(path) ? 'block migration' : 'storage unknown';
  return Object.entries(flavors).map(([name, { flavor, tunneling, ITERATION }]) => {
    const rows = Object.values(ITERATION).map((row) => Object.values(row).filter(isDuration).map(String));
    const guests = Math.max(0, ...rows.map(({ length }) => length));
    return {
      path,
      flavor: typeof flavor === 'string' ? flavor : name,
      storage,
      tunnelled: tunneling === 'on',
      durations: rows.flat(),
      planned: rows.length * guests,
    };
  });
}

/** Durations have ten digits and more: the same one twice is the same measurement. */
function withoutRepeats(runs: readonly Run[]): { kept: Run[]; repeated: string[] } {
  const seen = new Map<string, string>();
  const repeated: string[] = [];
  const kept = runs.map((run) => {
    const fresh = run.durations.filter((duration) => (seen.get(duration) ?? run.path) === run.path);
    const again = run.durations.length - fresh.length;
    const other = run.durations
      .map((duration) => seen.get(duration))
      .find((path) => path !== undefined && path !== run.path);
    if (again > 0)
      repeated.push(
        `${run.path}: ${run.flavor}: ${again} of ${run.durations.length} durations are those of ${other} again, and are not counted twice`,
      );
    for (const duration of fresh) seen.set(duration, run.path);
    return { ...run, durations: fresh };
  });
  return { kept, repeated };
}

function inWords({ a, b, ratio, ratio_interval: interval, p_higher: p }: Comparison): string {
  if (a.n < LEAST_EACH || b.n < LEAST_EACH)
    return `${a.n} tunnelled and ${b.n} direct migrations say too little: at least ${LEAST_EACH} of each are needed`;
  const medians = `a median of ${a.median?.toFixed(1)} s tunnelled against ${b.median?.toFixed(1)} s direct`;
  const figures = `${medians} (ratio ${ratio?.toFixed(2)}, 95 % interval ${interval?.[0].toFixed(2)} to ${interval?.[1].toFixed(2)}, p ${pValue(p)})`;
  const longer = (p ?? 1) <= ALPHA && (ratio ?? 1) >= 1 / 0.9;
  return longer
    ? `tunnelled migrations take longer: ${figures}`
    : `tunnelled migrations do not take longer: ${figures}`;
}

function isDuration(value: unknown): boolean {
  return (typeof value === 'string' || typeof value === 'number') && Number(value) > 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

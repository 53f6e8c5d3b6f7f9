import type { Throughput } from '../judgement.ts';
import { ALPHA, type Comparison, compareGroups, LEAST_EACH } from './comparison.ts';
import { type Count, fisherGreater } from './fisher.ts';
import { type ThroughputFigure, tunnelStrata } from './tunnel.ts';
import { pValue, stratumName, tunnelInWords } from './words.ts';

/** What is known of one migration for comparing it with others; null where nothing tells. */
export interface MigrationFigures extends Throughput {
  readonly completed: boolean;
  readonly duration_s: number | null;
}

/** Two arms of one stratum side by side, in one figure: `bytes_s` or `duration_s`. */
export interface ComparedStratum extends Comparison {
  readonly stratum: string;
  readonly figure: 'throughput_bytes_s' | 'duration_s';
  /** How many completed of either arm, and the one-sided p of Fisher's exact test; null where it is not asked. */
  readonly completed: { readonly a: Count; readonly b: Count; readonly p: number } | null;
  readonly reading: string;
}

/** A comparison as it is reported. */
export interface Compared {
  readonly what: 'tunnel' | 'auto-converge' | 'campaigns';
  readonly arms: readonly [a: string, b: string];
  readonly strata: readonly ComparedStratum[];
  readonly excluded: readonly { readonly migration: string; readonly why: string }[];
  readonly notes: readonly string[];
}

/** Tunnelled against direct migrations: their throughput. */
export function compareTunnel(migrations: readonly Throughput[]): Compared {
  const figures = comparable(migrations);
  const strata = tunnelStrata(figures).map((stratum): ComparedStratum => {
    const { a, b, ratio, ratio_interval, shift, cliffs_delta, p_lower, p_higher, method } = stratum;
    const figure = { a, b, ratio, ratio_interval, shift, cliffs_delta, p_lower, p_higher, method };
    const about = { stratum: stratumName(stratum), figure: 'throughput_bytes_s' as const, completed: null };
    return { ...about, ...figure, reading: tunnelInWords(stratum) };
  });
  const { excluded, notes } = restOf(migrations, ({ tunnelled }) => tunnelled);
  return {
    what: 'tunnel',
    arms: ['tunnelled', 'direct'],
    strata,
    excluded,
    notes: [...notes, ...confoundedBy(figures)],
  };
}

/** Those with a throughput that says something, in an arm that is known. */
export function comparable(migrations: readonly Throughput[]): (Throughput & ThroughputFigure)[] {
  return migrations.flatMap((each) => {
    const { tunnelled, throughput_bytes_s: bytes_s, intervals, excluded } = each;
    return tunnelled === null || bytes_s === null || intervals === 0 || excluded !== null
      ? []
      : [{ ...each, tunnelled, bytes_s }];
  });
}

/** What else sets the arms of a stratum apart, where no migration of one is like any of the other in it. */
function confoundedBy(figures: readonly (Throughput & ThroughputFigure)[]): string[] {
  return [...Map.groupBy(figures, stratumName)].flatMap(([stratum, members]) =>
    COVARIATES.flatMap(({ of, costs }) => {
      const [tunnelled, direct] = [true, false].map((arm) => [
        ...new Set(members.flatMap((each) => (each.tunnelled === arm ? (of(each) ?? []) : []))),
      ]) as [string[], string[]];
      if (tunnelled.length === 0 || direct.length === 0 || tunnelled.some((value) => direct.includes(value))) return [];
      const [these, those] = [tunnelled, direct].map((values) => values.sort().join(' and '));
      return [
        `${stratum}: tunnelled migrations ${these}, direct ones ${those}: what ${costs} cannot be told from what the tunnel costs`,
      ];
    }),
  );
}

const COVARIATES: readonly { readonly of: (figures: Throughput) => string | null; readonly costs: string }[] = [
  {
    of: ({ direction }) => (direction === null ? null : `from ${direction}`),
    costs: 'the hosts and the direction cost',
  },
  {
    of: ({ auto_converge: on }) => (on === null ? null : `with auto-converge ${on ? 'on' : 'off'}`),
    costs: 'throttling costs',
  },
];

/** Migrations with auto-converge against those without: how often they complete, and how long those take. */
export function compareAutoConverge(migrations: readonly MigrationFigures[]): Compared {
  const known = migrations.filter(({ auto_converge, excluded }) => auto_converge !== null && excluded === null);
  const strata = strataOf(known).map(([stratum, members]): ComparedStratum => {
    const [on, off] = [true, false].map((arm) => members.filter((each) => each.auto_converge === arm)) as Arms;
    const compared = compareGroups(durationsOf(on), durationsOf(off));
    const completed = { a: countOf(on), b: countOf(off), p: fisherGreater(countOf(on), countOf(off)) };
    return { stratum, figure: 'duration_s', ...compared, completed, reading: convergeInWords(completed, compared) };
  });
  return {
    what: 'auto-converge',
    arms: ['auto-converge on', 'auto-converge off'],
    strata,
    ...restOf(migrations, ({ auto_converge }) => auto_converge),
  };
}

/** One campaign's migrations against another's, of the same network, size and tunnel: throughput, and how long they take. */
export function compareCampaigns(
  names: readonly [string, string],
  first: readonly MigrationFigures[],
  second: readonly MigrationFigures[],
): Compared {
  const arms = [first, second].map((arm) =>
    Map.groupBy(
      arm.filter(({ excluded }) => excluded === null),
      withTunnel,
    ),
  ) as [Map<string, MigrationFigures[]>, Map<string, MigrationFigures[]>];
  const names_ = [...new Set([...arms[0].keys(), ...arms[1].keys()])].sort();
  const strata = names_.flatMap((stratum): ComparedStratum[] => {
    const [a, b] = arms.map((arm) => arm.get(stratum) ?? []) as Arms;
    const rates = compareGroups(ratesOf(a), ratesOf(b));
    const durations = compareGroups(durationsOf(a), durationsOf(b));
    return [
      {
        stratum,
        figure: 'throughput_bytes_s',
        completed: null,
        ...rates,
        reading: inWords(names, 'throughput', rates),
      },
      { stratum, figure: 'duration_s', completed: null, ...durations, reading: inWords(names, 'duration', durations) },
    ];
  });
  const { excluded } = restOf([...first, ...second], () => true);
  return { what: 'campaigns', arms: names, strata, excluded, notes: [] };
}

type Arms = [MigrationFigures[], MigrationFigures[]];

function strataOf(migrations: readonly MigrationFigures[]): [string, MigrationFigures[]][] {
  return [...Map.groupBy(migrations, stratumName)].sort(([a], [b]) => (a < b ? -1 : 1));
}

function withTunnel(figures: MigrationFigures): string {
  const kind = figures.tunnelled === null ? 'tunnel unknown' : figures.tunnelled ? 'tunnelled' : 'direct';
  return `${stratumName(figures)}, ${kind}`;
}

function ratesOf(migrations: readonly MigrationFigures[]): number[] {
  return migrations.flatMap(({ throughput_bytes_s: rate, intervals }) =>
    rate === null || intervals === 0 ? [] : [rate],
  );
}

function durationsOf(migrations: readonly MigrationFigures[]): number[] {
  return migrations.flatMap(({ duration_s, completed }) => (completed && duration_s !== null ? [duration_s] : []));
}

function countOf(migrations: readonly MigrationFigures[]): Count {
  const yes = migrations.filter(({ completed }) => completed).length;
  return { yes, no: migrations.length - yes };
}

function restOf<Figures extends Throughput>(migrations: readonly Figures[], arm: (of: Figures) => boolean | null) {
  const excluded = migrations.flatMap(({ migration, excluded: why }) =>
    why === null ? [] : [{ migration, why: WHY[why] ?? why }],
  );
  const unknown = migrations.filter((each) => arm(each) === null).length;
  const told =
    unknown === 0 ? [] : [`${unknown} migrations are left out: neither the log nor a campaign tells their arm`];
  return { excluded, notes: told };
}

const WHY: Readonly<Record<string, string>> = {
  idle: 'most of its memory were zero pages',
  concurrent: 'another migration of its host ran at the same time',
};

function convergeInWords(
  { a, b, p }: NonNullable<ComparedStratum['completed']>,
  { a: on, b: off }: Comparison,
): string {
  const counts = `${a.yes} of ${a.yes + a.no} with auto-converge completed, ${b.yes} of ${b.yes + b.no} without`;
  if (Math.min(a.yes + a.no, b.yes + b.no) < LEAST_EACH) return `${counts}: at least ${LEAST_EACH} of each are needed`;
  const took = on.n > 0 && off.n > 0 ? `; those took a median of ${seconds(on.median)} and ${seconds(off.median)}` : '';
  const shown =
    p <= ALPHA
      ? 'auto-converge lets more migrations complete'
      : 'it is not shown that more complete with auto-converge';
  return `${shown}: ${counts} (p ${pValue(p)})${took}`;
}

function inWords(
  [nameA, nameB]: readonly [string, string],
  what: string,
  { a, b, ratio, p_lower, p_higher }: Comparison,
): string {
  if (a.n < LEAST_EACH || b.n < LEAST_EACH)
    return `${a.n} of ${nameA} and ${b.n} of ${nameB} say too little: at least ${LEAST_EACH} of each are needed`;
  const p = Math.min(p_lower ?? 1, p_higher ?? 1);
  const figures = `ratio ${ratio?.toFixed(2)}, p ${pValue(p)}, ${a.n} against ${b.n} migrations`;
  if (p > ALPHA / 2) return `no difference in ${what} is shown (${figures})`;
  return `the ${what} of ${nameA} is ${(p_lower ?? 1) < (p_higher ?? 1) ? 'lower' : 'higher'} than that of ${nameB} (${figures})`;
}

function seconds(value: number | null): string {
  return `${(value ?? 0).toFixed(1)} s`;
}

import type { Comparison, Spread } from '../statistics/comparison.ts';
import type { Compared, ComparedStratum } from '../statistics/comparisons.ts';
import { pValue } from '../statistics/words.ts';
import { indent, type Paint } from './layout.ts';
import { plural } from './plural.ts';
import { printableJson, printableName } from './printable.ts';

/** A comparison as JSON: groups in bytes a second or seconds. Ends in a line feed. */
export function comparisonJson({ what, arms, strata, excluded, notes }: Compared): string {
  const rows = strata.map(({ a, b, ...rest }) => ({ ...rest, groups: [named(arms[0], a), named(arms[1], b)] }));
  return `${printableJson(JSON.stringify({ compare: what, strata: rows, excluded, notes }, null, 2))}\n`;
}

/** A comparison for people: what each stratum means, then its figures. */
export function comparisonText({ arms, strata, excluded, notes }: Compared, paint: Paint): string {
  const parts = strata.map((stratum) => stratumText(stratum, arms, paint));
  const left = [...Map.groupBy(excluded, ({ why }) => why)].map(([why, members]) =>
    indent(`${plural(members.length, 'migration')} left out: ${why}`, 0),
  );
  const none = strata.length === 0 ? ['Nothing to compare: no migration of either arm.'] : [];
  return `${[...none, ...parts, ...left, ...notes.map((note) => indent(`note: ${printableName(note)}`, 0))].join('\n\n')}\n`;
}

function named(group: string, spread: Spread) {
  return { group, ...spread };
}

function stratumText(stratum: ComparedStratum, arms: readonly [string, string], paint: Paint): string {
  const { figure, a, b } = stratum;
  const unit = figure === 'duration_s' ? 's' : 'MiB/s';
  const width = Math.max(...arms.map(({ length }) => length), 5);
  const row = (name: string, cells: readonly string[]) =>
    `  ${name.padEnd(width)}${cells.map((cell) => cell.padStart(10)).join('')}`;
  const cells = ({ n, median, p10, p90 }: Spread) => [
    String(n),
    ...[median, p10, p90].map((value) => shown(value, figure)),
  ];
  return [
    paint.bold(`${printableName(stratum.stratum)}: ${figure === 'duration_s' ? 'duration' : 'throughput'} (${unit})`),
    row('', ['n', 'median', 'p10', 'p90']),
    row(printableName(arms[0]), cells(a)),
    row(printableName(arms[1]), cells(b)),
    ...(stratum.ratio === null ? [] : [indent(figuresOf(stratum, figure, unit), 2)]),
    indent(printableName(stratum.reading), 2),
  ].join('\n');
}

function figuresOf(comparison: Comparison, figure: ComparedStratum['figure'], unit: string): string {
  const { ratio, ratio_interval: interval, shift, cliffs_delta, p_lower, p_higher, method } = comparison;
  return [
    `ratio ${ratio?.toFixed(3)} (95 % interval ${interval?.[0].toFixed(3)} to ${interval?.[1].toFixed(3)})`,
    `shift ${shown(shift, figure)} ${unit}`,
    `Cliff's delta ${cliffs_delta?.toFixed(2)}`,
    `one-sided p ${pValue(p_lower)} for lower, p ${pValue(p_higher)} for higher (${method === 'exact' ? 'exact' : 'normal limit'})`,
  ].join(', ');
}

const MIB = 1_048_576;

function shown(value: number | null, figure: ComparedStratum['figure']): string {
  if (value === null) return '-';
  return (figure === 'duration_s' ? value : value / MIB).toFixed(1);
}

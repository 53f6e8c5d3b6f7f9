import type { Range } from '../explanation.ts';

const UNITS: readonly (readonly [number, string])[] = [
  [1073741824, 'GiB'],
  [1048576, 'MiB'],
  [1024, 'KiB'],
];

/** `580 to 614 MiB`, or one figure where both are the same in words. */
export function bytes({ low, high }: Range): string {
  const [size, unit] = UNITS.find(([each]) => high >= 10 * each) ?? [1, 'bytes'];
  return between(short(low / size), short(high / size), unit);
}

/** `4900 to 5800 ms`, each rounded away from the other. */
export function span({ low, high }: Range, unit: string): string {
  return between(String(Math.floor(low)), String(Math.ceil(high)), unit);
}

function between(low: string, high: string, unit: string): string {
  const joined = unit === '%' ? ' %' : ` ${unit}`;
  return low === high ? `${low}${joined}` : `${low} to ${high}${joined}`;
}

function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(1);
}

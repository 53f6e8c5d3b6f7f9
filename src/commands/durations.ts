import { UsageError } from './usage-error.ts';

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

/** What a flag says of a duration, in ms. Throws UsageError for what is none. */
export function durationOf(text: string, flag: string): number {
  const [, number, unit = ''] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  if (number === undefined || Number(number) === 0)
    throw new UsageError(`${flag} ${text}: write a duration as 90d, 12h or 8w`);
  return Number(number) * (UNITS[unit] ?? 0);
}

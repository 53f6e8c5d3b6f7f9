import { duration } from '../time.ts';

/** A time (ISO 8601, UTC) for people: `2024-05-01 09:00:08`, or a dash. */
export function timeText(at: string | null): string {
  return at === null ? '–' : at.slice(0, 19).replace('T', ' ');
}

/** Seconds for people, or a dash. */
export function durationText(seconds: number | null): string {
  return seconds === null ? '–' : duration(seconds);
}

/** Seconds from the start, for a table or a mark. */
export function momentText(seconds: number | null): string {
  return seconds === null ? '–' : `${seconds.toFixed(1)} s`;
}

const UNITS: readonly (readonly [number, string])[] = [
  [2 ** 30, 'GiB'],
  [2 ** 20, 'MiB'],
  [2 ** 10, 'KiB'],
];

/** Bytes for people: `1.6 GiB`. */
export function bytesText(bytes: number): string {
  const [size, unit] = UNITS.find(([each]) => bytes >= each) ?? [1, 'bytes'];
  const value = bytes / size;
  return `${value >= 100 || size === 1 ? value.toFixed(0) : value.toFixed(1)} ${unit}`;
}

/** A rate for people, in MiB a second; a dash where there is none. */
export function rateText(bytes_s: number | null): string {
  if (bytes_s === null) return '–';
  const value = bytes_s / 2 ** 20;
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} MiB/s`;
}

/** The same where the unit stands in the heading of its column. */
export function bareRateText(bytes_s: number | null): string {
  return rateText(bytes_s).replace(' MiB/s', '');
}

/** A whole number with its thousands set apart by thin spaces. */
export function countText(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, '\u2009');
}

import type { ClockOffset } from '../judgement.ts';

/** How far one clock is from another, in words. */
export function clockOf({ from, to, least_ms, most_ms, pairs }: ClockOffset): string {
  const told = `(${pairs} hand-over${pairs === 1 ? '' : 's'})`;
  const clocks = `the clock of ${to}`;
  if (least_ms >= 0) return `${clocks} is ${apart(least_ms, most_ms)} ahead of that of ${from} ${told}`;
  if (most_ms <= 0) return `${clocks} is ${apart(0 - most_ms, 0 - least_ms)} behind that of ${from} ${told}`;
  return `${clocks} is at most ${span(0 - least_ms)} behind and ${span(most_ms)} ahead of that of ${from} ${told}`;
}

/** A time (ms) in the unit that suits it. */
export function span(ms: number): string {
  if (ms < 120_000) return `${(ms / 1000).toFixed(1)} s`;
  return ms < 7_200_000 ? `${(ms / 60_000).toFixed(1)} min` : `${(ms / 3_600_000).toFixed(2)} h`;
}

function apart(least: number, most: number): string {
  const [from, to] = [span(least), span(most)];
  return from === to ? from : `${from} to ${to}`;
}

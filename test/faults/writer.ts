import { appendFileSync } from 'node:fs';
import { line, uuid } from '../sample-log.ts';

/** Lines that each say one event, all different. */
export function eventLines(count: number, first = 0): string[] {
  return Array.from({ length: count }, (_, index) =>
    line(
      first + index,
      `[req-1 u1 p1 - default default] [instance: ${uuid(first + index)}] VM Paused (Lifecycle Event)`,
    ),
  );
}

/** Appends whole lines, as nova's handler does. */
export function append(path: string, lines: readonly string[]): void {
  appendFileSync(path, lines.map((each) => `${each}\n`).join(''));
}

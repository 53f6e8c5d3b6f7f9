import type { Severity, Verdict } from '../model.ts';
import { type Paint, plain } from './layout.ts';
import { printableJson, printableName } from './printable.ts';
import { failureText } from './text.ts';

/** A verdict as a tail tells it: once, when it is reached. */
export interface Announced {
  readonly migration: string;
  readonly instance: string;
  readonly source_host: string | null;
  readonly destination_host: string | null;
  readonly rule: string;
  /** False where later lines took it back. */
  readonly stands: boolean;
  readonly severity: Severity;
  readonly message: string;
  readonly evidence: Verdict['evidence'];
}

/** The verdict for people: a line that names the migration, then as in the report. */
export function announcementText(announced: Announced, paint: Paint = plain): string {
  const { migration, source_host, destination_host, instance, rule, stands } = announced;
  const name = printableName(`${migration}  ${source_host ?? '?'} -> ${destination_host ?? '?'}  instance ${instance}`);
  if (!stands)
    return `${paint.bold(name)}\n  ${paint.bold(rule)} failed no longer: ${printableName(announced.message)}\n`;
  return `${paint.bold(name)}\n${failureText({ ...announced, status: 'fail' }, paint)}\n`;
}

/** The verdict as one line of JSON. `told_at`: when it is told (ms). */
export function announcementJson({ stands, ...rest }: Announced, told_at: number): string {
  const status = stands ? 'fail' : 'withdrawn';
  return `${printableJson(JSON.stringify({ told_at: new Date(told_at).toISOString(), status, ...rest }))}\n`;
}

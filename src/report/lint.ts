import type { Proof } from '../judgement.ts';
import type { Severity } from '../model.ts';
import { indent, type Paint } from './layout.ts';
import { plural } from './plural.ts';
import { printable, printableJson, printableName } from './printable.ts';

/** Something to say of a setting before a run. */
export interface Remark {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  /** What nova itself would answer; null where it takes it. */
  readonly answer: string | null;
  readonly evidence: readonly Proof[];
}

/** What would be in force for one instance (or with a flavor or an image alone), in words. */
export interface InForce {
  readonly name: string;
  readonly settings: readonly string[];
}

/** A proposed combination of keys, and what it would show. */
export interface Combined {
  readonly flavor: Readonly<Record<string, string>>;
  readonly image: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly shows: readonly string[];
}

/** What a look at settings before a run found. */
export interface Linted {
  readonly remarks: readonly Remark[];
  readonly inForce: readonly InForce[];
  /** Null where nobody asked for one. */
  readonly plan: readonly Combined[] | null;
}

/** What lint found, as JSON. Ends in a line feed. */
export function lintJson({ remarks, inForce, plan }: Linted): string {
  const rows = remarks.map(({ evidence, ...rest }) => ({
    ...rest,
    evidence: evidence.map(({ ref, text }) => ({ ...ref, text })),
  }));
  return `${printableJson(JSON.stringify({ remarks: rows, in_force: inForce, ...(plan === null ? {} : { plan }) }, null, 2))}\n`;
}

/** What lint found, for people: errors first, then what would be in force, then what to test. */
export function lintText({ remarks, inForce, plan }: Linted, paint: Paint): string {
  const counts = (['error', 'warning', 'note'] as const).map((severity) =>
    plural(remarks.filter((each) => each.severity === severity).length, severity),
  );
  const parts = [
    ...remarks.map((remark) => remarkText(remark, paint)),
    ...(inForce.length === 0 ? [] : [`${paint.bold('IN FORCE')}\n${inForce.map(inForceText).join('\n')}`]),
    ...(plan === null ? [] : [planText(plan, paint)]),
    counts.join(', '),
  ];
  return `${parts.join('\n\n')}\n`;
}

function remarkText({ rule, severity, message, answer, evidence }: Remark, paint: Paint): string {
  const kind = severity === 'error' ? paint.red('error') : paint.yellow(severity);
  return [
    `${kind} (${rule})`,
    indent(printableName(message), 2),
    ...(answer === null ? [] : [indent(`nova would answer: ${printableName(answer)}`, 2)]),
    ...evidence.map(({ ref, text }) => indent(`${printableName(ref.path)}:${ref.line}: ${printable(text)}`, 4)),
  ].join('\n');
}

function inForceText({ name, settings }: InForce): string {
  return [`  ${printableName(name)}`, ...settings.map((each) => indent(printableName(each), 4))].join('\n');
}

function planText(plan: readonly Combined[], paint: Paint): string {
  if (plan.length === 0) return `${paint.bold('PLAN')}\n  every rule of precedence is tested`;
  const one = ({ shows, ...places }: Combined, index: number) =>
    [
      `  ${index + 1}.`,
      ...Object.entries(places).flatMap(([place, keys]) =>
        Object.entries(keys).map(([key, value]) => `    ${place}: ${key}=${value}`),
      ),
      ...shows.map((each) => indent(`shows ${each}`, 6)),
    ].join('\n');
  return `${paint.bold('PLAN')}: ${plural(plan.length, 'combination')} would show what is not tested yet\n${plan.map(one).join('\n')}`;
}

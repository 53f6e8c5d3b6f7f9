import { wrapAnsi } from 'fast-wrap-ansi';
import type { RuleMeta } from '../judgement.ts';
import { indent, type Paint, plain, WIDTH } from './layout.ts';

const GAP = '  ';

/** Every rule in a table of 80 columns: id, severity, title. Ends in a line feed. */
export function catalogueText(catalogue: readonly RuleMeta[], paint: Paint = plain): string {
  const rows = catalogue.map(({ id, severity, title }) => [id, severity, title] as const);
  const [first, second] = [
    widest(['rule', ...rows.map(([id]) => id)]),
    widest(['severity', ...rows.map(([, severity]) => severity)]),
  ];
  const left = first + GAP.length + second + GAP.length;
  const lines = rows.flatMap(([id, severity, title]) => {
    const [head = '', ...rest] = wrapAnsi(title, WIDTH - left, { hard: true }).split('\n');
    return [
      `${id.padEnd(first)}${GAP}${severity.padEnd(second)}${GAP}${head}`,
      ...rest.map((line) => ' '.repeat(left) + line),
    ];
  });
  const heading = paint.bold(`${'rule'.padEnd(first)}${GAP}${'severity'.padEnd(second)}${GAP}fails on`);
  return `${[heading, ...lines].join('\n')}\n\nOne rule's page: novatrail rules ID\n`;
}

/** One rule's page: what it is about, why, what it decides from, when it cannot, what to collect then. Ends in a line feed. */
export function ruleText(rule: RuleMeta, paint: Paint = plain): string {
  const parts: [string, string][] = [
    ['Why', rule.why],
    ['Decides from', rule.needs],
    ['Cannot decide', rule.undecided],
    ['Collect then', rule.collect],
  ];
  const title = `${paint.bold(rule.id)} (${rule.severity}): ${rule.title}`;
  const sections = parts.map(([name, text]) => `${paint.bold(name)}\n${indent(text, 2)}`);
  return `${[wrapAnsi(title, WIDTH), ...sections].join('\n\n')}\n`;
}

function widest(words: readonly string[]): number {
  return words.reduce((most, { length }) => Math.max(most, length), 0);
}

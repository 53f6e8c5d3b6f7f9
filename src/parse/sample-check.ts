import { SHAPE_ADVICE, shapeProblem, show } from './event-shape.ts';
import type { GrammarProblem, Sample } from './grammar-source.ts';
import { type PegParser, progressOf, takeAll, takesHead } from './run-parser.ts';

/** A compiled grammar whose samples are checked; `rules` are its message rules in the order in which they are tried. */
export interface CheckedGrammar {
  readonly parser: PegParser;
  readonly startRules: readonly string[];
  readonly rules: readonly string[];
}

const NEAR = 3;

/** What is wrong with one sample: who takes it, and what the rule makes of it. At most one problem. */
export function checkSample(grammar: CheckedGrammar, sample: Sample): GrammarProblem[] {
  const at = (message: string, detail: string[] = [], line = sample.line): GrammarProblem[] => [
    { source: sample.source, line, column: 1, message, detail: [escaped(sample.message), ...detail] },
  ];
  if (sample.rule === null) return at('a sample with no rule below it');
  if (!grammar.rules.includes(sample.rule)) return [];
  try {
    const taken = whoTakes(grammar, sample, sample.rule);
    if (taken !== null) return at(taken.message, taken.detail);
    const wrong = whatItMakes(grammar, sample, sample.rule);
    return wrong === null ? [] : at(wrong.message, wrong.detail, wrong.line);
  } catch (error) {
    return at(`an action failed on this sample: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function whoTakes({ parser, startRules, rules }: CheckedGrammar, sample: Sample, own: string) {
  const takers = rules.filter((rule) => takeAll(parser, rule, sample.message) !== null);
  if (takers.length === 0)
    return { message: 'no rule takes this sample', detail: nearest(parser, rules, sample.message) };
  if (takers.length > 1) return { message: `more than one rule takes this sample: ${takers.join(', ')}`, detail: [] };
  if (takers[0] !== own) return { message: `this sample stands above ${own}, but ${takers[0]} takes it`, detail: [] };
  if (startRules.some((start) => takeAll(parser, start, sample.message) !== null)) return null;
  const earlier = rules.find((rule) => rule !== own && takesHead(parser, rule, sample.message)) ?? 'another rule';
  const message = `the rule ${own} is shadowed: ${earlier} comes before it and takes the beginning of this sample`;
  return { message, detail: [`End ${earlier} with End, or name it after ${own}.`] };
}

/** A caret where the best rule stopped, and what the best few expected. */
function nearest(parser: PegParser, rules: readonly string[], message: string): string[] {
  const best = progressOf(parser, rules, message).slice(0, NEAR);
  const caret = `${' '.repeat(escaped(message.slice(0, best[0]?.reached ?? 0)).length)}^`;
  return [
    caret,
    ...best.map(({ rule, reached, expected }) => `${rule} got to character ${reached + 1} and expected ${expected}`),
  ];
}

function whatItMakes({ parser }: CheckedGrammar, sample: Sample, own: string) {
  const value = takeAll(parser, own, sample.message)?.value;
  const shape = shapeProblem(value);
  if (shape !== null)
    return { message: `the rule ${own} is wrong: ${shape}`, detail: [SHAPE_ADVICE], line: sample.line };
  const { fields } = value as { fields: unknown };
  if (sample.fields === null) {
    return {
      message: 'the fields of this sample are missing',
      detail: [`Put below it: // = ${show(fields)}`],
      line: sample.line,
    };
  }
  const expected = readJson(sample.fields);
  if (expected === undefined) {
    return { message: 'the fields of this sample are not JSON', detail: [sample.fields], line: sample.fieldsLine };
  }
  if (sorted(expected) === sorted(fields)) return null;
  const detail = [`expected ${show(expected)}`, `returned ${show(fields)}`];
  return { message: `the rule ${own} returns other fields than its sample says`, detail, line: sample.fieldsLine };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** JSON with the keys in order, so that equal fields give equal text. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}

function escaped(message: string): string {
  return message.replaceAll('\n', '\\n');
}

import peggy, { type ast } from 'peggy';
import {
  type GrammarFile,
  type GrammarProblem,
  messageRulesOf,
  parseGrammar,
  type Sample,
  samplesOf,
} from './grammar-source.ts';
import { selectingLiterals } from './literals.ts';
import type { PegParser } from './run-parser.ts';
import { checkSample } from './sample-check.ts';
import { libraryFor } from './user-grammar.ts';

/**
 * Everything that is wrong with a grammar and its samples, in the order of the files and lines. `ofEveryLine`: start rules
 * that are asked of every line, so that their rules need no literal to be selected by.
 */
export function checkGrammar(
  files: readonly GrammarFile[],
  startRules: readonly string[],
  ofEveryLine: readonly string[] = [],
): GrammarProblem[] {
  try {
    const grammar = parseGrammar(files);
    const rules = [...new Set(startRules.flatMap((start) => messageRulesOf(grammar, start)))];
    const unselected = ofEveryLine.flatMap((start) => messageRulesOf(grammar, start));
    const samples = files.flatMap((file) => samplesOf(file, grammar));
    const parser = compile(files, [...startRules, ...rules]);
    const problems = [
      ...grammar.rules.flatMap((rule) => checkRule(rule, rules, samples)),
      ...grammar.rules
        .filter(({ name }) => rules.includes(name) && !unselected.includes(name))
        .flatMap((rule) => checkSelection(grammar, rule)),
      ...unreachable(files, grammar, startRules, rules),
      ...samples.flatMap((sample) => checkSample({ parser, startRules, rules }, sample)),
    ];
    const order = files.map((file) => file.source);
    return problems.sort((a, b) => order.indexOf(a.source) - order.indexOf(b.source) || a.line - b.line);
  } catch (error) {
    return [asProblem(error, files)];
  }
}

/** Checks a user's grammar, whose first rule is the start rule and which may use the rules of `library` (lexical.peggy). */
export function checkUserGrammar(
  file: GrammarFile,
  library: string,
): { problems: GrammarProblem[]; rules: number; samples: number } {
  try {
    const grammar = parseGrammar([file]);
    const start = grammar.rules[0]?.name ?? '';
    const problems = checkGrammar([file, ...libraryFor(file, library)], [start]);
    return { problems, rules: messageRulesOf(grammar, start).length, samples: samplesOf(file, grammar).length };
  } catch (error) {
    return { problems: [asProblem(error, [file])], rules: 0, samples: 0 };
  }
}

/** Problems as text: file:line:column, what is wrong, and the lines that show it. */
export function formatProblems(problems: readonly GrammarProblem[]): string {
  return problems
    .map(({ source, line, column, message, detail }) =>
      [`${source}:${line}:${column}: ${message}`, ...detail.map((text) => `  ${text}`)].join('\n'),
    )
    .join('\n\n');
}

function compile(files: readonly GrammarFile[], allowedStartRules: readonly string[]): PegParser {
  return peggy.generate([...files], {
    allowedStartRules: [...new Set(allowedStartRules)],
    grammarSource: files[0]?.source,
    output: 'parser',
  });
}

function checkRule(rule: ast.Rule, rules: string[], samples: Sample[]): GrammarProblem[] {
  const sampled = samples.some((sample) => sample.rule === rule.name);
  if (!rules.includes(rule.name)) {
    return sampled ? [atRule(rule, `${rule.name} has samples, but no start rule chooses it`)] : [];
  }
  if (sampled) return [];
  return [atRule(rule, `the rule ${rule.name} has no sample: put "// > message" and "// = fields" above it`)];
}

function checkSelection(grammar: ast.Grammar, rule: ast.Rule): GrammarProblem[] {
  if (selectingLiterals(grammar, rule.name) !== null) return [];
  const why = 'needs a literal to be selected by: four characters that every message of it has';
  return [atRule(rule, `the rule ${rule.name} ${why}`)];
}

/** Files without a message rule are libraries; what nobody uses of them does no harm. */
function unreachable(
  files: readonly GrammarFile[],
  grammar: ast.Grammar,
  startRules: readonly string[],
  rules: string[],
) {
  const reached = reachedFrom(grammar, startRules);
  const sourceOf = (rule: ast.Rule) => rule.nameLocation.source as string;
  const own = new Set(grammar.rules.filter((rule) => rules.includes(rule.name)).map(sourceOf));
  return files
    .filter((file) => own.has(file.source))
    .flatMap((file) => grammar.rules.filter((rule) => sourceOf(rule) === file.source && !reached.has(rule.name)))
    .map((rule) => atRule(rule, `the rule ${rule.name} can never be reached: no rule that is used names it`));
}

function reachedFrom(grammar: ast.Grammar, startRules: readonly string[]): Set<string> {
  const rules = new Map(grammar.rules.map((rule) => [rule.name, rule]));
  const reached = new Set<string>();
  const open = [...startRules];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    open.push(...namedIn(rules.get(name)?.expression));
  }
  return reached;
}

/** The names of the rules that a part of the grammar refers to, at any depth. */
function namedIn(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const { type, name } = node as { type?: unknown; name?: unknown };
  if (type === 'rule_ref') return [String(name)];
  return Object.entries(node).flatMap(([key, value]) => (/location$/i.test(key) ? [] : namedIn(value)));
}

function atRule(rule: ast.Rule, message: string): GrammarProblem {
  const { line, column } = rule.nameLocation.start;
  return { source: String(rule.nameLocation.source), line, column, message, detail: [] };
}

function asProblem(error: unknown, files: readonly GrammarFile[]): GrammarProblem {
  if (!(error instanceof peggy.GrammarError || error instanceof peggy.parser.SyntaxError)) throw error;
  const file = files.find((each) => each.source === error.location?.source) ?? files[0];
  const { line, column } = error.location?.start ?? { line: 1, column: 1 };
  const text = file?.text.split(/\r?\n/)[line - 1] ?? '';
  const detail = [text, `${text.slice(0, column - 1).replace(/[^\t]/g, ' ')}^`];
  return { source: file?.source ?? '', line, column, message: error.message, detail };
}

import peggy, { type ast, type LocationRange } from 'peggy';

/** A grammar file: `source` is its path as messages show it. */
export interface GrammarFile {
  readonly source: string;
  readonly text: string;
}

/** Line and column count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Something wrong in a grammar file; `detail` are further lines for the reader. */
export interface GrammarProblem extends Place {
  readonly source: string;
  readonly message: string;
  readonly detail: readonly string[];
}

/** A sample above a rule: a message, and the fields as JSON (null where the file does not say them). Lines count from 1. */
export interface Sample {
  readonly source: string;
  readonly line: number;
  readonly message: string;
  readonly fields: string | null;
  readonly fieldsLine: number;
  /** The rule it stands above; null at the end of a file. */
  readonly rule: string | null;
}

/** The rules of several files as one grammar, as written, before Peggy checks them. Throws Peggy's SyntaxError or GrammarError. */
export function parseGrammar(files: readonly GrammarFile[]): ast.Grammar {
  const grammars = files.map(({ source, text }) =>
    peggy.parser.parse(text, { grammarSource: source, reservedWords: [...peggy.RESERVED_WORDS] }),
  );
  const [first] = grammars;
  if (first === undefined) throw new Error('A grammar needs at least one file.');
  grammars.forEach(checkActions);
  return { ...first, rules: grammars.flatMap((grammar) => grammar.rules) };
}

/** The names of the rules that each take one kind of message: the alternatives of a start rule, through the choices in it. */
export function messageRulesOf(grammar: ast.Grammar, startRule: string): string[] {
  const rules = new Map(grammar.rules.map((rule) => [rule.name, rule]));
  const seen = new Set<string>();
  const names: string[] = [];
  const visit = (name: string): void => {
    const rule = rules.get(name);
    if (rule === undefined || seen.has(name)) return;
    seen.add(name);
    const choices = choicesOf(rule);
    if (choices === null) names.push(name);
    else choices.forEach(visit);
  };
  visit(startRule);
  return names;
}

/** The samples in the comments of a file, each with the rule that follows it. */
export function samplesOf(file: GrammarFile, grammar: ast.Grammar): Sample[] {
  const rules = grammar.rules.filter((rule) => rule.nameLocation.source === file.source);
  const lines = file.text.split(/\r?\n/);
  return lines.flatMap((text, index) => {
    const message = /^\s*\/\/ > (.*)$/.exec(text)?.[1];
    if (message === undefined) return [];
    return {
      source: file.source,
      line: index + 1,
      message: message.replaceAll('\\n', '\n'),
      fields: /^\s*\/\/ = (.*)$/.exec(lines[index + 1] ?? '')?.[1] ?? null,
      fieldsLine: index + 2,
      rule: rules.find((rule) => rule.nameLocation.start.line > index + 1)?.name ?? null,
    };
  });
}

/** A message with the place in the file, the line with a caret, and what to do. A missing place is the beginning. */
export function showPlace(file: GrammarFile, place: Place | undefined, why: string, advice: string): string {
  const { line, column } = place ?? { line: 1, column: 1 };
  const text = file.text.split(/\r?\n/)[line - 1] ?? '';
  const caret = `${text.slice(0, column - 1).replace(/[^\t]/g, ' ')}^`;
  return `${file.source}:${line}:${column}: ${why}\n  ${text}\n  ${caret}\n${advice}`;
}

/** Peggy compiles actions all together, and its error then names no place. */
function checkActions(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  const { code, codeLocation } = node as { code?: unknown; codeLocation?: LocationRange };
  try {
    if (typeof code === 'string') new Function(code);
  } catch (error) {
    throw new peggy.GrammarError(`The action is not JavaScript: ${(error as Error).message}`, codeLocation);
  }
  for (const [key, value] of Object.entries(node)) if (!/location$/i.test(key)) checkActions(value);
}

/** The rules that a rule chooses from where it does nothing else, else null. */
function choicesOf(rule: ast.Rule): string[] | null {
  const { expression } = rule;
  const alternatives: readonly { type: string; name?: unknown }[] =
    expression.type === 'choice' ? expression.alternatives : [expression];
  const names = alternatives.flatMap((each) => (each.type === 'rule_ref' ? String(each.name) : []));
  return names.length === alternatives.length ? names : null;
}

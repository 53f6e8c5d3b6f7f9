import peggy from 'peggy';
import type { Recognised } from '../model.ts';
import { SHAPE_ADVICE, shapeProblem } from './event-shape.ts';
import { type GrammarFile, messageRulesOf, parseGrammar, showPlace } from './grammar-source.ts';
import { literalsOf, selectingLiterals } from './literals.ts';
import { type PegParser, type Progress, progressOf, takeAll } from './run-parser.ts';

/** A grammar that a user wrote, compiled. `literals`: every message it takes holds at least one of them. */
export interface UserGrammar {
  readonly recognise: (message: string) => Recognised | null;
  readonly literals: readonly string[];
  readonly rules: readonly string[];
  readonly progress: (message: string) => Progress[];
}

/** A grammar that cannot be used; the message is made for the person who wrote it. */
export class GrammarError extends Error {
  override readonly name = 'GrammarError';
}

/**
 * Compiles a user's grammar, whose first rule is the start rule. `library` is the text of lexical.peggy, whose rules the
 * grammar may use. Throws GrammarError.
 */
export function compileGrammar(text: string, path: string, library = ''): UserGrammar {
  const file = { source: path, text };
  const { parser, literals, rules, start } = build(file, library);
  return {
    recognise: (message) => checked(take(parser, start, message, path), path),
    literals,
    rules,
    progress: (message) => progressOf(parser, rules, message),
  };
}

/** The library without the rules that the user's file defines itself; lines keep their numbers. */
export function libraryFor(file: GrammarFile, library: string): GrammarFile[] {
  if (library.trim() === '') return [];
  const own = new Set(parseGrammar([file]).rules.map((rule) => rule.name));
  const source = 'lexical.peggy';
  let text = library;
  for (const { name, location } of parseGrammar([{ source, text: library }]).rules) {
    if (!own.has(name)) continue;
    const [from, to] = [location.start.offset, location.end.offset];
    text = text.slice(0, from) + text.slice(from, to).replace(/[^\n]/g, ' ') + text.slice(to);
  }
  return [{ source, text }];
}

function build(file: GrammarFile, library: string) {
  try {
    const files = [file, ...libraryFor(file, library)];
    const grammar = parseGrammar(files);
    const start = grammar.rules[0]?.name ?? '';
    const rules = messageRulesOf(grammar, start);
    const allowedStartRules = [...new Set([start, ...rules])];
    const parser: PegParser = peggy.generate(files, {
      allowedStartRules,
      output: 'parser',
      grammarSource: file.source,
    });
    const common = rules.find((rule) => selectingLiterals(grammar, rule) === null);
    if (common !== undefined) throw withoutLiteral(file, grammar, common);
    return { parser, start, rules, literals: literalsOf(grammar, start) };
  } catch (error) {
    throw asGrammarError(error, file);
  }
}

function withoutLiteral(file: GrammarFile, grammar: ReturnType<typeof parseGrammar>, name: string): GrammarError {
  const place = grammar.rules.find((rule) => rule.name === name)?.nameLocation.start;
  const why = `the rule ${name} has no literal to be selected by`;
  const advice = 'Begin it with a string of at least four characters that stands in every message it takes.';
  return new GrammarError(showPlace(file, place, why, advice));
}

function asGrammarError(error: unknown, file: GrammarFile): unknown {
  if (!(error instanceof peggy.GrammarError || error instanceof peggy.parser.SyntaxError)) return error;
  const place = error.location?.source === file.source ? error.location : undefined;
  const why = error.message.charAt(0).toLowerCase() + error.message.slice(1).replace(/\.$/, '');
  const advice =
    'Mend the grammar (its language: https://peggyjs.org/documentation.html#grammar-syntax-and-semantics).';
  return new GrammarError(showPlace(file, place?.start, why, advice));
}

function take(parser: PegParser, start: string, message: string, path: string) {
  try {
    return takeAll(parser, start, message);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new GrammarError(
      `${path}: an action failed: ${why}\n  ${message}\nMend the action of the rule that takes this message.`,
    );
  }
}

function checked(found: ReturnType<typeof takeAll>, path: string): Recognised | null {
  if (found === null) return null;
  const problem = shapeProblem(found.value);
  if (problem !== null) throw new GrammarError(`${path}: a rule is wrong: ${problem}.\n${SHAPE_ADVICE}`);
  return found.value as Recognised;
}

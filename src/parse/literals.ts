import type { ast } from 'peggy';
import { messageRulesOf } from './grammar-source.ts';

const SHORTEST = 4;
const LONG_ENOUGH = 12;

type Rules = ReadonlyMap<string, ast.Rule>;

/**
 * Strings such that every message that a start rule takes holds at least one of them, so that other lines need no parsing.
 * Throws where a message rule has none.
 */
export function literalsOf(grammar: ast.Grammar, startRule: string): string[] {
  const all = messageRulesOf(grammar, startRule).flatMap((rule) => {
    const literals = selectingLiterals(grammar, rule);
    if (literals === null) throw new Error(`The rule ${rule} has no literal to be selected by.`);
    return literals;
  });
  const unique = [...new Set(all)];
  return unique.filter((literal) => !unique.some((other) => other !== literal && literal.includes(other))).sort();
}

/** The strings of which every message that the rule takes holds at least one; null where there are none to rely on. */
export function selectingLiterals(grammar: ast.Grammar, rule: string): string[] | null {
  const rules = new Map(grammar.rules.map((each) => [each.name, each]));
  return mandatory({ type: 'rule_ref', name: rule }, rules, new Set());
}

/** A node of the grammar as far as literals matter; Peggy's own union has no room for the nodes in between. */
interface Node {
  readonly type: string;
  readonly name?: string | undefined;
  readonly value?: string;
  readonly ignoreCase?: boolean;
  readonly expression?: unknown;
  readonly elements?: readonly unknown[];
  readonly alternatives?: readonly unknown[];
  readonly min?: unknown;
  readonly max?: unknown;
}

function mandatory(node: Node, rules: Rules, open: ReadonlySet<string>): string[] | null {
  switch (node.type) {
    case 'literal':
      return ofLiteral(node);
    case 'sequence':
      return (node.elements ?? []).map((each) => mandatory(each as Node, rules, open)).reduce(better, null);
    case 'choice':
      return ofChoice(node, rules, open);
    case 'rule_ref':
      return ofRule(node.name ?? '', rules, open);
    case 'repeated':
      return least(node) >= 1 ? mandatory(node.expression as Node, rules, open) : null;
    case 'action':
    case 'group':
    case 'labeled':
    case 'named':
    case 'one_or_more':
    case 'text':
      return mandatory(node.expression as Node, rules, open);
    default:
      return null;
  }
}

/** JSON formatters escape quotes, backslashes, control characters and what is not ASCII: only what stays as it is can select. */
function ofLiteral(node: Node): string[] | null {
  if (node.ignoreCase) return null;
  const pieces = (node.value ?? '').split(/[^ -~]|["\\]/);
  const longest = pieces.reduce((best, piece) => (piece.length > best.length ? piece : best), '');
  return longest.length >= SHORTEST ? [longest] : null;
}

function ofChoice(node: Node, rules: Rules, open: ReadonlySet<string>): string[] | null {
  const parts = (node.alternatives ?? []).map((each) => mandatory(each as Node, rules, open));
  return parts.some((part) => part === null) ? null : [...new Set(parts.flatMap((part) => part ?? []))];
}

function ofRule(name: string, rules: Rules, open: ReadonlySet<string>): string[] | null {
  const rule = rules.get(name);
  if (rule === undefined || open.has(name)) return null;
  return mandatory(rule.expression as Node, rules, new Set([...open, name]));
}

function least(node: Node): number {
  const bound = (node.min ?? node.max) as { type: string; value: unknown } | undefined;
  return bound?.type === 'constant' && typeof bound.value === 'number' ? bound.value : 0;
}

/** Long enough before short, then few before many, then the longest: a short or a common string selects too many lines. */
function better(a: string[] | null, b: string[] | null): string[] | null {
  if (a === null || b === null) return a ?? b;
  const length = (set: string[]) => Math.min(...set.map((literal) => literal.length));
  const capped = (set: string[]) => Math.min(length(set), LONG_ENOUGH);
  const order = capped(b) - capped(a) || a.length - b.length || length(b) - length(a);
  return order > 0 ? b : a;
}

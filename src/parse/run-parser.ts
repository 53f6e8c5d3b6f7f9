/** What novatrail uses of a parser that Peggy made. */
export interface PegParser {
  readonly parse: (input: string, options: Record<string, unknown>) => unknown;
  readonly SyntaxError: { readonly buildMessage: (expected: never, found: never) => string };
}

/** How far a rule got in a message (a character offset), and what it expected to find there. */
export interface Progress {
  readonly rule: string;
  readonly reached: number;
  readonly expected: string;
}

/** The part that matters here of what Peggy's library mode returns: it tells of a miss without an exception. */
interface LibraryResult {
  readonly peg$result: unknown;
  readonly peg$success: boolean;
  readonly peg$currPos: number;
  readonly peg$FAILED: unknown;
  readonly peg$maxFailPos: number;
  readonly peg$maxFailExpected: readonly unknown[];
}

/** What the rule returns for the whole message, or null where it does not take it. */
export function takeAll(parser: PegParser, startRule: string, message: string): { readonly value: unknown } | null {
  const result = run(parser, startRule, message, 1);
  return result.peg$success ? { value: result.peg$result } : null;
}

/** True where the rule takes the message or its beginning, which ends the search in a choice. */
export function takesHead(parser: PegParser, startRule: string, message: string): boolean {
  const result = run(parser, startRule, message, 1);
  return result.peg$result !== result.peg$FAILED;
}

/** How far each rule got in a message, the farthest first. */
export function progressOf(parser: PegParser, rules: readonly string[], message: string): Progress[] {
  return rules
    .map((rule) => progressOfRule(parser, rule, message))
    .sort((a, b) => b.reached - a.reached || (a.rule < b.rule ? -1 : 1));
}

function progressOfRule(parser: PegParser, rule: string, message: string): Progress {
  const result = run(parser, rule, message, 0);
  if (result.peg$success) return { rule, reached: message.length, expected: 'nothing more' };
  if (result.peg$result !== result.peg$FAILED && result.peg$currPos >= result.peg$maxFailPos) {
    return { rule, reached: result.peg$currPos, expected: 'the end of the message' };
  }
  const text = parser.SyntaxError.buildMessage(result.peg$maxFailExpected as never, null as never);
  const expected = /^Expected (.*) but .* found\.$/s.exec(text)?.[1] ?? text;
  return { rule, reached: result.peg$maxFailPos, expected };
}

function run(parser: PegParser, startRule: string, message: string, silentFails: number): LibraryResult {
  return parser.parse(message, { startRule, peg$library: true, peg$silentFails: silentFails }) as LibraryResult;
}

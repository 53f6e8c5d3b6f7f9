import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkGrammar, formatProblems } from '../../src/parse/grammar-check.ts';

test.each<[string, RegExp, string[], string[]]>([
  ['of nova', /^(nova-.*|lexical)\.peggy$/, ['Message', 'EveryTurn'], []],
  ['of samples', /^(qemu-.*|lexical)\.peggy$/, ['Line', 'Monitor'], ['Line']],
])('the built-in grammars %s pass', (_, names, starts, ofEveryLine) => {
  const folder = new URL('../../parsers/', import.meta.url);
  const files = readdirSync(folder)
    .filter((name) => names.test(name))
    .sort((a, b) => Number(a === 'lexical.peggy') - Number(b === 'lexical.peggy'))
    .map((name) => ({ source: `parsers/${name}`, text: readFileSync(new URL(name, folder), 'utf8') }));
  expect(formatProblems(checkGrammar(files, starts, ofEveryLine))).toBe('');
});

const HELLO = `M = Hello / Bye

// > Hello world
// = {"who":"world"}
Hello = "Hello " who:$[a-z]+ { return { type: 'hello', fields: { who } }; }

// > Goodbye
// = {}
Bye = "Goodbye" { return { type: 'good-bye', fields: {} }; }
`;

const problemsOf = (text: string) => formatProblems(checkGrammar([{ source: 'g.peggy', text }], ['M']));

test('a grammar whose samples hold has no problem', () => {
  expect(problemsOf(HELLO)).toBe('');
});

test.each<[string, string, string, string[]]>([
  ['a rule without a sample', '// > Goodbye\n// = {}\n', '', ['g.peggy:7:1: the rule Bye has no sample']],
  [
    'a sample that no rule takes',
    '> Hello world',
    '> Hello 5',
    ['g.peggy:3:1: no rule takes this sample\n  Hello 5\n        ^\n', 'Hello got to character 7 and expected [a-z]'],
  ],
  [
    'a sample too long for its rule',
    '> Goodbye',
    '> Goodbye now',
    ['g.peggy:7:1: no rule takes this', 'Bye got to character 8 and expected the end'],
  ],
  [
    'a sample of another rule',
    '> Goodbye',
    '> Hello all',
    ['g.peggy:7:1: this sample stands above Bye, but Hello takes it'],
  ],
  [
    'a sample of two rules',
    'Bye = "Goodbye"',
    'Bye = ("Goodbye" / "Hello world")',
    ['g.peggy:3:1: more than one rule takes this sample: Hello, Bye'],
  ],
  [
    'other fields',
    '{"who":"world"}',
    '{"who":"all"}',
    ['g.peggy:4:1: the rule Hello returns other fields', 'expected {"who":"all"}', 'returned {"who":"world"}'],
  ],
  ['fields that are not JSON', '{"who":"world"}', '{who}', ['g.peggy:4:1: the fields of this sample are not JSON']],
  [
    'no fields',
    '// = {"who":"world"}\n',
    '',
    ['g.peggy:3:1: the fields of this sample are missing', '// = {"who":"world"}'],
  ],
  [
    'a rule that nothing names',
    'M = Hello / Bye',
    'M = Hello',
    ['g.peggy:9:1: the rule Bye can never be reached', 'Bye has samples, but'],
  ],
  [
    'a rule that an earlier one shadows',
    'M = Hello / Bye',
    '// > Good\n// = {}\nM = Good / Hello / Bye\nGood = "Good" { return { type: "good", fields: {} }; }',
    ['the rule Bye is shadowed: Good comes before it'],
  ],
  ['a rule without a literal', 'Bye = "Goodbye"', 'Bye = "Goodbye"i', ['g.peggy:9:1: the rule Bye needs a literal']],
  [
    'a type in the wrong form',
    "'good-bye'",
    "'goodBye'",
    ['g.peggy:7:1: the rule Bye is wrong: it returns {"type":"goodBye"', 'letters joined by hyphens'],
  ],
  [
    'an action that returns nothing',
    "return { type: 'good-bye', fields: {} };",
    '',
    ['g.peggy:7:1: the rule Bye is wrong: it returns undefined'],
  ],
  [
    'an action that fails',
    "return { type: 'good-bye', fields: {} };",
    'return lost;',
    ['an action failed on this sample: lost is not defined'],
  ],
  [
    'an action that is not JavaScript',
    "return { type: 'good-bye', fields: {} };",
    'return (;',
    ['g.peggy:9:18: The action is not JavaScript'],
  ],
  ['a syntax error', 'Bye = "Goodbye"', 'Bye = "Goodbye', ['g.peggy:9:7: ', '  Bye = "Goodbye {', '        ^']],
  [
    'a rule that is not there',
    'M = Hello / Bye',
    'M = Hello / By',
    ['g.peggy:1:13: Rule "By" is not defined', '              ^'],
  ],
  ['a sample at the end', 'fields: {} }; }\n', 'fields: {} }; }\n// > Hello\n', ['a sample with no rule below it']],
])('%s is found', (_, from, to, expected) => {
  const text = HELLO.replace(from, to);
  expect(text).not.toBe(HELLO);
  const problems = problemsOf(text);
  for (const part of expected) expect(problems).toContain(part);
});

test('a \\n in a sample is a new line', () => {
  const text = HELLO.replace('> Goodbye', '> Good\\nbye').replace('= "Goodbye"', '= "Good\\nbye"');
  expect(problemsOf(text)).toBe('');
});

test('a file without message rules is a library, whose unused rules do no harm', () => {
  const library = { source: 'l.peggy', text: 'Unused = "x"' };
  expect(checkGrammar([{ source: 'g.peggy', text: HELLO }, library], ['M'])).toEqual([]);
});

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { everyTurnLiterals, messageLiterals } from '../../src/parse/generated/literals.js';
import { messageRulesOf, parseGrammar, samplesOf } from '../../src/parse/grammar-source.ts';
import { literalsOf, selectingLiterals } from '../../src/parse/literals.ts';

const folder = new URL('../../parsers/', import.meta.url);
const files = readdirSync(folder)
  .filter((name) => /^(nova-.*|lexical)\.peggy$/.test(name))
  .map((name) => ({ source: name, text: readFileSync(new URL(name, folder), 'utf8') }));
const grammar = parseGrammar(files);
const everyTurn = new Set(messageRulesOf(grammar, 'EveryTurn'));
const samples = files.flatMap((file) => samplesOf(file, grammar));

test.each(samples)('$source:$line holds a literal that selects it', ({ message, rule }) => {
  const literals = everyTurn.has(rule ?? '') ? everyTurnLiterals : messageLiterals;
  expect(literals.filter((literal) => message.includes(literal))).not.toEqual([]);
});

test.each(samples)('$source:$line is still selected as a JSON formatter writes it', ({ message, rule }) => {
  const literals = everyTurn.has(rule ?? '') ? everyTurnLiterals : messageLiterals;
  const json = JSON.stringify(message);
  expect(literals.filter((literal) => json.includes(literal))).not.toEqual([]);
});

test('the built list is the list of the grammar', () => {
  expect(messageLiterals).toEqual(literalsOf(grammar, 'Message'));
});

test('no listed literal holds another', () => {
  const redundant = messageLiterals.filter((a) => messageLiterals.some((b) => a !== b && a.includes(b)));
  expect(redundant).toEqual([]);
});

test('what nova repeats every turn is not selected with the messages', () => {
  const turns = samples.filter((sample) => everyTurn.has(sample.rule ?? ''));
  expect(turns.filter(({ message }) => messageLiterals.some((literal) => message.includes(literal)))).toEqual([]);
});

describe('of a rule', () => {
  test.each<[string, string, string[] | null]>([
    ['a literal', 'A = "Hello"', ['Hello']],
    ['the longest of a sequence', 'A = "Hello" .* "worlds"', ['worlds']],
    ['every alternative', 'A = "Hello" / "World"', ['Hello', 'World']],
    ['an alternative without one spoils the choice', 'A = "Hello" / .', null],
    ['optional parts do not count', 'A = "Hello"? "World"* "Four"', ['Four']],
    ['a repetition of at least one counts', 'A = ("Hello" [a-z])+', ['Hello']],
    ['counted repetitions count from one', 'A = "Hello"|2..3| "Four"|0..3|', ['Hello']],
    ['predicates do not count', 'A = !"Hello" &"World" "Four"', ['Four']],
    ['rules are followed', 'A = B "!"\nB "a greeting" = $"Hello" { return 1; }', ['Hello']],
    ['labels, groups and picks are looked through', 'A = a:(@"Hello" "!") { return a; }', ['Hello']],
    ['a rule within itself ends', 'A = "(" A ")" / "Hello"', null],
    ['three characters are too few', 'A = "abc"', null],
    ['case must matter', 'A = "Hello"i', null],
    ['quotes, which JSON escapes, cut it', 'A = "say \\"Hello\\" loud"', ['Hello']],
    [
      'one long literal before several longer ones',
      'A = "a long enough one" ("a much longer first one" / "a much longer second")',
      ['a long enough one'],
    ],
  ])('%s', (_, text, expected) => {
    expect(selectingLiterals(parseGrammar([{ source: 'a', text }]), 'A')).toEqual(expected);
  });
});

test('a longer literal is dropped for the one inside it', () => {
  const text = 'M = A / B\nA = "Live migration failed"\nB = "migration"';
  expect(literalsOf(parseGrammar([{ source: 'a', text }]), 'M')).toEqual(['migration']);
});

test('a message rule without a literal is named', () => {
  expect(() => literalsOf(parseGrammar([{ source: 'a', text: 'M = A / B\nA = "four"\nB = .' }]), 'M')).toThrow(
    /rule B/,
  );
});

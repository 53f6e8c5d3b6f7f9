import { readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { GrammarProblem } from '../parse/grammar-source.ts';
import { grammarFolder, grammarLibrary, readText } from './shared.ts';
import { UsageError } from './usage-error.ts';

/** Checks a grammar's rules against their samples and prints what is wrong. Exit 0, or 2 where something is. */
export async function checkGrammarFile(path: string): Promise<number> {
  const { problems, rules, samples } = await check(path);
  if (problems.length > 0) {
    const { formatProblems } = await import('../parse/grammar-check.ts');
    process.stderr.write(`${formatProblems(problems)}\n`);
    return 2;
  }
  process.stdout.write(`${path}: ${rules} rules, ${samples} samples, each taken by its rule alone\n`);
  return 0;
}

interface Checked {
  readonly problems: readonly GrammarProblem[];
  readonly rules: number;
  readonly samples: number;
}

/** The built-in grammars name each other's rules: one is checked with those that it is compiled with. */
const OF_NOVA = { files: /^(?:nova-.*|lexical)\.peggy$/, starts: ['Message', 'EveryTurn'], ofEveryLine: [] };
const OF_SAMPLES = { files: /^(?:qemu-.*|lexical)\.peggy$/, starts: ['Line', 'Monitor'], ofEveryLine: ['Line'] };

async function check(path: string): Promise<Checked> {
  const text = readText(path);
  const { checkGrammar, checkUserGrammar } = await import('../parse/grammar-check.ts');
  if (resolve(dirname(path)) !== resolve(grammarFolder()))
    return checkUserGrammar({ source: path, text }, grammarLibrary());
  if (basename(path) === 'oslo-log.peggy') {
    throw new UsageError(`${path}: is the grammar of record headers; its samples are run by npm test`);
  }
  const { messageRulesOf, parseGrammar, samplesOf } = await import('../parse/grammar-source.ts');
  const { files: together, starts, ofEveryLine } = basename(path).startsWith('qemu-') ? OF_SAMPLES : OF_NOVA;
  const names = readdirSync(grammarFolder()).filter((name) => together.test(name));
  const files = names.map((name) => {
    const source = name === basename(path) ? path : join(grammarFolder(), name);
    return { source, text: readText(source) };
  });
  const problems = checkGrammar(files, starts, ofEveryLine);
  if (problems.length > 0) return { problems, rules: 0, samples: 0 };
  const grammar = parseGrammar(files);
  const samples = files.flatMap((file) => samplesOf(file, grammar)).length;
  return { problems, rules: starts.flatMap((start) => messageRulesOf(grammar, start)).length, samples };
}

// Compiles the grammars into src/parse/generated, then (without --grammars-only) TypeScript into dist.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageRulesOf, parseGrammar } from '../src/parse/grammar-source.ts';
import { literalsOf } from '../src/parse/literals.ts';

const root = join(import.meta.dirname, '..');
const generated = join(root, 'src/parse/generated');
const recognised =
  '{ type: string; fields: Record<string, number | string | boolean | null | readonly (readonly number[])[]> }';

process.chdir(root);
mkdirSync(generated, { recursive: true });
buildMessages([
  'parsers/nova-compute.peggy',
  'parsers/nova-starlingx.peggy',
  'parsers/nova-settings.peggy',
  'parsers/lexical.peggy',
]);
if (existsSync('parsers/oslo-log.peggy'))
  compile('header', ['parsers/oslo-log.peggy'], ['Line', 'Bare', 'Outer'], 'any');
buildSamples(['parsers/qemu-throttle.peggy', 'parsers/lexical.peggy']);
if (!process.argv.includes('--grammars-only')) buildProgram();

function buildMessages(files) {
  const grammar = grammarIn(files);
  const starts = ['Message', 'EveryTurn'];
  const rules = starts.flatMap((start) => messageRulesOf(grammar, start));
  compile('messages', files, [...starts, ...rules], recognised);
  writeLiterals('literals', {
    messageLiterals: literalsOf(grammar, 'Message'),
    everyTurnLiterals: literalsOf(grammar, 'EveryTurn'),
  });
}

function buildSamples(files) {
  compile('samples', files, ['Line', 'Monitor'], recognised);
  writeLiterals('sample-literals', { monitorLiterals: literalsOf(grammarIn(files), 'Monitor') });
}

function grammarIn(files) {
  return parseGrammar(files.map((source) => ({ source, text: readFileSync(source, 'utf8') })));
}

function writeLiterals(name, lists) {
  const entries = Object.entries(lists);
  const code = entries.map(([name, list]) => `export const ${name} = ${JSON.stringify(list, null, 2)};\n`);
  const types = entries.map(([name]) => `export declare const ${name}: readonly string[];\n`);
  writeFileSync(join(generated, `${name}.js`), code.join('\n'));
  writeFileSync(join(generated, `${name}.d.ts`), types.join(''));
}

function compile(name, files, startRules, returnType) {
  const types = JSON.stringify(Object.fromEntries(startRules.map((rule) => [rule, returnType])));
  const options = ['--format', 'es', '--dts', '--return-types', types, '--allowed-start-rules', startRules.join(',')];
  run('node_modules/peggy/bin/peggy.js', [...options, '-o', join(generated, `${name}.js`), ...files]);
}

function buildProgram() {
  rmSync('dist', { recursive: true, force: true });
  run('node_modules/typescript/bin/tsc', ['-p', 'tsconfig.build.json']);
  cpSync(generated, 'dist/parse/generated', { recursive: true });
}

function run(script, args) {
  try {
    execFileSync(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    process.stderr.write(`${script} failed:\n${error.stdout ?? ''}${error.stderr ?? ''}`);
    process.exit(1);
  }
}

// Compiles the grammars into src/parse/generated, the byte scan into src/tail/generated and the pages' script and style into
// src/report/generated, then (without --grammars-only) TypeScript into dist.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { messageRulesOf, parseGrammar } from '../src/parse/grammar-source.ts';
import { literalsOf } from '../src/parse/literals.ts';
import { coveringNeedles } from '../src/parse/sieve.ts';
import { reusable } from './reusable-parser.mjs';

const root = join(import.meta.dirname, '..');
const generated = join(root, 'src/parse/generated');
const scan = join(root, 'src/tail/generated');
const page = join(root, 'src/report/generated');
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
buildScan();
buildSamples(['parsers/qemu-throttle.peggy', 'parsers/lexical.peggy']);
await buildPage();
if (!process.argv.includes('--grammars-only')) buildProgram();

function buildMessages(files) {
  const grammar = grammarIn(files);
  const starts = ['Message', 'EveryTurn'];
  const rules = starts.flatMap((start) => messageRulesOf(grammar, start));
  compile('messages', files, [...starts, ...rules], recognised);
  const messageLiterals = literalsOf(grammar, 'Message');
  writeLiterals('literals', {
    messageLiterals,
    messageNeedles: coveringNeedles(messageLiterals),
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
  const parser = join(generated, `${name}.js`);
  run('node_modules/peggy/bin/peggy.js', [...options, '-o', parser, ...files]);
  writeFileSync(parser, reusable(readFileSync(parser, 'utf8')));
}

function buildScan() {
  mkdirSync(scan, { recursive: true });
  const options = ['-O3', '--runtime', 'stub', '--noAssert', '--enable', 'simd,relaxed-simd', '--initialMemory', '8'];
  run('node_modules/assemblyscript/bin/asc.js', ['assembly/scan.ts', ...options, '-o', join(scan, 'scan.wasm')]);
}

/** One classic script, for a page that is opened from disk may import no module; the hashes are for its content security policy. */
async function buildPage() {
  mkdirSync(page, { recursive: true });
  const bundle = await rolldown({ input: 'src/page/main.ts', tsconfig: 'tsconfig.page.json' });
  const { output } = await bundle.generate({ format: 'iife', minify: true });
  // Inside a script element this would end it; and HTML forbids control characters, which the minifier writes as they are.
  const script = output[0].code
    .trim()
    .replaceAll('</script', '<\\/script')
    .replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, (raw) => `\\x${raw.charCodeAt(0).toString(16).padStart(2, '0')}`);
  const style = ['node_modules/uplot/dist/uPlot.min.css', 'src/page/page.css']
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');
  writeTexts('assets', { script, style, scriptHash: hashOf(script), styleHash: hashOf(style) });
}

function hashOf(text) {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function writeTexts(name, texts) {
  const entries = Object.entries(texts);
  writeFileSync(
    join(page, `${name}.js`),
    entries.map(([key, text]) => `export const ${key} = ${JSON.stringify(text)};\n`).join(''),
  );
  writeFileSync(join(page, `${name}.d.ts`), entries.map(([key]) => `export declare const ${key}: string;\n`).join(''));
}

function buildProgram() {
  rmSync('dist', { recursive: true, force: true });
  run('node_modules/typescript/bin/tsc', ['-p', 'tsconfig.build.json']);
  cpSync(generated, 'dist/parse/generated', { recursive: true });
  cpSync(scan, 'dist/tail/generated', { recursive: true });
  cpSync(page, 'dist/report/generated', { recursive: true });
}

function run(script, args) {
  try {
    execFileSync(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    process.stderr.write(`${script} failed:\n${error.stdout ?? ''}${error.stderr ?? ''}`);
    process.exit(1);
  }
}

// Compiles the grammars into src/parse/generated, the byte scan into assembly/scan.wasm and the pages' script and style into
// src/report/generated, then (without --grammars-only) puts the program together in dist.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { messageRulesOf, parseGrammar } from '../src/parse/grammar-source.ts';
import { literalsOf } from '../src/parse/literals.ts';
import { coveringNeedles } from '../src/parse/sieve.ts';
import { reusable } from './reusable-parser.mjs';

const root = join(import.meta.dirname, '..');
const generated = join(root, 'src/parse/generated');
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
buildPage();
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
  const options = ['-O3', '--runtime', 'stub', '--noAssert', '--enable', 'simd,relaxed-simd', '--initialMemory', '8'];
  run('node_modules/assemblyscript/bin/asc.js', ['assembly/scan.ts', ...options, '-o', 'assembly/scan.wasm']);
}

/** One classic script, for a page that is opened from disk may import no module; the hashes are for its content security policy. */
function buildPage() {
  mkdirSync(page, { recursive: true });
  const { outputFiles } = buildSync({
    entryPoints: ['src/page/main.ts'],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    tsconfig: 'tsconfig.page.json',
    write: false,
    logLevel: 'warning',
  });
  // HTML forbids control characters, which a minifier may write as they are.
  const script = outputFiles[0].text
    .trim()
    .replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, (raw) => `\\x${raw.charCodeAt(0).toString(16).padStart(2, '0')}`);
  const style = ['node_modules/uplot/dist/uPlot.min.css', 'src/page/page.css']
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');
  const texts = Object.entries({ script, style, scriptHash: hashOf(script), styleHash: hashOf(style) });
  const code = texts.map(([name, text]) => `export const ${name} = ${JSON.stringify(text)};\n`);
  writeFileSync(join(page, 'assets.js'), code.join(''));
  writeFileSync(join(page, 'assets.d.ts'), texts.map(([name]) => `export declare const ${name}: string;\n`).join(''));
}

function hashOf(text) {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/**
 * A few large files load several times faster than hundreds of small ones. Commands stay apart, so that each loads what it
 * needs; the libraries that every start needs are taken in, the others stay where npm puts them.
 */
function buildProgram() {
  rmSync('dist', { recursive: true, force: true });
  const takenIn = new Set(['yargs', 'yaml', 'zod', 'luxon', 'wrap-ansi', 'fastest-levenshtein']);
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  buildSync({
    entryPoints: ['src/cli.ts', 'src/read-worker.ts', 'src/packed-worker.ts'],
    outdir: 'dist',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.22',
    // What yargs measures columns with takes longer to load than yargs itself; these do the same.
    alias: { 'string-width': 'fast-string-width', 'wrap-ansi': './scripts/wrap-ansi.mjs' },
    legalComments: 'eof',
    minifyWhitespace: true,
    minifySyntax: true,
    define: { NOVATRAIL_BUILD: JSON.stringify(hashOfSources()) },
    external: Object.keys(dependencies).filter((name) => !takenIn.has(name)),
    // Some of these libraries are CommonJS and require Node's own modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
}

/** Of all that the program is put together from: what one judges differently from another is known by it. */
function hashOfSources() {
  const hash = createHash('sha256');
  for (const path of globSync(['src/**/*.{ts,js}', 'migrations.sql', 'package-lock.json']).sort())
    hash.update(readFileSync(path));
  return hash.digest('base64url').slice(0, 22);
}

function run(script, args) {
  try {
    execFileSync(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    process.stderr.write(`${script} failed:\n${error.stdout ?? ''}${error.stderr ?? ''}`);
    process.exit(1);
  }
}

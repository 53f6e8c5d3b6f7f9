import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './scratch.ts';

/** The rooms from the top down: each may import what stands below it, and itself where it is a folder. */
const LAYERS: readonly (readonly string[])[] = [
  ['cli'],
  ['command-line'],
  ['cli-flags-fleet'],
  ['cli-flags', 'cli-welcome'],
  ['commands'],
  ['fleet'],
  ['follow', 'metrics', 'sampler', 'service', 'dashboard'],
  [
    'judging',
    'as-stored',
    'judged-before',
    'judged-mark',
    'migration-facts',
    'surroundings',
    'guest-samples',
    'fleet-facts',
    'log-intervals',
    'ingest',
    'batch-writer',
    'read-log',
    'pieces',
    'read-pieces',
    'threads',
    'turns',
    'readers',
    'read-worker',
    'packed-logs',
    'packed-worker',
    'ingest-samples',
    'log-context',
    'log-extent',
    'known-source',
    'pipeline',
  ],
  ['tail', 'store', 'page'],
  ['root', 'young-generation'],
  ['parse', 'sessionize', 'settings', 'rules', 'report'],
  ['certificate', 'statistics'],
  ['nova'],
  ['explanation'],
  ['judgement'],
  ['declarations'],
  ['certification'],
  ['model', 'numbers'],
];
const PURE: ReadonlySet<string> = new Set(LAYERS.slice(LAYERS.findIndex((layer) => layer.includes('parse'))).flat());
/** Between files of one layer: the wiring in the middle is one piece of work in several files. */
const NEIGHBOURS = LAYERS.find((layer) => layer.includes('judging')) ?? [];

const files = globSync('src/**/*.ts', { cwd: ROOT })
  .filter((path) => !path.includes('generated'))
  .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));

test.each(files)('$path: imports point down only', ({ path, text }) => {
  const room = roomOf(path);
  expect(layerOf(room), `${path} stands in no known room`).toBeGreaterThanOrEqual(0);
  for (const imported of importsIn(text).filter((name) => name.startsWith('.'))) {
    const other = roomOf(relative(ROOT, join(ROOT, dirname(path), imported)));
    const allowed =
      other === room || layerOf(other) > layerOf(room) || (NEIGHBOURS.includes(room) && NEIGHBOURS.includes(other));
    expect(allowed, `${path} (${room}) imports ${imported} (${other})`).toBe(true);
  }
});

test.each(files.filter(({ path }) => PURE.has(roomOf(path))))('$path: is pure', ({ text }) => {
  expect(importsIn(text).filter((name) => /^node:|^better-sqlite3$|^chokidar$/.test(name))).toEqual([]);
  expect(text).not.toMatch(/\b(?:process|console)\.\w|\bDate\.now\(|\bMath\.random\(|new Date\(\)/);
});

test.each(files)('$path: is short, and exports names', ({ text }) => {
  expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(250);
  expect(text).not.toMatch(/^export default\b/m);
});

test('types import nothing', () => {
  expect(importsIn(readFileSync(join(ROOT, 'src/model.ts'), 'utf8'))).toEqual([]);
});

test('the imports of a file are all seen', () => {
  const text = `import a from './a.ts';\nimport {\n  b,\n} from "../b/b.ts";\nimport type { C } from './c.ts';
export { d } from './d.ts';\nimport './e.ts';\nconst f = await import('./f.ts');\nexport * from './g.ts';`;
  expect(importsIn(text)).toEqual(['./a.ts', '../b/b.ts', './c.ts', './d.ts', './e.ts', './f.ts', './g.ts']);
});

function importsIn(text: string): string[] {
  const pattern =
    /^(?:import|export)\b[^;'"]*?\bfrom\s+['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm;
  return [...text.matchAll(pattern)].map(([, from, bare, late]) => from ?? bare ?? late ?? '');
}

/** `src/parse/clock.ts` is of the room `parse`, `src/cli.ts` is a room itself. */
function roomOf(path: string): string {
  return path.replace(/^src\//, '').replace(/\/.*|\.ts$/g, '');
}

function layerOf(room: string): number {
  return LAYERS.findIndex((layer) => layer.includes(room));
}

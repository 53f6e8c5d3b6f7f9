import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CATALOGUE } from '../src/rules/index.ts';
import { DEFAULT_KEYS } from '../src/settings/campaign.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'novatrail-docs-'));
  symlinkSync(join(root, 'sample-logs'), join(folder, 'sample-logs'));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Each command of the README's console blocks, in order, with the output printed below it. */
function examples(): { command: string; output: string }[] {
  const blocks = [...readme.matchAll(/^```console\n(.*?)^```$/gms)].map((match) => match[1] ?? '');
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((part) => {
        const end = part.indexOf('\n');
        return { command: part.slice(0, end), output: part.slice(end + 1) };
      }),
  );
}

/** What was printed, without the lines for which the README has a line of three dots. */
function elided(printed: string, shown: string): string {
  const [first = '', ...parts] = shown.split(/^\.\.\.\n/m);
  let [text, rest] = [first, printed.slice(first.length)];
  if (!printed.startsWith(first)) return printed;
  for (const part of parts) {
    const found = part === '' ? rest.length : rest.indexOf(`\n${part}`) + 1;
    if (found <= 0 && part !== '') return printed;
    text += `...\n${part}`;
    rest = rest.slice(found + part.length);
  }
  return rest === '' ? text : printed;
}

function run(command: string): string {
  const [program, ...args] = (command.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replaceAll("'", ''));
  expect(program).toBe('novatrail');
  const options = {
    cwd: folder,
    encoding: 'utf8' as const,
    stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'],
  };
  try {
    return execFileSync(process.execPath, [join(root, 'bin/novatrail.js'), ...args], options);
  } catch (error) {
    const failed = error as { status: number | null; stdout: string };
    // A failed verdict is exit 1, and its report is what the README shows.
    if (failed.status !== 1) throw error;
    return failed.stdout;
  }
}

describe('the README', () => {
  test('has at least five examples', () => {
    expect(examples().length).toBeGreaterThanOrEqual(5);
  });

  test.each(examples())('$command', ({ command, output }) => {
    expect(elided(run(command), output)).toBe(output);
  });

  test('lists every rule and every key of --set', () => {
    const listed = [...readme.matchAll(/^\| `([a-z-]+)` \|/gm)].map((match) => match[1]);
    expect(listed).toEqual(CATALOGUE.map(({ id }) => id));
    for (const key of DEFAULT_KEYS) expect(readme).toContain(`\`${key}\``);
  });

  test('names only commands that package.json or npm has', () => {
    const scripts = Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts);
    const named = [...readme.matchAll(/npm run ([a-z-]+)/g)].map((match) => match[1] ?? '');
    expect(scripts).toEqual(expect.arrayContaining(named));
  });

  test('draws a tree of what is there', () => {
    const tree = /^## The tree\n\n```\n(.*?)^```$/ms.exec(readme)?.[1] ?? '';
    const paths = treePaths(tree);
    expect(paths.length).toBeGreaterThan(10);
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});

/** The paths of an indented tree: folders end in a slash, what is indented lies in the folder above. */
function treePaths(tree: string): string[] {
  const parents: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const [, indent = '', name = ''] = /^( *)(\S+)/.exec(line) ?? [];
    if (name === '') return [];
    const depth = indent.length / 2;
    parents.length = depth;
    const path = parents.join('') + name;
    if (name.endsWith('/')) parents.push(name);
    return [path];
  });
}

import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { logOf, uuid } from './sample-log.ts';
import { ROOT, remove, temporary } from './scratch.ts';

const log = logOf([{ instance: uuid(1), request: 'req-1', from: 60, lasts: 30, steps: [[0, 50]] }]);
let folder = '';
let packed: string[] = [];

beforeAll(() => {
  folder = temporary({
    'logs/compute-0/nova-compute.log': log,
    'package.json': '{ "name": "elsewhere", "private": true }\n',
  });
  // The build is there already (npm test makes it): packing needs no second one beside the running tests.
  const packing = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const told = JSON.parse(npm(ROOT, ...packing));
  const [{ filename, files }] = Array.isArray(told) ? told : Object.values(told);
  packed = files.map(({ path }: { path: string }) => path);
  npm(folder, 'install', '--omit=dev', '--no-audit', '--no-fund', '--prefer-offline', join(folder, filename));
  return () => remove(folder);
});

test('the package holds what runs and what it says of itself, and nothing else', () => {
  const names = [
    'LICENSE',
    'migrations.sql',
    'package.json',
    'bin/novatrail.js',
    'contrib/collect-samples.sh',
    'assembly/scan.wasm',
    'dist/cli.js',
    'parsers/lexical.peggy',
  ];
  for (const name of names) expect(packed).toContain(name);
  const others = packed.filter(
    (name) =>
      !/^(?:assembly|bin|contrib|dist|parsers)\/|^(?:LICENSE|README\.md|CHANGELOG\.md|migrations\.sql|package\.json)$/.test(
        name,
      ),
  );
  expect(others).toEqual([]);
  expect(packed.filter((name) => /(?:^|\/)(?:src|test)\//.test(name))).toEqual([]);
  expect(readFileSync(join(ROOT, 'LICENSE'), 'utf8')).toMatch(
    /Apache License\s+Version 2\.0, January 2004[\s\S]*END OF TERMS AND CONDITIONS/,
  );
});

test('installed elsewhere, without the tools it is made with, it runs', () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  expect(run('--version')).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' });
  const audit = run('audit', 'logs', '--db', 'a.db', '--html', 'report.html');
  expect(audit).toMatchObject({ status: 0, stderr: '' });
  expect(audit.stdout).toMatch(/^1 migration in 1 log: 1 completed\n/);
  expect(run('query', 'SELECT count(*) AS n FROM events', '--db', 'a.db', '--format', 'csv').stdout).toBe('n\n5\n');
  writeFileSync(join(folder, 'mine.peggy'), grammar);
  expect(run('parse', 'logs', '--grammar', 'mine.peggy').stdout).toContain('"type":"my-step"');
});

const grammar = `Mine = "Increasing downtime to " ms:Integer " ms after " Integer " sec elapsed time" End
  { return { type: 'my-step', fields: { ms } }; }
`;

function run(...args: string[]) {
  // With this Node, whatever stands first on the path.
  const path = `${join(process.execPath, '..')}:${process.env.PATH}`;
  const env = { ...process.env, PATH: path };
  return spawnSync(join(folder, 'node_modules/.bin/novatrail'), args, { cwd: folder, encoding: 'utf8', env });
}

function npm(cwd: string, ...args: string[]): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

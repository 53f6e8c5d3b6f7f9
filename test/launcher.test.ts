import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { LAUNCHER } from './scratch.ts';

const OLD =
  /^novatrail needs Node\.js 22\.22 or newer, this is (\S+) \(.+\)\.\nInstall a newer Node\.js, or, .*`npm start`/;

test.each(['0.10.48', '18.20.8', '20.20.2', '22.21.1'])(
  'Node %s is told what is needed, and nothing is loaded',
  (version) => {
    const ran = pretending(version);
    expect(ran.stderr).toMatch(OLD);
    expect(ran.stderr).toContain(`this is ${version} `);
    expect(ran).toMatchObject({ status: 2, stdout: '' });
  },
);

test.each(['22.22.0', '24.0.0', '100.1.0'])('Node %s is new enough', (version) => {
  expect(pretending(version)).toMatchObject({
    status: 0,
    stderr: '',
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
  });
});

test('an older Node on this machine gets as far as the message', () => {
  const found = spawnSync('bash', ['-c', 'type -ap node'], { encoding: 'utf8' }).stdout.trim().split('\n');
  const old = found.filter((path) => {
    const [major = 0, minor = 0] = versionOf(path).split('.').map(Number);
    return path !== '' && (major < 22 || (major === 22 && minor < 22));
  });
  for (const path of old) {
    const ran = spawnSync(path, [LAUNCHER, 'audit', 'a.log'], { encoding: 'utf8' });
    expect(ran.stderr).toMatch(OLD);
    expect(ran).toMatchObject({ status: 2, stdout: '' });
  }
});

test('the launcher is written so that an old Node can read it', () => {
  const text = readFileSync(LAUNCHER, 'utf8');
  expect(text).toMatch(/^#!\/usr\/bin\/env node\n/);
  const before = text.slice(0, text.lastIndexOf('import('));
  expect(before).not.toMatch(/^\s*(?:import|const|let|class|async)\b|=>|\?\.|\?\?|`\$\{/m);
});

/** Runs the launcher in this Node, which says that it is another. */
function pretending(version: string) {
  const fake = `Object.defineProperty(process.versions, 'node', { value: ${JSON.stringify(version)} });`;
  const preload = `data:text/javascript,${encodeURIComponent(fake)}`;
  return spawnSync(process.execPath, ['--import', preload, LAUNCHER, '--version'], { encoding: 'utf8' });
}

function versionOf(path: string): string {
  return spawnSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout.trim();
}

import { spawnSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { LAUNCHER, scratch } from '../scratch.ts';

/** What bash offers for words of which the last is not finished, with the script that `novatrail completion` prints. */
function offered(...words: string[]): string[] {
  const folder = scratch({ 'compute-0.log': '' });
  symlinkSync(LAUNCHER, join(folder, 'novatrail'));
  const script = `
    source <(novatrail completion)
    COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}) COMP_CWORD=${words.length - 1}
    _novatrail_yargs_completions
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const path = [folder, dirname(process.execPath), process.env.PATH].join(':');
  const env = { ...process.env, PATH: path, SHELL: '/bin/bash', ZSH_NAME: '' };
  const { stdout, stderr } = spawnSync('bash', ['-c', script], { cwd: folder, env, encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((word) => word !== '');
}

test.each<[words: string[], offers: string[]]>([
  [['novatrail', 'au'], ['audit']],
  [['novatrail', 're'], ['rebuild']],
  [['novatrail', 'audit', '--mark'], ['--markdown']],
  [['novatrail', 'compare', 't'], ['tunnel']],
  [['novatrail', 'audit', '--profile', 'st'], ['stx-2018']],
  [['novatrail', 'audit', 'comp'], []],
])('bash: %j', (words, offers) => {
  expect(offered(...words)).toEqual(offers);
});

test.each([
  ['/bin/zsh', /^#compdef novatrail\n/],
  ['/usr/bin/fish', /complete -f -c novatrail /],
  ['/bin/bash', /complete .*-F _novatrail_yargs_completions novatrail\n/],
])('the script is the one of the shell: %s', (shell, says) => {
  const env = { ...process.env, SHELL: shell, ZSH_NAME: '' };
  const { status, stdout } = spawnSync(process.execPath, [LAUNCHER, 'completion'], { env, encoding: 'utf8' });
  expect(status).toBe(0);
  expect(stdout).toMatch(says);
});

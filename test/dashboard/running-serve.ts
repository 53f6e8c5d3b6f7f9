import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { until } from '../faults/running-tail.ts';
import { LAUNCHER } from '../scratch.ts';

/** Starts `novatrail serve` on the store a.db of a folder. `at`: where, once it listens. */
export function startServe(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [LAUNCHER, 'serve', '--db', 'a.db', ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const printed = { text: '' };
  child.stderr.on('data', (data) => {
    printed.text += data;
  });
  const ended = once(child as ChildProcess, 'exit').then(([code]) => code as number | null);
  const at = async () => {
    await until(() => printed.text.includes('is shown at'), 'the start');
    return /http:\/\/[^/]+/.exec(printed.text)?.[0] as string;
  };
  return { child, printed, ended, at };
}

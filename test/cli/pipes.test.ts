import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test, vi } from 'vitest';
import { HostOffsets } from '../../src/log-context.ts';
import * as bytes from '../../src/tail/bytes.ts';
import { logOf, uuid } from '../sample-log.ts';
import { LAUNCHER, scratch } from '../scratch.ts';

const log = logOf([{ instance: uuid(1), request: 'req-1', from: 60, lasts: 30, steps: [[0, 50]] }]);

/** Runs a script of bash in a folder with the log, where `novatrail` is the program. */
function bash(script: string) {
  const folder = scratch({ log, 'log.gz': gzipSync(log) });
  const named = `novatrail() { "${process.execPath}" "${LAUNCHER}" "$@"; }\n${script}`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', named], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 10_000,
    killSignal: 'SIGKILL',
  });
  return { code: status, stdout, stderr };
}

describe('a log through a pipe that has a path', () => {
  test.each(['cat log', 'cat log.gz'])('parse <(%s) gives every event', (writer) => {
    const { stdout } = bash(`novatrail parse log | wc -l; novatrail parse <(${writer}) | wc -l`);
    const [plain, piped] = stdout.trim().split('\n').map(Number);
    expect(plain).toBeGreaterThan(3);
    expect(piped).toBe(plain);
  });

  test('audit <(cat log) finds the migration', () => {
    const { stdout } = bash('novatrail audit <(cat log) --format json --fail-on never');
    expect(JSON.parse(stdout).migrations).toMatchObject([{ instance: uuid(1) }]);
  });

  test.each(['log', 'log.gz'])('a named pipe with %s is opened once', (name) => {
    const ran = bash(`mkfifo fifo; cat ${name} > fifo & novatrail audit fifo --format json --fail-on never`);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(ran.stdout).migrations).toMatchObject([{ instance: uuid(1) }]);
  });

  test('a named pipe is explained', () => {
    const ran = bash('mkfifo fifo; cat log > fifo & novatrail parse --explain fifo');
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain('fifo:1: ');
  });
});

test('the search for the epoch ends after 64 MiB, though they be one line', async () => {
  const path = join(scratch({ log }), 'log');
  const MIB = Buffer.alloc(1024 * 1024, 'x');
  let given = 0;
  const spy = vi.spyOn(bytes, 'blocksOf').mockImplementation(async function* () {
    for (; given < 100; given += 1) yield MIB;
  });
  await new HostOffsets().learnFrom(path, 'c0');
  spy.mockRestore();
  expect(given).toBe(63);
});

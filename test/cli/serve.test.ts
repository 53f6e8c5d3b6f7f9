import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startServe } from '../dashboard/running-serve.ts';
import { startTail, until } from '../faults/running-tail.ts';
import { append } from '../faults/writer.ts';
import { logOf, uuid } from '../sample-log.ts';
import { ingestInto, novatrail, scratch } from '../scratch.ts';

const log = logOf([{ instance: uuid(1), request: 'req-1', from: 60, lasts: 30, steps: [[0, 50]] }]);

async function stored(): Promise<string> {
  const folder = scratch({ 'compute-0/nova-compute.log': log });
  await ingestInto(join(folder, 'a.db'), join(folder, 'compute-0'));
  return folder;
}

test.each(['SIGTERM', 'SIGINT'] as const)('%s ends it with 0, though pages wait for changes', async (signal) => {
  const { child, ended, at } = startServe(await stored(), ['--listen', '127.0.0.1:0']);
  const events = await fetch(`${await at()}/api/v1/events`);
  const asked = performance.now();
  child.kill(signal);
  expect(await ended).toBe(0);
  expect(performance.now() - asked).toBeLessThan(3000);
  await events.body?.cancel().catch(() => {});
});

test('what a tail stores is told to those who wait, and shown', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': '' });
  const tail = startTail(folder, ['compute-0', '--db', 'a.db']);
  await until(() => tail.printed.err.includes('following'), 'the start of the tail');
  const at = await startServe(folder, ['--listen', '127.0.0.1:0']).at();
  const reader = (await fetch(`${at}/api/v1/events`)).body?.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  await reader.read();
  expect(await (await fetch(`${at}/api/v1/rows`)).json()).toEqual([]);
  append(join(folder, 'compute-0/nova-compute.log'), log.trimEnd().split('\n'));
  for (let rows: unknown[] = []; rows.length === 0; ) {
    await reader.read();
    rows = (await (await fetch(`${at}/api/v1/rows`)).json()) as unknown[];
  }
  await reader.cancel();
});

test('the token may come from the environment, and is not printed', async () => {
  const token = '0123456789abcdef';
  const { at, printed } = startServe(await stored(), ['--listen', '127.0.0.1:0'], { NOVATRAIL_TOKEN: token });
  expect((await fetch(`${await at()}/api/v1/rows`)).status).toBe(401);
  const headers = { authorization: `Bearer ${token}` };
  expect((await fetch(`${await at()}/api/v1/rows`, { headers })).status).toBe(200);
  expect(printed.text).toMatch(/is shown at http:\/\/127\.0\.0\.1:\d+\/\?token=TOKEN\n/);
});

test('a port that is taken is told', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => {
    taken.close();
  });
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  const { code, stderr } = novatrail(await stored(), ['serve', '--db', 'a.db', '--listen', `127.0.0.1:${port}`]);
  expect(code).toBe(3);
  expect(stderr).toBe(`novatrail: 127.0.0.1:${port}: another program listens there; give another --listen\n`);
});

test('a store that is not there is told', () => {
  const { code, stderr } = novatrail(scratch(), ['serve', '--db', 'none.db', '--listen', '127.0.0.1:0']);
  expect(code).toBe(3);
  expect(stderr).toContain('none.db: there is no such store');
});

describe('wrong use', () => {
  test.each<[string[], RegExp]>([
    [['--listen', '0.0.0.0:9480'], /--listen 0\.0\.0\.0:9480: others could read .*\n.*--token .*127\.0\.0\.1/],
    [['--listen', '[::]:9480'], /others could read/],
    [['--listen', 'dash.example:9480'], /others could read/],
    [['--listen', '127.0.0.1'], /--listen 127\.0\.0\.1: write HOST:PORT/],
    [['--listen', '127.0.0.1:99999'], /write HOST:PORT/],
    [['--listen', '0.0.0.0:9480', '--token', 'short'], /--token: write 16 or more/],
    [['--token', 'with spaces in between'], /--token: write 16 or more/],
    [['--token', ''], /--token needs a value/],
  ])('%j', async (flags, says) => {
    const { code, stderr } = novatrail(scratch(), ['serve', '--db', 'a.db', ...flags]);
    expect(code).toBe(2);
    expect(stderr).toMatch(says);
  });
});

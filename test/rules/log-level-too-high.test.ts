import { expect, test } from 'vitest';
import { findingsOf, forkProgress, nova } from './log-text.ts';

const warning = nova('10:03:00 WARNING migration: Live migration not completed after 180 sec');
const info = nova(`10:00:00 INFO driver: ${forkProgress(30)}`);
const debug = nova('10:00:00 DEBUG driver: Starting monitoring of live migration');
const bare = 'Live migration not completed after 180 sec\n';

test.each<[string, 'pass' | 'fail' | 'inconclusive', string]>([
  ['INFO', 'pass', warning + info],
  ['DEBUG is lower', 'pass', debug + warning],
  ['warnings only', 'fail', warning],
  ['nothing about migrations', 'inconclusive', nova('10:00:00 INFO manager: Instance spawned successfully.')],
])('%s: %s', async (_what, status, text) => {
  expect(await findingsOf('log-level-too-high', { logs: { a: text } })).toMatchObject([{ status, severity: 'note' }]);
});

test('lines that print no level tell nothing of it', async () => {
  const [finding] = await findingsOf('log-level-too-high', { logs: { a: bare } });
  expect(finding).toMatchObject({ status: 'inconclusive', message: 'a: its lines print no level' });
  expect(finding?.evidence.map(({ text }) => text)).toEqual([bare.trim()]);
});

test('each host for itself, over all its files', async () => {
  const logs = { 'a/nova-compute.log.1': info, 'a/nova-compute.log': warning, b: warning };
  const found = await findingsOf('log-level-too-high', { logs });
  expect(found.map(({ status, message }) => [status, message.slice(0, 2)])).toEqual([
    ['pass', 'a:'],
    ['fail', 'b:'],
  ]);
  expect(found[1]?.evidence).toMatchObject([{ line: 1, text: expect.stringContaining('not completed') }]);
});

test('where lines name their host, the folder does not', async () => {
  const text = `Jul  2 10:00:00 x nova-compute: ${info.trimEnd()}\n`;
  const found = await findingsOf('log-level-too-high', { logs: { 'all/nova-compute.log': text } });
  expect(found.map(({ message }) => message)).toEqual(['x: logs at INFO']);
});

import { expect, test } from 'vitest';
import { shifted } from '../shifted.ts';
import { covered, findingsOf, handOver, judgeLogs, OTHER_VM, running } from './log-text.ts';

const twoHosts = (ahead: number) => ({
  a: covered(handOver(40, 'b').source),
  b: covered(handOver(40 + ahead, 'b').destination),
});

test.each<[string, 'pass' | 'fail', number]>([
  ['one zone', 'pass', 0],
  ['some minutes are no zone', 'pass', 300],
  ['nor is nearly a quarter of an hour', 'pass', 900 - 70],
  ['a quarter of an hour', 'fail', 900],
  ['a quarter of an hour and a little skew', 'fail', 900 + 55],
  ['Nepal against India', 'fail', 15 * 60],
  ['half an hour', 'fail', -1800],
])('%s: %s', async (_what, status, ahead) => {
  expect(await findingsOf('clock-zone', { logs: twoHosts(ahead) })).toMatchObject([{ status, severity: 'error' }]);
});

test('two hosts without a hand-over: inconclusive; one host: nothing to compare', async () => {
  const logs = { a: covered(running(60)), b: covered(running(90), { instance: OTHER_VM }) };
  expect(await findingsOf('clock-zone', { logs })).toMatchObject([{ status: 'inconclusive' }]);
  expect(await findingsOf('clock-zone', { logs: { a: covered(running(60)) } })).toEqual([]);
});

test.each(['stx3', 'zed3'])('genuine logs (%s), one host 4 h ahead: says so, and what to state', async (folder) => {
  const found = await findingsOf('clock-zone', { logs: shifted(folder, 'compute-1', 4 * 3600) });
  expect(found.map(({ status }) => status)).toEqual(['fail', 'pass', 'fail']);
  expect(found[0]?.message).toMatch(/^the clock of compute-1 is 4\.00 h ahead of that of compute-0/);
  expect(found[0]?.message).toContain(
    'state tz: of compute-1 or of compute-0 in the campaign file, for they are read 4 h apart',
  );
  expect(found[0]?.evidence).toHaveLength(3);
});

test('with its zone stated, nothing is left of it', async () => {
  const campaign = JSON.stringify({ novatrail: 1, hosts: { 'compute-1': { tz: 'Asia/Dubai' } } });
  const { findings } = await judgeLogs({ logs: shifted('zed3', 'compute-1', 4 * 3600), campaign });
  const clocks = findings.filter(({ rule }) => rule.startsWith('clock-'));
  expect(clocks.map(({ status }) => status)).not.toContain('fail');
  expect(clocks.length).toBeGreaterThan(6);
});

test('says the quarters of an hour', async () => {
  const [found] = await findingsOf('clock-zone', { logs: twoHosts(2700) });
  expect(found?.message).toContain('they are read 45 min apart');
});

test('a clock that is set in between is no zone: inconclusive', async () => {
  const found = await findingsOf('clock-zone', { logs: shifted('zed3', 'compute-1', -3600, 0.5) });
  expect(found.map(({ status }) => status)).toEqual(['inconclusive', 'pass', 'inconclusive']);
});

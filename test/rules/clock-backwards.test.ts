import { expect, test } from 'vitest';
import { shifted } from '../shifted.ts';
import { findingsOf, forkProgress, nova } from './log-text.ts';

const lines = (...times: string[]) => nova(times.map((time) => `${time} INFO driver: ${forkProgress(30)}`).join('\n'));
const timeless = `nova.virt.libvirt.driver [-] [instance: 07b5842b-6324-4de0-973e-6d0ff18ef574] Migration operation has completed\n`;

test.each<[string, 'pass' | 'fail' | 'inconclusive' | 'not-applicable', string]>([
  ['forward', 'pass', lines('10:00:00', '10:00:30')],
  ['a second back is rounding', 'pass', lines('10:00:01', '10:00:00')],
  ['more than a second', 'fail', lines('10:00:01.001', '10:00:00')],
  ['no line has a time', 'inconclusive', `INFO ${timeless}`],
  ['no line about a migration', 'not-applicable', nova('10:00:00 INFO manager: Instance spawned successfully.')],
])('%s: %s', async (_what, status, text) => {
  expect(await findingsOf('clock-backwards', { logs: { a: text } })).toMatchObject([{ status, severity: 'warning' }]);
});

test('shows the lines before and after, of the first five places', async () => {
  const times = Array.from({ length: 7 }, () => ['10:01:00', '10:00:00']).flat();
  const [found] = await findingsOf('clock-backwards', { logs: { a: lines(...times) } });
  expect(found?.message).toMatch(/time goes back by 60\.0 s from line 1 to line 2, and again after that$/);
  expect(found?.evidence.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test('hosts of one file have clocks of their own', async () => {
  const syslog = (time: string, host: string) => `Jul  2 ${time} ${host} nova-compute: ${lines(time).trimEnd()}\n`;
  const text = syslog('10:00:30', 'x') + syslog('10:00:00', 'y') + syslog('10:01:00', 'x') + syslog('10:00:30', 'y');
  expect(await findingsOf('clock-backwards', { logs: { 'all/nova-compute.log': text } })).toMatchObject([
    { status: 'pass' },
  ]);
});

test('a genuine log whose clock is set back by 90 s: that file only', async () => {
  const found = await findingsOf('clock-backwards', { logs: shifted('stx3', 'compute-1', -90, 0.5) });
  expect(found.map(({ status }) => status)).toEqual(['pass', 'fail', 'pass']);
});

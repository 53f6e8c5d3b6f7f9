import { expect, test } from 'vitest';
import { shifted } from '../shifted.ts';
import { covered, findingsOf, handOver, OTHER_VM, running } from './log-text.ts';

/** The destination's clock is so many seconds ahead. */
const twoHosts = (ahead: number) => ({
  a: covered(handOver(40, 'b').source),
  b: covered(handOver(40 + ahead, 'b').destination),
});
const allowing = (clock_error_ms: number) => JSON.stringify({ novatrail: 1, hosts: { a: { clock_error_ms } } });

test.each<[string, 'pass' | 'fail', number, number]>([
  ['the same time', 'pass', 0, 0],
  ['within what a hand-over takes', 'pass', 0.9, 0],
  ['ahead', 'fail', 3, 0],
  ['behind', 'fail', -3, 0],
  ['ahead, and allowed', 'pass', 3, 3000],
  ['behind, and allowed', 'pass', -3, 3000],
  ['more than is allowed', 'fail', 6, 3000],
])('%s: %s', async (_what, status, ahead, allowed) => {
  const [found, ...more] = await findingsOf('clock-skew', { logs: twoHosts(ahead), campaign: allowing(allowed) });
  expect(more).toEqual([]);
  expect(found).toMatchObject({ status, severity: 'warning' });
  expect(found?.evidence.map(({ text }) => /_post_live|Post operation|finished/.exec(text)?.[0])).toEqual([
    '_post_live',
    'Post operation',
    'finished',
  ]);
});

test('the message says which clock, how far, from how many hand-overs', async () => {
  const [ahead] = await findingsOf('clock-skew', { logs: twoHosts(3) });
  expect(ahead?.message).toBe(
    'the clock of b is 2.0 s to 4.0 s ahead of that of a (1 hand-over); the campaign allows no error',
  );
  const [behind] = await findingsOf('clock-skew', { logs: twoHosts(-3), campaign: allowing(500) });
  expect(behind?.message).toBe(
    'the clock of b is 2.0 s to 4.0 s behind that of a (1 hand-over); the campaign allows 500 ms',
  );
  const [none] = await findingsOf('clock-skew', { logs: twoHosts(0) });
  expect(none?.message).toBe('the clock of b is at most 1.0 s behind and 1.0 s ahead of that of a (1 hand-over)');
});

test('two hosts without a hand-over: inconclusive; one host: nothing to compare', async () => {
  const logs = { a: covered(running(60)), b: covered(running(90), { instance: OTHER_VM }) };
  expect(await findingsOf('clock-skew', { logs })).toMatchObject([{ status: 'inconclusive' }]);
  expect(await findingsOf('clock-skew', { logs: { a: covered(handOver(40, 'b').source) } })).toEqual([]);
});

test('genuine logs of three hosts, one of them 3 s ahead: both its pairs say so, and no third', async () => {
  const found = await findingsOf('clock-skew', { logs: shifted('stx3', 'compute-1', 3) });
  expect(found.map(({ status, message }) => [status, message])).toEqual([
    [
      'fail',
      expect.stringMatching(
        /^the clock of compute-1 is 2\.\d s to 3\.\d s ahead of that of compute-0 \(18 hand-overs\)/,
      ),
    ],
    ['pass', expect.stringContaining('compute-2 is at most 0.3 s behind and 0.2 s ahead of that of compute-0')],
    ['fail', expect.stringMatching(/^the clock of compute-2 is 2\.\d s to 3\.\d s behind that of compute-1/)],
  ]);
});

test('a clock that is set back by 90 s half-way: no one offset fits, inconclusive', async () => {
  const found = await findingsOf('clock-skew', { logs: shifted('zed3', 'compute-1', -90, 0.5) });
  expect(found.map(({ status }) => status)).toEqual(['inconclusive', 'pass', 'inconclusive']);
  expect(found[0]?.message).toContain('a clock was set in between');
  expect(found[0]?.evidence).toHaveLength(6);
});

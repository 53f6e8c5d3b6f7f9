import { expect, test } from 'vitest';
import { covered, type Given, handOver, judgeLogs, nova, OTHER_VM, running, VM, verdictOn } from './log-text.ts';

const { source, destination } = handOver(60, 'b');
const started = '10:00:00 INFO manager: VM Started (Lifecycle Event)';
const resumed = '10:00:59 INFO manager: VM Resumed (Lifecycle Event)';
const failed = `${running(60)}\n10:01:10 ERROR driver: Migration operation has aborted`;
const busy = nova('10:00:10 INFO manager: VM Started (Lifecycle Event)', { instance: OTHER_VM });
const unnamed = source.replace(/\n.*finished successfully\./, '');

test.each<[string, 'pass' | 'fail' | 'inconclusive' | 'not-applicable', Given]>([
  ['it arrived', 'pass', { logs: { a: covered(source), b: covered(destination) } }],
  ['it runs there', 'pass', { logs: { a: covered(source), b: covered(resumed) } }],
  ['it was only started there', 'fail', { logs: { a: covered(source), b: covered(started) } }],
  ['nothing of it', 'fail', { logs: { a: covered(source), b: covered(busy) } }],
  ['it did not complete', 'not-applicable', { logs: { a: covered(failed), b: covered(busy) } }],
  ["the destination's log was not read", 'inconclusive', { logs: { a: covered(source) } }],
  ["the destination's log ends too early", 'inconclusive', { logs: { a: covered(source), b: nova(started) } }],
  [
    "the destination's log holds no INFO record",
    'inconclusive',
    { logs: { a: covered(source), b: covered(started).replaceAll(' INFO ', ' WARNING ') } },
  ],
  ['no line names the destination', 'inconclusive', { logs: { a: covered(unnamed) } }],
  ['both hosts in one log', 'not-applicable', { logs: { a: covered(source.replace('to b ', 'to a ')) } }],
])('%s: %s', async (_what, status, given) => {
  expect(await verdictOn('destination-silent', given)).toMatchObject({ status, severity: 'warning' });
});

test('a fail shows how the source ended', async () => {
  const { evidence, message } = await verdictOn('destination-silent', {
    logs: { a: covered(source), b: covered(busy) },
  });
  expect(message).toBe('b does not say that the instance arrived, though its log covers the migration');
  expect(evidence.map(({ text }) => text.slice(11, 19))).toEqual(['10:01:00', '10:01:02']);
});

const onSource = async (logs: Record<string, string>) => {
  const { migrations } = await judgeLogs({ logs });
  const verdicts = migrations.find(({ migration }) => migration.sourceHost === 'a')?.verdicts;
  return verdicts?.find(({ rule }) => rule === 'destination-silent');
};

test('an arrival of a clock far off: inconclusive', async () => {
  const far = nova(handOver(1260, 'b').destination);
  const verdict = await onSource({ a: covered(source), b: covered(nova(started, { instance: OTHER_VM })) + far });
  expect(verdict).toMatchObject({ status: 'inconclusive', message: expect.stringContaining('the clock of b is') });
});

test('an arrival that belongs to no source: inconclusive', async () => {
  const two = nova(handOver(1260, 'b').destination) + nova(handOver(1500, 'b').destination);
  const verdict = await onSource({ a: covered(source), b: covered(nova(started, { instance: OTHER_VM })) + two });
  expect(verdict).toMatchObject({ status: 'inconclusive', message: expect.stringContaining('clocks of one zone') });
  expect(verdict?.evidence.map(({ text }) => text.includes(VM))).toEqual([true]);
});

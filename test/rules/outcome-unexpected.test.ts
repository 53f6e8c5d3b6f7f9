import { expect, test } from 'vitest';
import { campaignOf } from './campaign-text.ts';
import { at, covered, running, VM, verdictOn } from './log-text.ts';

const completes = covered(`${running(40)}\n${at(50)} INFO driver: Migration operation has completed`);
const timesOut = covered(`${running(180)}
  ${at(180.6)} WARNING migration: Live migration not completed after 180 sec
  ${at(181)} ERROR driver: Migration operation has aborted`);
const open = covered(running(90)).split('\n').slice(0, -2).join('\n');
const expecting = (outcome: string | null) =>
  campaignOf({ tests: [{ id: 'own', instance: VM, ...(outcome === null ? {} : { expect: { outcome } }) }] });

test.each<[string, 'pass' | 'fail' | 'inconclusive' | 'not-applicable', string, string | null]>([
  ['as expected', 'pass', timesOut, 'timed-out'],
  ['it completed instead', 'fail', completes, 'timed-out'],
  ['it timed out instead', 'fail', timesOut, 'completed'],
  ['no end in the log', 'inconclusive', open, 'completed'],
  ['nothing is expected', 'not-applicable', timesOut, null],
])('%s: %s', async (_what, status, log, outcome) => {
  expect(await verdictOn('outcome-unexpected', { logs: { a: log }, campaign: expecting(outcome) })).toMatchObject({
    status,
  });
});

test('the evidence is the test, and the lines that end it', async () => {
  const { message, evidence } = await verdictOn('outcome-unexpected', {
    logs: { a: timesOut },
    campaign: expecting('completed'),
  });
  expect(message).toBe('it was timed-out, but the test expects it completed');
  expect(evidence.map(({ path }) => path.endsWith('.log'))).toEqual([false, true, true]);
});

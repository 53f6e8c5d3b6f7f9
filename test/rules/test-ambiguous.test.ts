import { expect, test } from 'vitest';
import { campaignOf } from './campaign-text.ts';
import { at, covered, findingsOf, judgeLogs, running } from './log-text.ts';

const log = covered(`${running(40)}\n${at(50)} INFO driver: Migration operation has completed`);
const twice = `${log}${log.replaceAll('10:0', '11:0')}`;
const about = (test: Record<string, unknown>) => campaignOf({ tests: [{ id: 'own', instance: 'vm', ...test }] });

test.each<[string, 'pass' | 'fail' | 'not-applicable', Record<string, unknown>]>([
  ['one in the window', 'pass', { window: '2018-07-02T10:00:00Z/PT10M' }],
  ['two in the window', 'fail', { window: '2018-07-02T10:00:00Z/PT2H' }],
  ['no window', 'fail', {}],
  ['none in the window', 'not-applicable', { window: '2018-07-02T14:00:00Z/PT2H' }],
])('%s: %s', async (_what, status, test_) => {
  expect(await findingsOf('test-ambiguous', { logs: { a: twice }, campaign: about(test_) })).toMatchObject([
    { status },
  ]);
});

test('no migration is taken for the test: what it expects is not asked of either', async () => {
  const { migrations, findings } = await judgeLogs({
    logs: { a: twice },
    campaign: about({ expect: { timeout: 20 } }),
  });
  expect(migrations.map(({ settings }) => settings.timeout_s.origin)).toEqual(['default', 'default']);
  const [finding] = findings.filter(({ rule }) => rule === 'test-ambiguous');
  expect(finding?.message).toBe(
    'own: 2 migrations may be meant (07b5842b-20180702T100000, 07b5842b-20180702T110000); name its request id',
  );
  expect(finding?.evidence).toHaveLength(3);
});

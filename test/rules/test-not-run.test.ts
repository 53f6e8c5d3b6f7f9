import { expect, test } from 'vitest';
import { campaignOf, certified } from './campaign-text.ts';
import { at, covered, findingsOf, OTHER_VM, running, VM } from './log-text.ts';

const log = covered(`${running(40)}\n${at(50)} INFO driver: Migration operation has completed`);
const REQUEST = 'req-59082551-1600-414a-89ae-e9cf6b978d7d';
const twice = log.replaceAll('10:0', '11:0');

test.each<[string, 'pass' | 'fail' | 'inconclusive', Record<string, unknown>, string]>([
  ['by its request', 'pass', { request: REQUEST }, log],
  ['by its instance, which migrated once', 'pass', { instance: 'vm' }, log],
  ['by instance and window', 'pass', { instance: 'vm', window: '2018-07-02T09:59:00Z/PT5M' }, log],
  ['within 120 s of a time', 'pass', { instance: 'vm', window: '2018-07-02T10:02:00Z' }, log],
  ['more than 120 s away', 'fail', { instance: 'vm', window: '2018-07-02T10:02:01Z' }, log],
  ['another request', 'fail', { request: 'req-0' }, log],
  ['another instance', 'fail', { instance: OTHER_VM }, log],
  ['twice, and no window', 'inconclusive', { instance: 'vm' }, `${log}${twice}`],
  [
    'twice, and a window',
    'pass',
    { instance: 'vm', window: '2018-07-02T11:00:00Z/2018-07-02T11:05:00Z' },
    `${log}${twice}`,
  ],
])('%s: %s', async (_what, status, about, text) => {
  const given = { logs: { a: text }, campaign: campaignOf({ tests: [{ id: 'own', ...about }] }) };
  expect(await findingsOf('test-not-run', given)).toMatchObject([{ status, severity: 'warning' }]);
});

test("what nova's database knows, and no log shows, is said", async () => {
  const list = [
    {
      Id: 7,
      'Server UUID': VM,
      'Source Compute': 'compute-9',
      Status: 'completed',
      'Created At': '2018-07-02T13:00:10.000000',
    },
  ];
  const campaign = campaignOf({
    import: ['migrations.json'],
    tests: [{ id: 'own', instance: 'vm', window: '2018-07-02T13:00:00Z/PT10M' }],
  });
  const { findings } = await certified(log, campaign, { 'migrations.json': JSON.stringify(list) });
  const [finding] = findings.filter(({ rule }) => rule === 'test-not-run');
  expect(finding).toMatchObject({
    status: 'fail',
    message: expect.stringContaining("nova's database knows one (completed)"),
  });
  expect(finding?.evidence.map(({ path }) => path)).toEqual(['campaign.yaml', 'migrations.json']);
});

test('the API says which request a test made', async () => {
  const asked = [
    { 'Request ID': REQUEST, 'Server ID': VM, Action: 'live-migration', 'Start Time': '2018-07-02T09:59:58.000000' },
  ];
  const campaign = campaignOf({
    import: ['events.json'],
    tests: [{ id: 'own', instance: 'vm', window: '2018-07-02T09:59:00Z/PT2H' }],
  });
  const other = twice.replaceAll(REQUEST, 'req-00000000-1600-414a-89ae-e9cf6b978d7d');
  const { migrations } = await certified(`${log}${other}`, campaign, { 'events.json': JSON.stringify(asked) });
  expect(migrations.map((each) => each.test)).toEqual(['own', null]);
});

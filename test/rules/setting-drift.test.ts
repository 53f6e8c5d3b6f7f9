import { expect, test } from 'vitest';
import { covered, declaring, findingsOf, nova, running } from './log-text.ts';

const dump = (time: string, options: Readonly<Record<string, string>>) =>
  nova(
    Object.entries(options)
      .map(([name, value]) => `${time} DEBUG oslo_service.service(no instance): libvirt.${name} = ${value}`)
      .join('\n'),
  );
const TIMEOUT = 'live_migration_completion_timeout';
const AUTO_CONVERGE = 'live_migration_permit_auto_converge';
const body = covered(running(60));
const find = (logs: Record<string, string>, defaults: Record<string, unknown>) =>
  findingsOf('setting-drift', { logs, campaign: declaring('stx-2018', null, defaults) });

test.each<[string, 'pass' | 'fail' | 'inconclusive', Record<string, string>, Record<string, unknown>]>([
  ['as declared', 'pass', { [TIMEOUT]: '180', [AUTO_CONVERGE]: 'True' }, { timeout: 180, auto_converge: true }],
  ['another number', 'fail', { [TIMEOUT]: '800' }, { timeout: 180 }],
  ['another boolean', 'fail', { [AUTO_CONVERGE]: 'False' }, { auto_converge: true }],
  ['another word', 'fail', { live_migration_timeout_action: 'force_complete' }, { timeout_action: 'abort' }],
  ['no dump', 'inconclusive', {}, { timeout: 180 }],
  ['the dump prints other options', 'inconclusive', { [TIMEOUT]: '180' }, { downtime: 500 }],
  ['None is a default that is not printed', 'inconclusive', { live_migration_tunnelled: 'None' }, { tunnel: false }],
])('%s: %s', async (_what, status, options, defaults) => {
  const found = await find({ a: dump('09:00:00', options) + body }, defaults);
  expect(found).toMatchObject([{ status, severity: 'warning' }]);
});

test('the last dump counts, and the message has both values and both lines', async () => {
  const log = dump('09:00:00', { [TIMEOUT]: '180' }) + dump('09:30:00', { [TIMEOUT]: '800' }) + body;
  const [found] = await find({ a: log }, { timeout: 180 });
  expect(found?.message).toBe('a: nova.conf says live_migration_completion_timeout = 800, but 180 is declared');
  expect(found?.evidence.map(({ path, line }) => [path.split('/').at(-1), line])).toEqual([
    ['campaign.yaml', 1],
    ['nova-compute.log', 2],
  ]);
});

test('what was declared for the time of the dump counts', async () => {
  const dated = { timeout: [{ value: 180 }, { value: 300, from: '2018-07-02T09:15:00Z' }] };
  expect(await find({ a: dump('09:00:00', { [TIMEOUT]: '180' }) + body }, dated)).toMatchObject([{ status: 'pass' }]);
  expect(await find({ a: dump('09:30:00', { [TIMEOUT]: '180' }) + body }, dated)).toMatchObject([{ status: 'fail' }]);
  const later = { timeout: [{ value: 300, from: '2018-07-02T09:15:00Z' }] };
  expect(await find({ a: dump('09:00:00', { [TIMEOUT]: '180' }) + body }, later)).toMatchObject([
    { status: 'inconclusive' },
  ]);
});

test('each host for itself; a flag has no line', async () => {
  const logs = { a: dump('09:00:00', { [TIMEOUT]: '800' }) + body, b: dump('09:00:00', { [TIMEOUT]: '150' }) };
  const found = await findingsOf('setting-drift', { logs, flags: { set: ['timeout=150'] } });
  expect(found.map(({ status, evidence }) => [status, evidence.length])).toEqual([
    ['fail', 1],
    ['pass', 0],
  ]);
});

test('nothing is declared: nothing to compare', async () => {
  expect(await find({ a: dump('09:00:00', { [TIMEOUT]: '800' }) + body }, {})).toEqual([]);
});

import { expect, test } from 'vitest';
import { at, covered, declaring, type Given, judgeLogs, nova, OTHER_VM, VM, verdictOn } from './log-text.ts';

const steps = (...values: [after: number, limit: number][]) =>
  values.map(
    ([after, ms]) => `${at(after)} INFO migration: Increasing downtime to ${ms} ms after ${after} sec elapsed time`,
  );
const log = (lines: string[]) =>
  covered(['10:00:00 INFO driver: Starting monitoring of live migration', ...lines].join('\n'));
const fork = (instance: object | null, defaults = {}) =>
  declaring('stx-2018', instance as Record<string, unknown> | null, defaults);
const to500 = log(steps([0, 50], [12, 95], [120, 500]));
const to501 = log(steps([0, 50], [12, 95], [120, 501]));
const to800 = log(steps([0, 80], [12, 152], [120, 800]));

test.each<[string, 'pass' | 'fail' | 'inconclusive', Given]>([
  ['the limit itself is no more than the limit', 'pass', { logs: { a: to500 }, campaign: fork({}) }],
  [
    'the limit itself, where a rotated file that would hold more is missing',
    'inconclusive',
    {
      logs: {
        'a/nova-compute.log.2': nova(steps([0, 50], [12, 95], [120, 500]).join('\n')),
        'a/nova-compute.log': nova('10:02:30 INFO driver: Migration operation has completed'),
      },
      campaign: fork({}),
    },
  ],
  [
    'nor where it goes on in that file without an end',
    'inconclusive',
    {
      logs: {
        'a/nova-compute.log.2':
          nova(steps([0, 50], [12, 95], [120, 500]).join('\n')) +
          nova('10:02:20 INFO manager: Instance spawned successfully.', { instance: OTHER_VM, request: '-' }),
        'a/nova-compute.log': nova('10:30:00 INFO manager: Instance spawned successfully.', {
          instance: OTHER_VM,
          request: '-',
        }),
      },
      campaign: fork({}),
    },
  ],
  ['one millisecond over it', 'fail', { logs: { a: to501 }, campaign: fork({}) }],
  [
    'the last step of Python 2, which falls short',
    'pass',
    {
      logs: { a: log(steps([0, 25], [120, 245])) },
      campaign: fork({ flavor: { 'hw:wrs:live_migration_max_downtime': '250' } }),
    },
  ],
  [
    'over a limit that the flavor sets',
    'fail',
    { logs: { a: to500 }, campaign: fork({ flavor: { 'hw:wrs:live_migration_max_downtime': 400 } }) },
  ],
  [
    'the instance allows more, but the flavor wins',
    'fail',
    {
      logs: { a: to500 },
      campaign: fork({
        flavor: { 'hw:wrs:live_migration_max_downtime': 400 },
        metadata: { 'hw:wrs:live_migration_max_downtime': 900 },
      }),
    },
  ],
  [
    'the image allows more than nova.conf',
    'pass',
    { logs: { a: to500 }, campaign: fork({ image: { hw_wrs_live_migration_max_downtime: 600 } }, { downtime: 400 }) },
  ],
  [
    'an image value under 100 is not in force',
    'pass',
    { logs: { a: to500 }, campaign: fork({ image: { hw_wrs_live_migration_max_downtime: 60 } }) },
  ],
  ['over an assumed default', 'inconclusive', { logs: { a: to800 } }],
  [
    'over the default of a fork whose instance is not declared',
    'inconclusive',
    { logs: { a: to800 }, campaign: fork(null, { downtime: 500 }) },
  ],
  ['within an assumed default', 'pass', { logs: { a: to500 } }],
  [
    'over what --set says for upstream',
    'fail',
    { logs: { a: to800 }, flags: { profile: 'upstream', set: ['downtime=500'] } },
  ],
  [
    'upstream rounds a limit under 100 up',
    'pass',
    { logs: { a: log(steps([0, 10], [150, 19], [300, 100])) }, flags: { profile: 'upstream', set: ['downtime=50'] } },
  ],
  [
    "upstream ignores the fork's keys",
    'fail',
    {
      logs: { a: to800 },
      campaign: declaring('upstream', { flavor: { 'hw:wrs:live_migration_max_downtime': '800' } }),
    },
  ],
  ['no downtime line at all', 'inconclusive', { logs: { a: log([]) }, campaign: fork({}) }],
])('%s: %s', async (_what, status, given) => {
  expect(await verdictOn('downtime-over-limit', given)).toMatchObject({ status });
});

test('shows every line that is over, the highest first, and no other', async () => {
  const { evidence, message } = await verdictOn('downtime-over-limit', {
    logs: { a: log(steps([0, 80], [60, 440], [72, 512], [84, 584])) },
    campaign: fork({}),
  });
  expect(evidence.map(({ line }) => line)).toEqual([6, 5]);
  expect(message).toContain('584 ms was allowed, the limit is 500 ms');
});

test('a limit that an option dump of the same host states is declared', async () => {
  const dump = nova(
    '09:58:00 DEBUG nova.openstack.common.service(no instance): libvirt.live_migration_downtime = 400',
    {
      request: '-',
    },
  );
  const given = { logs: { a: `${dump}${log(steps([0, 40]))}` }, campaign: declaring('upstream', null) };
  const shown = await verdictOn('downtime-over-limit', given);
  expect(shown.status).toBe('pass');
  const over = await verdictOn('downtime-over-limit', { ...given, logs: { a: `${dump}${to500}` } });
  expect(over).toMatchObject({ status: 'fail', message: expect.stringContaining('400 ms') });
});

test('a number of steps that no schedule has is not read from an option dump', async () => {
  const dump = nova(
    '09:58:00 DEBUG oslo_service.service(no instance): libvirt.live_migration_downtime_steps = 99999999',
    { request: '-' },
  );
  const shown = await verdictOn('downtime-limit-never-reached', { logs: { a: `${dump}${to500}` }, campaign: fork({}) });
  expect(shown.status).toBe('pass');
});

test('another instance that shares the host does not count', async () => {
  const other = nova('10:00:30 INFO migration: Increasing downtime to 900 ms after 0 sec elapsed time', {
    instance: '76f87a64-0701-4d82-a186-5506aadbf831',
  });
  const { migrations } = await judgeLogs({ logs: { a: to500 + other }, campaign: fork({}) });
  const mine = migrations.find(({ migration }) => migration.instance === VM);
  expect(mine?.verdicts.find(({ rule }) => rule === 'downtime-over-limit')?.status).toBe('pass');
});

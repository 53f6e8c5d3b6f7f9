import { expect, test } from 'vitest';
import { covered, declaring, forkProgress, type Given, nova, progress, verdictOn } from './log-text.ts';

const log = (middle: string, message = progress(10)) =>
  covered(`10:00:00 INFO driver: Starting monitoring of live migration
    10:00:10 INFO driver: ${message}
    ${middle}
    10:01:00 INFO driver: Migration operation has completed`);
const plain = log('');
const switched = log('10:00:20 INFO migration: Switching to post-copy migration mode');
const started = log('10:00:20 INFO manager: VM Postcopy started (Lifecycle Event)');
const notice = nova(
  '09:30:00 INFO driver(no instance): The live_migration_permit_post_copy is set to True and post copy live migration is available so auto-converge will not be in use.',
  { request: '-' },
);
const dump = nova('09:40:00 DEBUG oslo_service.service(no instance): libvirt.live_migration_permit_post_copy = False');
const upstream = (defaults: Record<string, unknown>) => declaring('upstream', {}, defaults);
const fork = (instance: Record<string, unknown>, defaults: Record<string, unknown> = {}) =>
  declaring('stx-2018', instance, defaults);
const forkLog = log('', forkProgress(10));

test.each<[string, 'pass' | 'fail' | 'inconclusive' | 'not-applicable', Given]>([
  ['off, and no line shows it', 'pass', { logs: { a: plain }, campaign: upstream({}) }],
  ['off, but nova switched to it', 'fail', { logs: { a: switched }, campaign: upstream({ post_copy: false }) }],
  ['off, but libvirt says that it started', 'fail', { logs: { a: started }, campaign: upstream({ post_copy: false }) }],
  ['off is only assumed, and nova switched to it', 'inconclusive', { logs: { a: switched } }],
  [
    "off is the profile's default, and nova switched to it",
    'inconclusive',
    { logs: { a: switched }, campaign: upstream({}) },
  ],
  [
    'permitted, and nova switched to it',
    'not-applicable',
    { logs: { a: switched }, campaign: upstream({ post_copy: true }) },
  ],
  [
    'off, but the log begins in the middle',
    'inconclusive',
    { logs: { a: plain.split('\n').slice(2).join('\n') }, campaign: upstream({}) },
  ],
  [
    'off, but the log holds no INFO record',
    'inconclusive',
    { logs: { a: plain.replaceAll(' INFO ', ' WARNING ') }, campaign: upstream({}) },
  ],
  [
    'off, but nova said otherwise as it started',
    'fail',
    { logs: { a: notice + plain }, campaign: upstream({ post_copy: false }) },
  ],
  [
    'auto-converge is on beside it, but nova said that it will not be in use',
    'fail',
    { logs: { a: notice + plain }, campaign: upstream({ post_copy: true, auto_converge: true }) },
  ],
  [
    'nova said so, and nobody expects throttling',
    'not-applicable',
    { logs: { a: notice + plain }, campaign: upstream({ post_copy: true }) },
  ],
  [
    'the fork sets both where the instance asks for auto-converge',
    'inconclusive',
    {
      logs: { a: notice + forkLog },
      campaign: fork({ metadata: { 'hw:wrs:live_migration_auto_converge': 'True' } }, { post_copy: true }),
    },
  ],
  [
    'the fork, by nova.conf',
    'fail',
    { logs: { a: notice + forkLog }, campaign: fork({}, { post_copy: true, auto_converge: true }) },
  ],
  [
    'an option dump after it: nova was started again',
    'pass',
    { logs: { a: notice + dump + plain }, campaign: upstream({ post_copy: false }) },
  ],
  [
    'it was another process',
    'pass',
    { logs: { a: notice.replace(' 23695 ', ' 4711 ') + plain }, campaign: upstream({ post_copy: false }) },
  ],
])('%s: %s', async (_what, status, given) => {
  expect(await verdictOn('post-copy-interplay', given)).toMatchObject({ status, severity: 'error' });
});

test('the verdict shows the line', async () => {
  const { evidence } = await verdictOn('post-copy-interplay', {
    logs: { a: switched },
    campaign: upstream({ post_copy: false }),
  });
  expect(evidence.map(({ text }) => text)).toEqual([expect.stringMatching(/Switching to post-copy migration mode$/)]);
});

import { expect, test } from 'vitest';
import { covered, declaring, type Given, progress, running, verdictOn } from './log-text.ts';

const KEY = 'hw:wrs:live_migration_auto_converge';
const fork = (instance: Record<string, unknown> | null, defaults = {}) => declaring('stx-2018', instance, defaults);
const never = covered(`${running(178)}\n10:03:00.600 WARNING migration: Live migration not completed after 180 sec`);

test.each<[string, 'inconclusive' | 'not-applicable', Given]>([
  ['on, and it never converged', 'inconclusive', { logs: { a: never }, campaign: fork({}) }],
  [
    'on upstream',
    'inconclusive',
    { logs: { a: covered(running(60, progress)) }, flags: { set: ['auto_converge=true'], profile: 'upstream' } },
  ],
  ['nothing declares it', 'inconclusive', { logs: { a: never } }],
  [
    'off by instance metadata',
    'not-applicable',
    { logs: { a: never }, campaign: fork({ metadata: { [KEY]: 'False' } }) },
  ],
  [
    'an image property does not switch it off',
    'inconclusive',
    { logs: { a: never }, campaign: fork({ image: { hw_wrs_live_migration_auto_converge: 'False' } }) },
  ],
  [
    'off in nova.conf, but the instance may say otherwise',
    'inconclusive',
    { logs: { a: never }, campaign: fork(null, { auto_converge: false }) },
  ],
])('%s: %s', async (_what, status, given) => {
  expect(await verdictOn('throttle-missing', given)).toMatchObject({ status });
});

test('says what to collect', async () => {
  const { message } = await verdictOn('throttle-missing', { logs: { a: never }, campaign: fork({}) });
  expect(message).toContain('virsh domjobinfo');
});

import { expect, test } from 'vitest';
import { covered, declaring, forkProgress, type Given, running, verdictOn } from './log-text.ts';

const log = covered(`${running(60)}\n10:01:10 INFO driver: Migration operation has completed`);
const TIMEOUT = 'hw:wrs:live_migration_timeout';
const fork = (instance: Record<string, unknown> | null, defaults = {}) => declaring('stx-2018', instance, defaults);

test.each<[string, 'pass' | 'inconclusive', string, Given['campaign'], Given['flags']]>([
  [
    'the default',
    'pass',
    "the timeout is 180 s (the profile's default): no flavor, image or instance key: nova.conf",
    fork({}),
    {},
  ],
  [
    'a 0 that does not count',
    'pass',
    'the timeout is 200 s (instance metadata): the lowest non-zero value wins; 0 is overridden; 0 (flavor) is overridden',
    fork({ flavor: { [TIMEOUT]: 0 }, metadata: { [TIMEOUT]: 200 } }),
    {},
  ],
  [
    'nova.conf loses too',
    'pass',
    'the timeout is 300 s (flavor): the lowest value wins; 120 (nova.conf) is overridden',
    fork({ flavor: { [TIMEOUT]: 300 } }, { timeout: 120 }),
    {},
  ],
  [
    'off',
    'pass',
    'the timeout is 0, which is off (flavor): every given value is 0',
    fork({ flavor: { [TIMEOUT]: 0 } }),
    {},
  ],
  ['upstream, with a size', 'pass', "nova.conf's 800 s x 4 GiB", declaring('upstream', { memory_mib: 4096 }), {}],
  ['upstream, without', 'inconclusive', 'the size is not declared', undefined, { profile: 'upstream' }],
  ['assumed', 'inconclusive', 'nothing declares the timeout', undefined, {}],
])('%s: %s', async (_what, status, message, campaign, flags) => {
  const verdict = await verdictOn('timeout-explained', { logs: { a: log }, campaign, flags });
  expect(verdict).toMatchObject({ status, severity: 'note', message: expect.stringContaining(message) });
});

test('says which timeout it was even of one that ran on', async () => {
  const open = covered(`10:00:00 INFO driver: ${forkProgress(0)}`);
  const verdict = await verdictOn('timeout-explained', { logs: { a: open }, campaign: fork({}) });
  expect(verdict.status).toBe('pass');
});

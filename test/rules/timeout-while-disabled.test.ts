import { expect, test } from 'vitest';
import { at, covered, declaring, type Given, running, verdictOn } from './log-text.ts';

const TIMEOUT = 'hw:wrs:live_migration_timeout';
const fork = (instance: Record<string, unknown> | null, defaults = {}) => declaring('stx-2018', instance, defaults);
const fired = covered(`${running(180)}
  ${at(180.6)} WARNING migration: Live migration not completed after 180 sec
  ${at(181.1)} WARNING migration: Live migration not completed after 180 sec
  ${at(181.6)} WARNING driver: Migration operation was cancelled`);
const long = covered(`${running(900)}\n${at(901)} INFO driver: Migration operation has completed`);

test.each<[string, 'pass' | 'fail' | 'inconclusive' | 'not-applicable', Given]>([
  ['off in the flavor, and it ran long', 'pass', { logs: { a: long }, campaign: fork({ flavor: { [TIMEOUT]: '0' } }) }],
  ['off in the flavor, but it fired', 'fail', { logs: { a: fired }, campaign: fork({ flavor: { [TIMEOUT]: '0' } }) }],
  [
    'off everywhere it is set, but it fired',
    'fail',
    {
      logs: { a: fired },
      campaign: fork({
        flavor: { [TIMEOUT]: 0 },
        metadata: { [TIMEOUT]: 0 },
        image: { hw_wrs_live_migration_timeout: 0 },
      }),
    },
  ],
  [
    '0 does not count beside another value',
    'not-applicable',
    { logs: { a: fired }, campaign: fork({ flavor: { [TIMEOUT]: 0 }, metadata: { [TIMEOUT]: 180 } }) },
  ],
  [
    '0 counts over nova.conf',
    'fail',
    { logs: { a: fired }, campaign: fork({ image: { hw_wrs_live_migration_timeout: 0 } }, { timeout: 180 }) },
  ],
  [
    'off in nova.conf upstream, whatever the size',
    'fail',
    { logs: { a: fired }, flags: { profile: 'upstream', set: ['timeout=0'] } },
  ],
  [
    'off in nova.conf, and the instance may set another',
    'inconclusive',
    { logs: { a: fired }, campaign: fork(null, { timeout: 0 }) },
  ],
  ['off in nova.conf and not seen', 'pass', { logs: { a: long }, campaign: fork(null, { timeout: 0 }) }],
  ['nothing says that it is off', 'not-applicable', { logs: { a: fired } }],
  ['it is on', 'not-applicable', { logs: { a: fired }, campaign: fork({}) }],
  [
    "the fork's keys mean nothing upstream",
    'not-applicable',
    { logs: { a: fired }, campaign: declaring('upstream', { flavor: { [TIMEOUT]: 0 }, memory_mib: 2048 }) },
  ],
])('%s: %s', async (_what, status, given) => {
  expect(await verdictOn('timeout-while-disabled', given)).toMatchObject({ status });
});

test('a line that nova repeats each half second is shown once', async () => {
  const { evidence } = await verdictOn('timeout-while-disabled', {
    logs: { a: fired },
    campaign: fork({ flavor: { [TIMEOUT]: 0 } }),
  });
  expect(evidence.map(({ text }) => text.slice(11, 23))).toEqual(['10:03:00.600']);
});

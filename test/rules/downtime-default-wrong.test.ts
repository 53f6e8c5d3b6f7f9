import { expect, test } from 'vitest';
import { covered, declaring, type Given, verdictOn } from './log-text.ts';

const begins = (ms: number) =>
  covered(`10:00:00 INFO driver: Starting monitoring of live migration
    10:00:00 INFO migration: Increasing downtime to ${ms} ms after 0 sec elapsed time`);
/** Nothing in it tells a fork from upstream. */
const lone = (ms: number) =>
  covered(`10:00:00 INFO migration: Increasing downtime to ${ms} ms after 0 sec elapsed time`);
const later = covered(`10:00:00 INFO driver: Starting monitoring of live migration
  10:00:12 INFO migration: Increasing downtime to 95 ms after 12 sec elapsed time`);
const TIMEOUT = 'hw:wrs:live_migration_timeout';
const fork = declaring('stx-2018', {});
const upstream = (defaults = {}) => declaring('upstream', null, defaults);

test.each<[string, 'pass' | 'fail' | 'inconclusive' | 'not-applicable', Given]>([
  ['500 ms in 10 steps begins with 50', 'pass', { logs: { a: begins(50) }, campaign: fork }],
  ['60 is of another limit', 'fail', { logs: { a: begins(60) }, campaign: fork }],
  [
    'steps count: 500 ms in 5',
    'pass',
    { logs: { a: begins(100) }, campaign: declaring('stx-2018', {}, { downtime_steps: 5 }) },
  ],
  ['nova.conf counts', 'pass', { logs: { a: begins(80) }, campaign: declaring('stx-2018', {}, { downtime: 800 }) }],
  ['the fork never climbs exponentially', 'fail', { logs: { a: begins(46) }, campaign: fork }],
  ['Mitaka and Newton begin 500 ms with 46', 'pass', { logs: { a: begins(46) }, campaign: upstream() }],
  ['upstream begins 500 ms with 50', 'pass', { logs: { a: begins(50) }, campaign: upstream() }],
  [
    'a fork whose timeout is off allows all at once',
    'pass',
    { logs: { a: begins(500) }, campaign: declaring('stx-2018', { metadata: { [TIMEOUT]: 0 } }) },
  ],
  [
    'all at once is 245 of 250 ms, as Python 2 counts',
    'pass',
    { logs: { a: begins(245) }, campaign: declaring('stx-2018', {}, { downtime: 250, timeout: 0 }) },
  ],
  [
    'so does one whose timeout leaves no second between steps',
    'pass',
    { logs: { a: begins(500) }, campaign: declaring('stx-2018', { image: { hw_wrs_live_migration_timeout: 10 } }) },
  ],
  ['all at once is of a timeout that is off', 'inconclusive', { logs: { a: begins(500) }, campaign: fork }],
  [
    'climbing is of a timeout that is on',
    'inconclusive',
    { logs: { a: begins(50) }, campaign: declaring('stx-2018', {}, { timeout: 0 }) },
  ],
  [
    'a delay of 0 is one of 3 upstream: Mitaka and Newton climb',
    'pass',
    { logs: { a: begins(46) }, flags: { profile: 'upstream', set: ['downtime_delay=0,downtime=500'] } },
  ],
  [
    'a delay of 0 is one of 3 upstream: later ones climb',
    'pass',
    { logs: { a: begins(50) }, flags: { profile: 'upstream', set: ['downtime_delay=0,downtime=500'] } },
  ],
  [
    'a delay of 0 does not allow all at once upstream',
    'fail',
    { logs: { a: begins(500) }, campaign: upstream({ downtime_delay: 0 }) },
  ],
  [
    '1 step counts as 3 upstream',
    'pass',
    { logs: { a: begins(166) }, flags: { profile: 'upstream', set: ['downtime_steps=1'] } },
  ],
  ['and not as 1', 'fail', { logs: { a: begins(500) }, flags: { profile: 'upstream', set: ['downtime_steps=1'] } }],
  [
    '1 step is 1 in the fork',
    'pass',
    { logs: { a: begins(500) }, campaign: declaring('stx-2018', {}, { downtime_steps: 1 }) },
  ],
  [
    'a log that may be of a fork whose timeout is off',
    'inconclusive',
    { logs: { a: lone(500) }, flags: { set: ['downtime=500,downtime_steps=10'] } },
  ],
  [
    'a log that may be of a fork, which takes 2 steps',
    'inconclusive',
    { logs: { a: lone(250) }, flags: { set: ['downtime=500,downtime_steps=2'] } },
  ],
  ['less than 100 ms count as 100 upstream', 'pass', { logs: { a: begins(10) }, campaign: upstream({ downtime: 50 }) }],
  [
    'the flavor sets it: not left to the default',
    'not-applicable',
    {
      logs: { a: begins(60) },
      campaign: declaring('stx-2018', { flavor: { 'hw:wrs:live_migration_max_downtime': 600 } }),
    },
  ],
  [
    "an image value under 100 leaves nova.conf's",
    'fail',
    { logs: { a: begins(99) }, campaign: declaring('stx-2018', { image: { hw_wrs_live_migration_max_downtime: 99 } }) },
  ],
  [
    "another key's name sets nothing",
    'fail',
    {
      logs: { a: begins(60) },
      campaign: declaring('stx-2018', { metadata: { hw_wrs_live_migration_max_downtime: 600 } }),
    },
  ],
  ['the first step is not in the log', 'inconclusive', { logs: { a: later }, campaign: fork }],
  ['an assumed default never fails', 'inconclusive', { logs: { a: begins(60) } }],
  [
    'nor does an assumed number of steps',
    'inconclusive',
    { logs: { a: begins(100) }, campaign: declaring(null, {}, { downtime: 500, timeout: 180 }) },
  ],
  [
    'nor does an assumed timeout, which may be off',
    'inconclusive',
    { logs: { a: begins(500) }, campaign: declaring(null, {}, { downtime: 500, downtime_steps: 10 }) },
  ],
  [
    'a step of neither kind is of another limit, whatever the timeout is',
    'fail',
    { logs: { a: begins(60) }, campaign: declaring(null, {}, { downtime: 500, downtime_steps: 10 }) },
  ],
  [
    'nor does the default where the instance is not declared',
    'inconclusive',
    { logs: { a: begins(60) }, campaign: declaring('stx-2018', null) },
  ],
  ['an assumed default that the log shows passes', 'pass', { logs: { a: begins(50) } }],
])('%s: %s', async (_what, status, given) => {
  expect(await verdictOn('downtime-default-wrong', given)).toMatchObject({ status });
});

test('the verdict shows the first step and says what it should have been', async () => {
  const verdict = await verdictOn('downtime-default-wrong', { logs: { a: begins(60) }, campaign: fork });
  expect(verdict.evidence.map(({ text }) => text)).toEqual([
    expect.stringContaining('Increasing downtime to 60 ms after 0 sec'),
  ]);
  expect(verdict.message).toBe('the first step is 60 ms; a limit of 500 ms in 10 steps begins with 50 ms');
});

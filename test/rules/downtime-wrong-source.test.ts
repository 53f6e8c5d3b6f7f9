import { expect, test } from 'vitest';
import { covered, declaring, type Given, stepLines, verdictOn } from './log-text.ts';

const climbs = (...steps: [number, number][]) =>
  covered(`10:00:00 INFO driver: Starting monitoring of live migration
    ${stepLines(...steps)}
    10:03:00 INFO driver: Migration operation has completed`);
const KEY = 'hw:wrs:live_migration_max_downtime';
const IMAGE = 'hw_wrs_live_migration_max_downtime';
const fork = (instance: Record<string, unknown> | null, defaults = {}) => declaring('stx-2018', instance, defaults);
const both = fork({ flavor: { [KEY]: 400 }, metadata: { [KEY]: 900 } });

test.each<[string, 'pass' | 'fail' | 'inconclusive' | 'not-applicable', Given]>([
  ['the flavor wins over the instance', 'pass', { logs: { a: climbs([0, 40], [12, 76]) }, campaign: both }],
  ["the instance's steps", 'fail', { logs: { a: climbs([0, 90], [12, 171]) }, campaign: both }],
  ["nova.conf's steps", 'fail', { logs: { a: climbs([0, 50], [12, 95]) }, campaign: both }],
  ['whatever time lies between', 'fail', { logs: { a: climbs([0, 90], [9, 171]) }, campaign: both }],
  [
    "the image's though the instance sets one",
    'fail',
    { logs: { a: climbs([0, 70]) }, campaign: fork({ metadata: { [KEY]: 900 }, image: { [IMAGE]: 700 } }) },
  ],
  ['the steps of none', 'inconclusive', { logs: { a: climbs([0, 55]) }, campaign: both }],
  [
    'two that begin alike',
    'inconclusive',
    { logs: { a: climbs([0, 50]) }, campaign: fork({ flavor: { [KEY]: 505 } }) },
  ],
  [
    'later steps tell them apart',
    'pass',
    { logs: { a: climbs([0, 50], [120, 509]) }, campaign: fork({ flavor: { [KEY]: 509 } }) },
  ],
  [
    'all at once: the timeout is off',
    'fail',
    {
      logs: { a: climbs([0, 900]) },
      campaign: fork({ flavor: { [KEY]: 400, 'hw:wrs:live_migration_timeout': 0 }, metadata: { [KEY]: 900 } }),
    },
  ],
  [
    'a value under 100 can never be in force',
    'inconclusive',
    { logs: { a: climbs([0, 5]) }, campaign: fork({ flavor: { [KEY]: 400 }, image: { [IMAGE]: 50 } }) },
  ],
  ['equal values', 'not-applicable', { logs: { a: climbs([0, 50]) }, campaign: fork({ flavor: { [KEY]: 500 } }) }],
  ['one source', 'not-applicable', { logs: { a: climbs([0, 90]) }, campaign: fork({}) }],
  ['no step', 'inconclusive', { logs: { a: climbs() }, campaign: both }],
  [
    'steps that are only assumed',
    'inconclusive',
    { logs: { a: climbs([0, 90]) }, campaign: declaring(null, { flavor: { [KEY]: 400 }, metadata: { [KEY]: 900 } }) },
  ],
  ['upstream', 'not-applicable', { logs: { a: climbs([0, 90]) }, flags: { profile: 'upstream' } }],
])('%s: %s', async (_what, status, given) => {
  expect(await verdictOn('downtime-wrong-source', given)).toMatchObject({ status });
});

test('the verdict names both sources and the rule of precedence', async () => {
  const { message } = await verdictOn('downtime-wrong-source', { logs: { a: climbs([0, 90]) }, campaign: both });
  expect(message).toBe(
    '400 ms (flavor) should be in force: flavor wins over instance, instance over image; but the steps are those of 900 ms (instance metadata)',
  );
});

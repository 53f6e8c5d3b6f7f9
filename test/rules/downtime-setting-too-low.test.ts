import { expect, test } from 'vitest';
import { covered, declaring, type Given, stepLines, verdictOn } from './log-text.ts';

const begins = (ms: number | null, more = '') =>
  covered(`10:00:00 INFO driver: Starting monitoring of live migration
    ${more}
    ${ms === null ? '' : stepLines([0, ms])}
    10:00:05 INFO driver: Migration operation has completed`);
const WARNING =
  '10:00:00.200 WARNING driver(no instance): live_migration_max_downtime=50 is less than minimum of 100, reverting to default';
const KEY = 'hw:wrs:live_migration_max_downtime';
const IMAGE = 'hw_wrs_live_migration_max_downtime';
const fork = (instance: Record<string, unknown> | null, defaults = {}) => declaring('stx-2018', instance, defaults);

test.each<[string, 'pass' | 'fail' | 'inconclusive' | 'not-applicable', Given]>([
  ['the flavor sets 99 ms', 'fail', { logs: { a: begins(50) }, campaign: fork({ flavor: { [KEY]: 99 } }) }],
  ['the metadata set 0 ms', 'fail', { logs: { a: begins(50) }, campaign: fork({ metadata: { [KEY]: 0 } }) }],
  [
    'the metadata set 50 ms, though the flavor wins',
    'fail',
    { logs: { a: begins(60) }, campaign: fork({ flavor: { [KEY]: 600 }, metadata: { [KEY]: 50 } }) },
  ],
  ['100 ms are enough', 'not-applicable', { logs: { a: begins(10) }, campaign: fork({ flavor: { [KEY]: 100 } }) }],
  ['nobody sets any', 'not-applicable', { logs: { a: begins(50) }, campaign: fork({}) }],
  [
    'the image sets 50 ms, and nova falls back',
    'pass',
    { logs: { a: begins(50, WARNING) }, campaign: fork({ image: { [IMAGE]: 50 } }) },
  ],
  [
    'the image sets 50 ms, and nova takes it',
    'fail',
    { logs: { a: begins(5) }, campaign: fork({ image: { [IMAGE]: 50 } }) },
  ],
  [
    'but for a number of steps that is only assumed',
    'inconclusive',
    { logs: { a: begins(5) }, campaign: declaring(null, { image: { [IMAGE]: 50 } }, { downtime: 500 }) },
  ],
  [
    'the image sets 50 ms, and the flavor wins',
    'pass',
    { logs: { a: begins(60) }, campaign: fork({ image: { [IMAGE]: 50 }, flavor: { [KEY]: 600 } }) },
  ],
  ['no step shows it', 'inconclusive', { logs: { a: begins(null) }, campaign: fork({ image: { [IMAGE]: 50 } }) }],
  ['the instance is not declared', 'inconclusive', { logs: { a: begins(50) }, campaign: fork(null) }],
  [
    'nova warns of a value that nobody declares',
    'inconclusive',
    { logs: { a: begins(50, WARNING) }, campaign: fork({}) },
  ],
  [
    'upstream',
    'not-applicable',
    { logs: { a: begins(50) }, campaign: declaring('upstream', { flavor: { [KEY]: 50 } }) },
  ],
])('%s: %s', async (_what, status, given) => {
  expect(await verdictOn('downtime-setting-too-low', given)).toMatchObject({ status });
});

test('the verdict shows the warning of nova beside the first step', async () => {
  const { evidence } = await verdictOn('downtime-setting-too-low', {
    logs: { a: begins(50, WARNING) },
    campaign: fork({ image: { [IMAGE]: 50 } }),
  });
  expect(evidence.map(({ text }) => /reverting|Increasing/.exec(text)?.[0])).toEqual(['reverting', 'Increasing']);
});

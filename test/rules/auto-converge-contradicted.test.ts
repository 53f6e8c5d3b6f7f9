import { expect, test } from 'vitest';
import { covered, declaring, forkProgress, type Given, nova, OTHER_VM, progress, verdictOn } from './log-text.ts';

const said = '10:00:00 INFO driver(no instance): auto_converge disabled for this migration';
const work = `10:00:00 INFO driver: Starting monitoring of live migration
  10:00:01 INFO driver: ${forkProgress(0.5)}
  10:00:20 INFO driver: Migration operation has completed`;
const off = covered(`${said}\n${work}`);
const silent = covered(work);
const KEY = 'hw:wrs:live_migration_auto_converge';
const fork = (instance: Record<string, unknown> | null = {}, defaults = {}) =>
  declaring('stx-2018', instance, defaults);
const anotherRequest = covered(work).replace(
  /^(.*Starting monitoring)/m,
  `${nova(said, { request: 'req-0394b668-7dd5-494c-9d42-40c6d7a962c6 u p - default default' })}$1`,
);
const noInfo = silent.replaceAll(' INFO ', ' WARNING ');

test.each<[string, 'pass' | 'fail' | 'inconclusive' | 'not-applicable', Given]>([
  [
    'on, and nova does not say that it is off',
    'pass',
    { logs: { a: silent }, campaign: fork({ flavor: { [KEY]: 'True' } }) },
  ],
  ['on, but nova says that it is off', 'fail', { logs: { a: off }, campaign: fork({ flavor: { [KEY]: 'True' } }) }],
  ["on by nova.conf's default", 'fail', { logs: { a: off }, campaign: fork() }],
  ['off, and nova says so', 'pass', { logs: { a: off }, campaign: fork({ metadata: { [KEY]: 'False' } }) }],
  ['off by nova.conf', 'pass', { logs: { a: off }, campaign: fork({}, { auto_converge: false }) }],
  [
    'the instance wins over the flavor',
    'pass',
    { logs: { a: off }, campaign: fork({ flavor: { [KEY]: 'True' }, metadata: { [KEY]: 'no' } }) },
  ],
  [
    'the flavor does not win over the instance',
    'fail',
    { logs: { a: off }, campaign: fork({ flavor: { [KEY]: 'False' }, metadata: { [KEY]: 'yes' } }) },
  ],
  [
    'an image property has no effect',
    'fail',
    { logs: { a: off }, campaign: fork({ image: { hw_wrs_live_migration_auto_converge: 'False' } }) },
  ],
  [
    'nor has a key that nova does not know',
    'fail',
    { logs: { a: off }, campaign: fork({ flavor: { 'hw:wrs:live_migration_permit_auto_converge': 'False' } }) },
  ],
  ['the line is of another request', 'pass', { logs: { a: anotherRequest }, campaign: fork() }],
  [
    'on, but post-copy is permitted',
    'inconclusive',
    { logs: { a: off }, campaign: fork({ metadata: { [KEY]: 'True' } }, { post_copy: true }) },
  ],
  [
    'the log begins in the middle',
    'inconclusive',
    { logs: { a: silent.split('\n').slice(2).join('\n') }, campaign: fork() },
  ],
  [
    'the log ends right after it',
    'inconclusive',
    { logs: { a: silent.split('\n').slice(0, 4).join('\n') }, campaign: fork() },
  ],
  [
    'no line of the migration carries a request id',
    'inconclusive',
    { logs: { a: covered(work, { request: '-' }) }, campaign: fork() },
  ],
  ['the log holds no INFO record', 'inconclusive', { logs: { a: noInfo }, campaign: fork() }],
  ['an assumed default never fails', 'inconclusive', { logs: { a: off } }],
  [
    'nor does that of an instance that is not declared',
    'inconclusive',
    { logs: { a: off }, campaign: fork(null, { auto_converge: true }) },
  ],
  ['upstream does not log it', 'inconclusive', { logs: { a: covered(`10:00:01 INFO driver: ${progress(0)}`) } }],
  [
    'off: this rule looks for a switch-off',
    'not-applicable',
    { logs: { a: silent }, campaign: fork({ flavor: { [KEY]: 'False' } }) },
  ],
])('%s: %s', async (_what, status, given) => {
  expect(await verdictOn('auto-converge-contradicted', given)).toMatchObject({ status });
});

test('the verdict shows the line of the same request, although it names no instance', async () => {
  const both = off + nova('10:40:00 INFO manager: Instance destroyed successfully.', { instance: OTHER_VM });
  const { evidence } = await verdictOn('auto-converge-contradicted', { logs: { a: both }, campaign: fork() });
  expect(evidence).toEqual([
    expect.objectContaining({ line: 2, text: expect.stringMatching(/\] auto_converge disabled/) }),
  ]);
});

import { expect, test } from 'vitest';
import {
  at,
  covered,
  declaring,
  findingsOf,
  forkProgress,
  type Given,
  nova,
  progress,
  running,
  verdictOn,
} from './log-text.ts';

const report = (seconds: number, counted = seconds) => `${at(seconds)} INFO driver: ${forkProgress(counted)}`;
const completed = (seconds: number) => `${at(seconds)} INFO driver: Migration operation has completed`;
const log = (...lines: string[]) => ({
  logs: { a: covered(['10:00:00 INFO driver: Starting monitoring of live migration', ...lines].join('\n')) },
});
const warnings = covered(`10:03:00 WARNING migration: Live migration not completed after 180 sec
  10:05:00 ERROR driver: Migration operation has aborted`).replaceAll(' INFO ', ' WARNING ');

test.each<[string, 'pass' | 'fail' | 'inconclusive' | 'not-applicable', Given]>([
  ['a report every 30 s', 'pass', log(report(0), report(30), report(60), completed(75))],
  ['90 s of silence', 'pass', log(report(0), report(90), completed(100))],
  ['more than 90 s', 'fail', log(report(0), report(91), completed(100))],
  ['silence before the end', 'fail', log(report(0), completed(120))],
  [
    'silence before a failure',
    'fail',
    log(report(0), `${at(120)} ERROR driver: Live Migration failure: operation failed: x`),
  ],
  [
    'it may take long after the job',
    'pass',
    log(report(0), completed(20), `${at(200)} INFO manager: Migrating instance to b finished successfully.`),
  ],
  [
    'before the job nova waits for the network',
    'pass',
    {
      logs: {
        a: covered(`10:00:00 INFO manager: Took 0.90 seconds for pre_live_migration on destination host b.
          ${at(200)} INFO migration: Increasing downtime to 50 ms after 0 sec elapsed time
          ${at(200)} INFO driver: ${progress(0)}
          ${completed(220)}`),
      },
    },
  ],
  [
    'a nova that was restarted could not report',
    'pass',
    log(
      report(0),
      report(30),
      `${at(300)} INFO manager: Instance found in migrating state during startup. Resetting task_state`,
    ),
  ],
  ['still running', 'pass', log(report(0), report(30))],
  [
    'nova counted no more than its clock between two of its turns',
    'inconclusive',
    log(report(0), report(30), report(150, 60), completed(160)),
  ],
  ['but where it counted on, lines are missing', 'fail', log(report(0), report(30), report(150, 90), completed(160))],
  ['no INFO record', 'inconclusive', { logs: { a: warnings } }],
  ['one line only', 'inconclusive', { logs: { a: covered(report(30)) } }],
  [
    'it failed before there was anything to report',
    'not-applicable',
    { logs: { a: covered(`${at(0)} ERROR driver: Live Migration failure: operation failed: x`) } },
  ],
])('%s: %s', async (_what, status, given) => {
  expect(await verdictOn('log-gap', given)).toMatchObject({ status, severity: 'warning' });
});

test('shows the lines before and after the silence', async () => {
  const verdict = await verdictOn('log-gap', log(report(0), report(30), report(180), completed(200)));
  expect(verdict.message).toBe('nova says nothing of it for 150 s, though it reports every 30 s');
  expect(verdict.evidence.map(({ text }) => text.slice(11, 19))).toEqual(['10:00:30', '10:03:00']);
});

const rotated = (middle: string) => {
  const lines = nova(`${running(90)}\n${completed(110)}`).split('\n');
  const [older, newer] = [lines.slice(0, 2).join('\n'), lines.slice(3).join('\n')];
  return { 'a/nova-compute.log.3': `${older}\n`, [middle]: `${lines[2]}\n`, 'a/nova-compute.log.1': newer };
};

test('a rotated file that is not there: in the migration, and by itself', async () => {
  const { 'a/nova-compute.log.2': _gone, ...logs } = rotated('a/nova-compute.log.2');
  const given = { logs, campaign: declaring('stx-2018', {}) };
  const verdict = await verdictOn('log-gap', given);
  expect(verdict).toMatchObject({
    status: 'fail',
    message: expect.stringMatching(/nova-compute\.log\.2 is not there, and would hold/),
  });
  expect(verdict.evidence).toHaveLength(2);
  const found = await findingsOf('log-gap', given);
  expect(found).toMatchObject([
    { status: 'fail', severity: 'warning', message: expect.stringMatching(/nova-compute\.log\.2 is not there/) },
  ]);
});

test('a rotated set that is whole', async () => {
  const given = { logs: rotated('a/nova-compute.log.2') };
  expect(await verdictOn('log-gap', given)).toMatchObject({ status: 'pass' });
  expect(await findingsOf('log-gap', given)).toEqual([]);
});

test('a file that is missing long before the migration is no matter of it', async () => {
  const early = (time: string) => nova(`${time} INFO manager: Instance spawned successfully.`);
  const logs = {
    'a/nova-compute.log.3': early('08:00:00'),
    'a/nova-compute.log.1': early('09:00:00') + nova(`${running(60)}\n${completed(70)}`),
  };
  expect(await verdictOn('log-gap', { logs })).toMatchObject({ status: 'pass' });
  expect(await findingsOf('log-gap', { logs })).toMatchObject([{ status: 'fail' }]);
});

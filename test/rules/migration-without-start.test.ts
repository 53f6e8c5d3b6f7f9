import { expect, test } from 'vitest';
import {
  at,
  covered,
  declaring,
  forkProgress,
  type Given,
  handOver,
  nova,
  OTHER_VM,
  progress,
  running,
  verdictOn,
} from './log-text.ts';

const completed = (seconds: number) => `${at(seconds)} INFO driver: Migration operation has completed`;
const other = (time: string) =>
  nova(`${time} INFO manager: Instance spawned successfully.`, { instance: OTHER_VM, request: '-' });
const fork = declaring('stx-2018', {});
/** Lines from the middle of a migration on, in a log that begins at a time. */
const from = (begin: string, ...lines: string[]): Given => ({
  logs: { a: other(begin) + nova(lines.join('\n')) + other('11:00:00') },
  campaign: fork,
});
const middle = `${at(300)} INFO driver: ${forkProgress(120)}`;

test.each<[string, 'pass' | 'fail' | 'inconclusive' | 'not-applicable', Given]>([
  ['the whole of it', 'pass', { logs: { a: covered(`${running(60)}\n${completed(70)}`) } }],
  [
    'the first step',
    'pass',
    from('09:00:00', '10:00:00 INFO migration: Increasing downtime to 50 ms after 0 sec elapsed time', completed(5)),
  ],
  [
    'the whole schedule',
    'pass',
    from('09:00:00', '10:00:00 DEBUG migration: Current None elapsed 1 steps [(0, 50), (12, 95)]', completed(5)),
  ],
  [
    'the first report of the newest nova, after half a minute',
    'pass',
    from('09:00:00', `${at(30)} INFO driver: ${progress(30)}`, completed(40)),
  ],
  ['it begins in the middle, and the log begins long before', 'fail', from('09:00:00', middle, completed(320))],
  [
    'a later step alone',
    'fail',
    from('09:00:00', '10:05:00 INFO migration: Increasing downtime to 95 ms after 12 sec elapsed time', completed(320)),
  ],
  [
    'a timeout alone',
    'fail',
    from(
      '09:00:00',
      '10:05:00 WARNING migration: Live migration not completed after 180 sec',
      '10:05:01 ERROR driver: Migration operation has aborted',
      '10:05:02 INFO manager: VM Resumed (Lifecycle Event)',
    ),
  ],
  ['the log begins in the middle', 'inconclusive', from('10:04:50', middle, completed(320))],
  ['the log begins less than its time before', 'inconclusive', from('10:02:30', middle, completed(320))],
  ['an end alone: the fork says at INFO when it begins', 'fail', from('09:00:00', completed(5))],
  ['an end alone, and the timeout reaches back before the log', 'inconclusive', from('09:58:00', completed(5))],
  [
    'an end alone: upstream may be too quick to say anything',
    'inconclusive',
    { ...from('09:00:00', completed(5)), campaign: declaring('upstream', null) },
  ],
  [
    'no INFO record',
    'inconclusive',
    {
      logs: {
        a:
          from('09:00:00', '10:05:00 WARNING migration: Live migration not completed after 180 sec').logs.a?.replaceAll(
            ' INFO ',
            ' WARNING ',
          ) ?? '',
      },
    },
  ],
  [
    'it failed before it began',
    'not-applicable',
    from(
      '09:00:00',
      '10:00:00 ERROR driver: Live Migration failure: operation failed: no route',
      '10:00:00 ERROR driver: Migration operation has aborted',
    ),
  ],
  ["only the destination's log", 'inconclusive', { logs: { b: covered(handOver(40, 'b').destination) } }],
  [
    'no times',
    'inconclusive',
    { logs: { a: `INFO nova.virt.libvirt.driver [-] [instance: ${OTHER_VM}] Migration operation has completed\n` } },
  ],
])('%s: %s', async (_what, status, given) => {
  expect(await verdictOn('migration-without-start', given)).toMatchObject({ status, severity: 'warning' });
});

test('shows the first line that is there', async () => {
  const { evidence, message } = await verdictOn('migration-without-start', from('09:00:00', middle, completed(320)));
  expect(message).toBe('no line shows its start, though the log goes back before it');
  expect(evidence.map(({ line }) => line)).toEqual([2]);
});

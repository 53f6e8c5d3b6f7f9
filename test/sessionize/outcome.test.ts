import { describe, expect, test } from 'vitest';
import { gistsIn, progress, type Said, say, timedOut } from './story.ts';

const CANCELLED = 'Live Migration failure: operation aborted: migration out: canceled by client';
const took = (to: string) => `Took 1.00 seconds for pre_live_migration on destination host ${to}.`;

describe('how it ended', () => {
  const running = say([
    [0, took('c1')],
    [1, progress(0)],
    [31, progress(30)],
  ]);
  test.each<[string, readonly (readonly [number, string])[], string]>([
    [
      'an operator, cancelled',
      [
        [40, CANCELLED],
        [40.5, 'Migration operation was cancelled'],
      ],
      'cancelled 1..40.5',
    ],
    [
      'an operator, aborted',
      [
        [40, CANCELLED],
        [40.5, 'Migration operation has aborted'],
      ],
      'cancelled 1..40.5',
    ],
    [
      'an operator, cancelled before the failure is told',
      [
        [40, 'Migration operation was cancelled'],
        [40.2, CANCELLED],
      ],
      'cancelled 1..40',
    ],
    [
      'both aborted and cancelled',
      [
        [40, CANCELLED],
        [40.5, 'Migration operation has aborted'],
        [41, 'Migration operation was cancelled'],
      ],
      'cancelled 1..41',
    ],
    [
      'the destination',
      [
        [40, "Live Migration failure: operation failed: job 'migration out' unexpectedly failed"],
        [40.5, 'Migration operation has aborted'],
      ],
      'failed 1..40.5',
    ],
    [
      'the timeout, aborted',
      [
        [40, 'Live migration not completed after 39 sec'],
        [40.5, CANCELLED],
        [41, 'Migration operation has aborted'],
      ],
      'timed-out 1..41',
    ],
    [
      'the progress timeout',
      [
        [40, 'Live migration stuck for 39 sec'],
        [40.5, CANCELLED],
        [41, 'Migration operation was cancelled'],
      ],
      'timed-out 1..41',
    ],
    [
      'the timeout, forced to complete',
      [
        [40, 'Live migration not completed after 39 sec'],
        [40.2, 'VM Paused (Lifecycle Event)'],
        [40.5, 'Live migration not completed after 39 sec'],
        [41, 'Migration operation has completed'],
        [44, 'Migrating instance to c1 finished successfully.'],
      ],
      'completed 1..44',
    ],
    [
      'the timeout, to post-copy',
      [
        [40, 'Live migration not completed after 39 sec'],
        [40.1, 'Switching to post-copy migration mode'],
        [60, 'Migration operation has completed'],
        [63, 'Migrating instance to c1 finished successfully.'],
      ],
      'completed 1..63',
    ],
    ['nothing', [], 'running 1..null'],
    [
      'a restart of nova',
      [[45, 'Instance found in migrating state during startup. Resetting task_state']],
      'failed 1..45',
    ],
    [
      'the destination after the timeout was near',
      [
        [40, 'Live migration not completed after 39 sec'],
        [40.5, 'Live Migration failure: internal error: qemu unexpectedly closed the monitor'],
        [41, 'Migration operation has aborted'],
      ],
      'failed 1..41',
    ],
  ])('%s', async (_, lines, told) => {
    expect(await gistsIn({ c0: [...running, ...say(lines)] })).toEqual([`VM c0>c1 ${told}`]);
  });

  test('2026.1 tells a failure three times over: one migration', async () => {
    const request = 'req-11111111-0000-4000-8000-000000000001';
    const lines = say(
      [
        ...([
          [0, took('c1')],
          [1, progress(0)],
        ] as const),
        [40, CANCELLED],
        [40.2, 'Migration operation has aborted'],
        [40.3, 'Error monitoring migration: operation aborted: migration out: canceled by client'],
        [40.4, 'Live migration failed.'],
        [41, 'Live migration monitoring is all done'],
      ],
      { request },
    );
    expect(await gistsIn({ c0: lines })).toEqual(['VM c0>c1 cancelled 1..41']);
  });

  test('repeated timeout lines are one timeout', async () => {
    expect(await gistsIn({ c0: timedOut(0, 'c1', 60, 40) })).toEqual(['VM c0>c1 timed-out 1..81.5']);
  });
});

describe('no live migration', () => {
  test.each<[string, Said[]]>([
    [
      'spawn',
      say([
        [0, 'VM Started (Lifecycle Event)'],
        [1, 'VM Paused (Lifecycle Event)'],
        [3, 'VM Resumed (Lifecycle Event)'],
        [3.5, 'Instance spawned successfully.'],
      ]),
    ],
    [
      'pause and unpause',
      say([
        [0, 'VM Paused (Lifecycle Event)'],
        [60, 'VM Resumed (Lifecycle Event)'],
      ]),
    ],
    [
      'resize and cold migration',
      say([
        [0, 'Migrating'],
        [1, 'VM Stopped (Lifecycle Event)'],
        [5, 'Creating image'],
        [9, 'VM Started (Lifecycle Event)'],
        [9.5, 'VM Resumed (Lifecycle Event)'],
        [10, 'During sync_power_state the instance has a pending task (resize_migrating). Skip.'],
      ]),
    ],
    [
      'the periodic check after something else',
      say([[0, 'During the sync_power process the instance has moved from host c1 to host c0']]),
    ],
  ])('%s', async (_, lines) => {
    expect(await gistsIn({ c0: lines, c1: lines.map((said) => ({ ...said, s: said.s + 0.5 })) })).toEqual([]);
  });
});

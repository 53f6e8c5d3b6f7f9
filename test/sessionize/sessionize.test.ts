import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sessionize } from '../../src/sessionize/sessionize.ts';
import { audited, folderWith } from '../running.ts';
import {
  arrived,
  gist,
  gistsIn,
  lineOf,
  migrationsIn,
  moved,
  progress,
  type Said,
  say,
  timedOut,
  VM,
  VM2,
} from './story.ts';

const CANCELLED = 'Live Migration failure: operation aborted: migration out: canceled by client';
const took = (to: string) => `Took 1.00 seconds for pre_live_migration on destination host ${to}.`;

describe('one host in both roles', () => {
  test('away and back', async () => {
    const c0 = [...moved(0, 'c1'), ...arrived(120)];
    const c1 = [...arrived(0), ...moved(120, 'c0')];
    expect(await gistsIn({ c0, c1 })).toEqual(['VM c0>c1 completed 1..43', 'VM c1>c0 completed 121..163']);
    expect(await gistsIn({ c0 })).toEqual(['VM c0>c1 completed 1..43', 'VM null>c0 completed 120..162']);
  });

  test('back within seconds', async () => {
    const c0 = [...moved(0, 'c1').slice(0, -1), ...arrived(46, 10)];
    const c1 = [...arrived(0), ...moved(46, 'c0', 10)];
    expect(await gistsIn({ c0, c1 })).toEqual(['VM c0>c1 completed 1..43', 'VM c1>c0 completed 47..59']);
  });

  test('one away, another in, at the same time', async () => {
    const c0 = inTime([...moved(0, 'c1'), ...arrived(2, 40, VM2)]);
    const c1 = inTime([...arrived(0), ...moved(2, 'c0', 40, { vm: VM2 })]);
    expect(await gistsIn({ c0, c1 })).toEqual(['VM c0>c1 completed 1..43', 'VM2 c1>c0 completed 3..45']);
  });
});

describe('repeated migrations of one instance', () => {
  test('round three hosts', async () => {
    const c0 = [...moved(0, 'c1'), ...arrived(200)];
    const c1 = [...arrived(0), ...moved(100, 'c2')];
    const c2 = [...arrived(100), ...moved(200, 'c0')];
    expect(await gistsIn({ c0, c1, c2 })).toEqual([
      'VM c0>c1 completed 1..43',
      'VM c1>c2 completed 101..143',
      'VM c2>c0 completed 201..243',
    ]);
  });

  test('a timeout, then another try', async () => {
    const c0 = [...timedOut(0, 'c1'), ...moved(80, 'c1')];
    expect(await gistsIn({ c0, c1: arrived(80) })).toEqual(['VM c0>c1 timed-out 1..64', 'VM c0>c1 completed 81..123']);
  });

  test.each([2, 6, 60])('two failing tries %i seconds apart', async (gap) => {
    const once = (s: number) =>
      say([
        [s, "Live Migration failure: unable to connect to server at 'c1:16509': Connection refused"],
        [s + 0.4, 'Migration operation has aborted'],
      ]);
    expect(await gistsIn({ c0: [...once(0), ...once(gap)] })).toEqual([
      'VM c0>c1 failed 0..0.4',
      `VM c0>c1 failed ${gap}..${gap + 0.4}`,
    ]);
  });

  test('a try that failed before its job, then one that went through', async () => {
    const failed = say([
      [0, took('c1')],
      [1, "Live Migration failure: unable to connect to server at 'c1:16509': Connection refused"],
      [1.5, 'Migration operation has aborted'],
    ]);
    expect(await gistsIn({ c0: [...failed, ...moved(3, 'c1')] })).toEqual([
      'VM c0>c1 failed 0..1.5',
      'VM c0>c1 completed 4..46',
    ]);
  });
});

describe('interleaved instances', () => {
  test('on one host, in any interleaving', async () => {
    const [a, b] = [moved(0, 'c1'), moved(0, 'c2', 40, { vm: VM2 })];
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 90 }), async (shift) => {
        const c0 = inTime([...a, ...b.map((said) => ({ ...said, s: said.s + shift / 2 + 0.1 }))]);
        const gists = (await gistsIn({ c0 })).toSorted();
        const [from, to] = [1.1 + shift / 2, 43.1 + shift / 2].map((second) => Math.round(second * 10) / 10);
        expect(gists).toEqual(['VM c0>c1 completed 1..43', `VM2 c0>c2 completed ${from}..${to}`]);
      }),
      { numRuns: 15 },
    );
  });
});

describe('order of reading', () => {
  const logs: Record<string, Said[]> = {
    c0: [...moved(0, 'c1'), ...arrived(200), ...timedOut(400, 'c2'), ...moved(520, 'c2')],
    c1: [...arrived(0), ...moved(100, 'c2')],
    c2: [...arrived(100), ...moved(200, 'c0'), ...arrived(520)],
  };

  test('files in any order give the same', async () => {
    const folder = folderWith(
      Object.fromEntries(Object.entries(logs).map(([host, said]) => [`${host}/n.log`, said.map(lineOf).join('')])),
    );
    const paths = Object.keys(logs).map((host) => `${folder}/${host}/n.log`);
    const first = (await audited(paths)).migrations;
    expect(first.map(gist)).toEqual([
      'VM c0>c1 completed 1..43',
      'VM c1>c2 completed 101..143',
      'VM c2>c0 completed 201..243',
      'VM c0>c2 timed-out 401..464',
      'VM c0>c2 completed 521..563',
    ]);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(paths, { minLength: 3 }), async (shuffled) => {
        const db = `${folderWith({ 'x/y': '' })}/s.db`;
        for (const path of shuffled) await audited([path], { db });
        expect((await audited([], { db })).migrations).toEqual(first);
      }),
      { numRuns: 6 },
    );
  });

  test('events in any order give the same', () => {
    const events = Object.entries(logs).flatMap(([host, said], source) =>
      said.map((each, index) => ({
        type: TYPES.find(([pattern]) => pattern.test(each.message))?.[1] ?? 'none',
        fields: {
          running_s: Number(/running for (\d+)/.exec(each.message)?.[1] ?? 0),
          state: /VM (\w+)/.exec(each.message)?.[1] ?? null,
        },
        ...{ at: each.s * 1000, host, level: 'INFO', logger: null, pid: 7, requestId: null, instance: VM },
        ...{ text: each.message, source, ref: { path: `${host}.log`, line: index + 1, offset: index * 100 } },
      })),
    );
    const ordered = JSON.stringify(sessionize(VM, events, ['c0', 'c1', 'c2']));
    expect(JSON.parse(ordered)).toHaveLength(5);
    fc.assert(
      fc.property(fc.shuffledSubarray(events, { minLength: events.length }), (shuffled) => {
        expect(JSON.stringify(sessionize(VM, shuffled, ['c0', 'c1', 'c2']))).toBe(ordered);
      }),
    );
  });
});

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

describe('decision lines without an instance', () => {
  const A = 'req-aaaaaaaa-0000-4000-8000-00000000000a';
  const B = 'req-bbbbbbbb-0000-4000-8000-00000000000b';
  const tunnel = (s: number, request: string): Said => ({
    s,
    message: 'libvirt_tunnel enabled for this migration',
    vm: null,
    request,
  });
  const tunnelled = async (hosts: Record<string, Said[]>) => {
    const migrations = await migrationsIn(hosts, { profile: 'stx-2018' });
    return Object.fromEntries(
      migrations.map(({ instance, settings }) => [instance === VM ? 'VM' : 'VM2', settings.tunnel?.origin === 'log']),
    );
  };

  test('belong to the request', async () => {
    const [a, b] = [moved(1, 'c1', 40, { request: A }), moved(1.2, 'c1', 40, { request: B, vm: VM2 })];
    expect(await tunnelled({ c0: inTime([tunnel(0.5, A), ...a, ...b]) })).toEqual({ VM: true, VM2: false });
    expect(await tunnelled({ c0: inTime([tunnel(0.5, B), ...a, ...b]) })).toEqual({ VM: false, VM2: true });
    expect(await tunnelled({ c0: inTime([tunnel(0.5, A), tunnel(0.6, B), ...a, ...b]) })).toEqual({
      VM: true,
      VM2: true,
    });
  });

  test('are not those of another host, though the request is the same', async () => {
    const c0 = moved(1, 'c1', 40, { request: A });
    expect(await tunnelled({ c0, c9: [tunnel(0.5, A)] })).toEqual({ VM: false });
  });

  test('of one request with two tries belong to the try they stand in', async () => {
    const failed = say(
      [
        [1, 'Live Migration failure: internal error: no'],
        [1.4, 'Migration operation has aborted'],
      ],
      { request: A },
    );
    const c0 = [tunnel(0.5, A), ...failed, tunnel(99, A), ...moved(100, 'c1', 40, { request: A })];
    const origins = (await migrationsIn({ c0 }, { profile: 'stx-2018' })).map(
      ({ settings }) => settings.tunnel?.origin,
    );
    expect(origins).toEqual(['log', 'log']);
  });
});

describe('clocks, silence and neighbours', () => {
  test.each([-90, -30, 30, 90])('a destination whose clock is %i s off', async (off) => {
    const c1 = arrived(200).map((said) => ({ ...said, s: said.s + off }));
    expect(await gistsIn({ c0: moved(200, 'c1'), c1 })).toEqual(['VM c0>c1 completed 201..243']);
  });

  test('only an arrival names the destination of a failed job', async () => {
    const c0 = say([
      [100, progress(0)],
      [130, CANCELLED],
      [130.4, 'Migration operation has aborted'],
    ]);
    const left = say([[10, 'VM Stopped (Lifecycle Event)']]);
    expect(await gistsIn({ c0, c7: left })).toEqual(['VM c0>null cancelled 100..130.4']);
    const c1 = say([[99, 'VM Started (Lifecycle Event)']]);
    expect(await gistsIn({ c0, c1, c7: left })).toEqual(['VM c0>c1 cancelled 100..130.4']);
  });

  test('steps twenty minutes apart, and nothing else', async () => {
    const step = (ms: number, s: number) =>
      [s + 0.3, `Increasing downtime to ${ms} ms after ${s} sec elapsed time`] as const;
    const once = [step(50, 0), step(95, 1200), step(140, 2400), [2500, 'Migration operation has completed'] as const];
    const again = once.map(([s, message]) => [s + 4000, message] as const);
    expect(await gistsIn({ c0: say([...once, ...again]) })).toEqual([
      'VM c0>null completed 0.3..2500',
      'VM c0>null completed 4000.3..6500',
    ]);
  });

  test('nova takes twenty minutes to finish', async () => {
    const c0 = moved(0, 'c1').filter(({ message }) => !message.includes('finished'));
    const late = say([[1240, 'Migrating instance to c1 finished successfully.']]);
    expect(await gistsIn({ c0: [...c0, ...late] })).toEqual(['VM c0>c1 completed 1..1240']);
  });

  test('a restart that no line tells of', async () => {
    const cut = moved(0, 'c1').slice(0, 4);
    expect(await gistsIn({ c0: [...cut, ...moved(100, 'c1')] })).toEqual([
      'VM c0>c1 running 1..null',
      'VM c0>c1 completed 101..143',
    ]);
  });

  test('the last line of one whose others are in a log that is not there', async () => {
    expect(await gistsIn({ c0: say([[0, 'Live migration monitoring is all done']]) })).toEqual([]);
  });
});

describe('logs that do not hold all of it', () => {
  const all = moved(0, 'c1', 100);

  test('wherever the log begins, as long as a line of the job is left', async () => {
    const last = all.findIndex(({ message }) => message.includes('has completed'));
    for (let from = 1; from <= last; from += 1) {
      const [told, ...more] = await gistsIn({ c0: all.slice(from) });
      expect(more).toEqual([]);
      expect(told).toMatch(/^VM c0>c1 completed [\d.]+\.\.103$/);
    }
  });

  test('wherever it ends, it is one migration', async () => {
    for (let to = 1; to < all.length; to += 1) {
      const gists = await gistsIn({ c0: all.slice(0, to) });
      expect(gists).toHaveLength(1);
      const over = all.slice(0, to).some(({ message }) => message.includes('has completed'));
      expect(gists[0]).toContain(over ? 'completed' : 'running');
    }
  });

  test('the destination only', async () => {
    expect(await gistsIn({ c1: arrived(0) })).toEqual(['VM null>c1 completed 0..42']);
  });
});

describe('the pause', () => {
  const emitted = (s: number, epoch: number, state: string): Said => ({
    s,
    message: `Emitting event <LifecycleEvent: ${epoch}, ${VM} => ${state}> emit_event /usr/lib/python2.7/site-packages/nova/virt/driver.py:1299`,
    vm: null,
    level: 'DEBUG',
    logger: 'nova.virt.driver',
  });
  const base = Date.UTC(2024, 4, 1, 9) / 1000;

  test('is between the epochs, not between the lines', async () => {
    const c0 = inTime([...moved(0, 'c1'), emitted(39.5, base + 39.1, 'Paused')]);
    const c1 = inTime([...arrived(0), emitted(39.2, base + 39.35, 'Resumed'), emitted(40, base + 39.36, 'Resumed')]);
    const [told] = await migrationsIn({ c0, c1 });
    expect(told?.observed.pause_ms).toBe(250);
  });

  test('is not told where one of the hosts says nothing', async () => {
    const c0 = inTime([...moved(0, 'c1'), emitted(39.5, base + 39.1, 'Paused')]);
    expect((await migrationsIn({ c0, c1: arrived(0) })).map(({ observed }) => observed.pause_ms)).toEqual([null]);
  });
});

const TYPES: readonly (readonly [RegExp, string])[] = [
  [/^Took/, 'pre-migration-done'],
  [/^Increasing/, 'downtime-step'],
  [/^Migration running/, 'progress'],
  [/Lifecycle/, 'lifecycle'],
  [/has completed/, 'completed'],
  [/is started/, 'post-migration-started'],
  [/finished successfully/, 'finished'],
  [/not completed/, 'timeout'],
  [/failure:/, 'failure'],
  [/was cancelled/, 'cancelled'],
  [/Post operation/, 'post-migration-at-destination'],
];

function inTime(said: readonly Said[]): Said[] {
  return said.toSorted((a, b) => a.s - b.s);
}

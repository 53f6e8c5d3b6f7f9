import { describe, expect, test } from 'vitest';
import { arrived, gistsIn, inTime, migrationsIn, moved, progress, type Said, say, VM, VM2 } from './story.ts';

const CANCELLED = 'Live Migration failure: operation aborted: migration out: canceled by client';

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

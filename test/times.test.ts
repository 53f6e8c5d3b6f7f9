import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { audited, folderWith, logPath, parsedEvents, type Reported } from './running.ts';

const TORONTO = readFileSync(logPath('genuine/zed_pre48_req_toronto_dst.log'), 'utf8');
const TRUTH = JSON.parse(readFileSync(logPath('genuine/zed_pre48_req_toronto_dst.log.truth.json'), 'utf8'))
  .migrations as { instance: string; t_job: number; t_end: number }[];
const STX = logPath('genuine/nova_18.0.0.log');

describe('the night the clocks go back', () => {
  const starts = ({ migrations }: Reported) =>
    migrations.map((each) => [each.instance, each.started_at, each.ended_at]);

  test('a log read in two goes is as one read at once, wherever it is cut', async () => {
    const lines = TORONTO.split(/(?<=\n)/);
    const folded = lines.flatMap((line, index) => (line.startsWith('2023-11-05 01:') ? [index] : []));
    expect(folded.length).toBeGreaterThan(100);
    const whole = starts(await audited([folderWith({ 'c0/nova-compute.log': TORONTO })], { tz: 'America/Toronto' }));
    expect(whole).toHaveLength(TRUTH.length);
    for (const part of [0.1, 0.45, 0.5, 0.8, 0.99]) {
      const cut = folded[Math.floor(folded.length * part)] ?? 0;
      const folder = folderWith({ 'c0/nova-compute.log': lines.slice(0, cut).join('') });
      const flags = { tz: 'America/Toronto', db: join(folder, 'store.db') };
      await audited([folder], flags);
      writeFileSync(join(folder, 'c0/nova-compute.log'), TORONTO);
      expect(starts(await audited([folder], flags))).toEqual(whole);
    }
  });

  test('no time goes back, though the clock does', async () => {
    const folder = folderWith({ 'c0/nova-compute.log': TORONTO });
    const times = (await parsedEvents([folder], { tz: 'America/Toronto' })).map(({ at }) => Date.parse(at ?? ''));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    const utc = (await parsedEvents([folder], { tz: 'UTC' })).map(({ at }) => Date.parse(at ?? ''));
    expect(utc).not.toEqual(utc.toSorted((a, b) => a - b));
  });
});

describe('the night the clocks go forward', () => {
  test('a migration over the hour that is missing', async () => {
    const folder = folderWith({
      'c0/nova-compute.log': [
        at(
          '2024-03-10 01:59:50.000',
          'Migration running for 0 secs, memory 100% remaining (bytes processed=0, remaining=0, total=0); disk 0% remaining (bytes processed=0, remaining=0, total=0).',
        ),
        at(
          '2024-03-10 03:00:20.000',
          'Migration running for 30 secs, memory 9% remaining (bytes processed=5, remaining=1, total=9); disk 0% remaining (bytes processed=0, remaining=0, total=0).',
        ),
        at('2024-03-10 03:00:21.000', 'Migration operation has completed'),
      ].join(''),
    });
    const { migrations } = await audited([folder], { tz: 'America/Toronto' });
    expect(migrations).toMatchObject([
      { started_at: '2024-03-10T06:59:50.000Z', ended_at: '2024-03-10T07:00:21.000Z', duration_s: 31 },
    ]);
  });
});

describe('a clock that is set back in a migration', () => {
  const folder = () =>
    folderWith({
      'c0/nova-compute.log': [
        at('2024-05-01 09:00:00.000', 'Starting monitoring of live migration'),
        at('2024-05-01 09:00:01.000', progress(0)),
        at('2024-05-01 09:00:31.000', progress(30)),
        at('2024-05-01 08:59:31.000', progress(60)),
        at('2024-05-01 09:00:01.000', progress(90)),
        at('2024-05-01 09:00:02.000', 'Migration operation has completed'),
      ].join(''),
    });

  test('is one migration, flagged, whose length comes from its counters', async () => {
    const { migrations } = await audited([folder()]);
    expect(migrations).toMatchObject([{ outcome: 'completed', clock_step: true, duration_s: 90 }]);
  });

  test('each line keeps its own time', async () => {
    const times = (await parsedEvents([folder()])).map((event) => event.at?.slice(11, 19));
    expect(times).toEqual(['09:00:00', '09:00:01', '09:00:31', '08:59:31', '09:00:01', '09:00:02']);
  });
});

describe('--tz', () => {
  test.each([
    ['UTC', '2024-05-01T09:00:07.923Z'],
    ['America/Toronto', '2024-05-01T13:00:07.923Z'],
    ['UTC+3', '2024-05-01T06:00:07.923Z'],
    ['Asia/Kolkata', '2024-05-01T03:30:07.923Z'],
  ])('%s', async (tz, first) => {
    const [event] = await parsedEvents([STX], { tz });
    expect(event?.at).toBe(first);
  });

  test('stated later, it moves what the store holds already', async () => {
    const folder = folderWith({ 'c0/nova-compute.log': readFileSync(STX) });
    const db = join(folder, 'store.db');
    await audited([folder], { db });
    const moved = await audited([folder], { db, tz: 'America/Toronto' });
    const fresh = await audited([folder], { tz: 'America/Toronto' });
    expect(moved.migrations).toEqual(fresh.migrations);
    expect(moved.sources).toEqual(fresh.sources);
  });

  test('a zone that is none is refused', async () => {
    await expect(audited([STX], { tz: 'Mars/Olympus' })).rejects.toThrow('is not a time zone');
  });
});

describe('--since and --until', () => {
  test('a migration that the window cuts is judged whole, and said to be cut', async () => {
    const { migrations: all } = await audited([STX]);
    const [, second] = all;
    const middle = new Date((Date.parse(second?.started_at ?? '') + Date.parse(second?.ended_at ?? '')) / 2);
    const { migrations: after } = await audited([STX], { since: middle.toISOString() });
    expect(after[0]).toEqual({ ...second, cut: 'begins before the window; judged whole' });
    expect(after.slice(1)).toEqual(all.slice(2));
    const { migrations: before } = await audited([STX], { until: middle.toISOString() });
    expect(before).toEqual([all[0], { ...second, cut: 'ends after the window; judged whole' }]);
    const both = { since: middle.toISOString(), until: middle.toISOString() };
    const { migrations: inside } = await audited([STX], both);
    expect(inside).toEqual([{ ...second, cut: 'begins before and ends after the window; judged whole' }]);
  });

  test('parse prints the events in the window only', async () => {
    const all = await parsedEvents([STX]);
    const [since, until] = ['2024-05-01T09:05:00Z', '2024-05-01T09:10:00+00:00'];
    const inside = all.filter(({ at: time }) => time !== null && time >= since && time <= '2024-05-01T09:10:00.000Z');
    expect(inside.length).toBeGreaterThan(5);
    expect(await parsedEvents([STX], { since, until })).toEqual(inside);
  });

  test('a time without a zone is refused', async () => {
    await expect(audited([STX], { since: '2024-05-01T09:00:00' })).rejects.toThrow('with its zone');
  });
});

function at(time: string, message: string): string {
  return `${time} 7 INFO nova.virt.libvirt.driver [-] [instance: d0b0090d-6259-4992-bfb8-1d2706e55426] ${message}\n`;
}

function progress(seconds: number): string {
  return `Migration running for ${seconds} secs, memory 50% remaining; (bytes processed=${seconds}, remaining=5, total=10)`;
}

test('parse reads a rotated file without an epoch in the zone that its sibling tells, as audit does', async () => {
  const host = 'compute-0/nova-compute.log';
  const vm = '[instance: a18a5824-4215-4e24-bcfc-cb9f89f6bcbd]';
  const folder = folderWith({
    [`${host}.1`]: `2015-10-29 10:53:06.399 1 INFO nova.virt.libvirt.driver [-] ${vm} Migration operation has completed\n`,
    [host]:
      '2015-10-29 10:53:12.579 1 DEBUG nova.virt.driver [-] Emitting event <LifecycleEvent: 1446130392.58, a18a5824-4215-4e24-bcfc-cb9f89f6bcbd => Paused> emit_event /usr/lib/python2.7/site-packages/nova/virt/driver.py:1299\n',
  });
  const events = await parsedEvents([folder]);
  expect(events.map(({ type, at }) => [type, at])).toEqual([
    ['completed', '2015-10-29T14:53:06.399Z'],
    ['lifecycle', '2015-10-29T14:53:12.579Z'],
  ]);
});

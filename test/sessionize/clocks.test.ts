import { describe, expect, test } from 'vitest';
import { audited, folderWith } from '../running.ts';
import { gist, lineOf, migrationsIn, progress, say } from './story.ts';

const STEP = 'Increasing downtime to 50 ms after 0 sec elapsed time';
const END = ['Migration operation has completed', 'Migrating instance to c1 finished successfully.'] as const;

/** The audit of files by name; nothing of it may fail but what warns of the gap itself. */
async function judged(files: Readonly<Record<string, string>>): Promise<string[]> {
  const { migrations } = await audited([folderWith(files)]);
  const failed = migrations.flatMap(({ verdicts }) =>
    verdicts.filter(({ status, rule }) => status === 'fail' && rule !== 'log-gap'),
  );
  expect(failed).toEqual([]);
  return migrations.map(gist);
}

function text(entries: Parameters<typeof say>[0]): string {
  return say(entries).map(lineOf).join('');
}

function noise(from: number, to: number): string {
  const lines = [];
  for (let s = from; s <= to; s += 30) lines.push(lineOf({ s, message: 'Final resource view: x', vm: null }));
  return lines.join('');
}

describe('a clock that is set while an instance migrates', () => {
  test('back, at the moment the log is rotated', async () => {
    const files = {
      'c0/nova-compute.log.1':
        noise(-120, -30) +
        text([
          [0, STEP],
          [0, progress(0)],
          [30, progress(30)],
          [60, progress(60)],
        ]),
      'c0/nova-compute.log':
        text([
          [0, progress(90)],
          [10, END[0]],
          [12, END[1]],
        ]) + noise(30, 900),
    };
    expect(await judged(files)).toEqual(['VM c0>c1 completed 0..12']);
  });

  test.each([600, 3600])('forward by %i s: the counters go on', async (jump) => {
    const before = text([
      [0, STEP],
      [0, progress(0)],
      [30, progress(30)],
    ]);
    const after = text([
      [jump + 60, progress(60)],
      [jump + 90, progress(90)],
      [jump + 92, END[0]],
      [jump + 93, END[1]],
    ]);
    const log = noise(-120, -30) + before + after + noise(jump + 120, jump + 900);
    expect(await judged({ 'c0/nova-compute.log': log })).toEqual([`VM c0>c1 completed 0..${jump + 93}`]);
  });

  test('slow turns, which nova before Wallaby counts rather than seconds', async () => {
    const lines = [0, 1, 2, 3, 4].map((turn) => [turn * 162, progress(turn * 30)] as const);
    const log = noise(-120, -30) + text([[0, STEP], ...lines, [700, END[0]], [702, END[1]]]) + noise(730, 1500);
    expect(await judged({ 'c0/nova-compute.log': log })).toEqual(['VM c0>c1 completed 0..702']);
  });

  test('a monitor that hangs for three minutes before the end', async () => {
    const log =
      noise(-120, -30) +
      text([
        [0, STEP],
        [30, progress(30)],
        [200, END[0]],
        [202, END[1]],
      ]) +
      noise(230, 900);
    expect(await judged({ 'c0/nova-compute.log': log })).toEqual(['VM c0>c1 completed 0..202']);
  });
});

test.each([300, -300])('a destination whose clock is off by %i s gives no second migration', async (off) => {
  const source = say([
    [0, STEP],
    [0, progress(0)],
    [20, END[0]],
    [21, '_post_live_migration() is started..'],
    [25, END[1]],
  ]);
  const arrival = say([[22 + off, 'Post operation of migration started']]);
  expect((await migrationsIn({ c0: source, c1: arrival })).map(gist)).toEqual(['VM c0>c1 completed 0..25']);
});

describe('the same lines in two files of a host count once', () => {
  const lines = text([
    [0, STEP],
    [0, progress(0)],
    [30, progress(30)],
    [40, END[0]],
    [42, END[1]],
  ]);
  const log = noise(-120, -30) + lines + noise(60, 300);

  test('an extract beside the log', async () => {
    const files = { 'c0/nova-compute.log': log, 'c0/extract.nova-compute.log': lines };
    const { migrations } = await audited([folderWith(files)], { host: [] });
    expect(migrations.map(gist).filter((each) => each.includes(' c0>'))).toEqual(['VM c0>c1 completed 0..42']);
    const folder = folderWith(files);
    const named = await audited([folder], { host: [`c0=${folder}`] });
    expect(named.migrations.map(gist)).toEqual(['VM c0>c1 completed 0..42']);
  });

  test('lines that copytruncate doubled at the seam', async () => {
    const [first = '', second = ''] = [log.slice(0, log.indexOf(lines) + lines.length), lines + noise(60, 300)];
    const files = { 'c0/nova-compute.log.1': first, 'c0/nova-compute.log': second };
    expect(await judged(files)).toEqual(['VM c0>c1 completed 0..42']);
  });
});

describe('silence proves nothing where the log may not speak', () => {
  const open =
    noise(-120, -30) +
    text([
      [0, STEP],
      [0, progress(0)],
      [30, progress(30)],
    ]);

  test('between two rotated files the one in the middle is missing', async () => {
    const files = { 'c0/nova-compute.log.3': open, 'c0/nova-compute.log.1': noise(110, 1200) };
    expect(await judged(files)).toEqual(['VM c0>null running 0..null']);
  });

  test('INFO was switched off before it began', async () => {
    const warned = say(
      [
        [0, 'Live migration not completed after 300 sec'],
        [1, 'Live migration not completed after 300 sec'],
      ],
      { level: 'WARNING' },
    );
    const later = say([[600, 'Something else']], { level: 'WARNING', vm: null });
    const files = {
      'c0/nova-compute.log.1': noise(-900, -30),
      'c0/nova-compute.log': [...warned, ...later].map(lineOf).join(''),
    };
    expect(await judged(files)).toEqual(['VM c0>null running 0..null']);
  });
});

test('nova-compute restarts and the instance is migrated again at once: two attempts', async () => {
  const first = [
    [0, STEP],
    [0, progress(0)],
  ] as const;
  const second = [
    [40, STEP],
    [40, progress(0)],
    [70, progress(30)],
    [80, END[0]],
    [82, END[1]],
  ] as const;
  const migrations = await migrationsIn({ c0: say([...first, ...second]) });
  expect(migrations.map(gist)).toEqual(['VM c0>null running 0..null', 'VM c0>c1 completed 40..82']);
});

test('two hundred thousand lines of one migration are judged', async () => {
  const lines = Array.from({ length: 200_000 }, (_, turn) =>
    lineOf({ s: 300 + turn / 2, message: 'Live migration not completed after 300 sec', level: 'WARNING' }),
  );
  const { migrations } = await audited([folderWith({ 'c0/nova-compute.log': text([[0, STEP]]) + lines.join('') })]);
  expect(migrations.map(({ outcome }) => outcome)).toEqual(['running']);
});

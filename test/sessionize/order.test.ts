import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sessionize } from '../../src/sessionize/sessionize.ts';
import { audited, folderWith } from '../running.ts';
import { arrived, gist, lineOf, moved, type Said, timedOut, VM } from './story.ts';

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

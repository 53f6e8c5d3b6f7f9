import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arrived, gistsIn, inTime, moved, say, timedOut, VM2 } from './story.ts';

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

import { expect, test } from 'vitest';
import { at, covered, type Given, progress, verdictOn } from './log-text.ts';

/** The fork's lines every 30 s: MiB sent up to each, and the rate (MiB/s) that it prints. */
const log = (lines: readonly (readonly [sent: number, rate: number])[]) =>
  covered(
    lines
      .map(([sent, rate], turn) => {
        const amounts = `(${sent} MiB processed, 900 MiB remaining, 4112 MiB total)`;
        const text = `Migration running for ${turn * 30}.0 secs; memory progress 40% ${amounts}; data progress 40% ${amounts}; memory bandwidth ${rate} MB/s;expected downtime 300 ms;since 0.0 seconds ago`;
        return `${at(turn * 30)} INFO driver: ${text}`;
      })
      .join('\n'),
  );
const steady = (sent_mib_s: number, rate: number, count = 6) =>
  log(Array.from({ length: count }, (_, turn) => [Math.floor(turn * 30 * sent_mib_s), rate] as const));

test.each<[string, 'pass' | 'fail' | 'inconclusive' | 'not-applicable', Given]>([
  ['it prints what it sends', 'pass', { logs: { a: steady(110, 110) } }],
  ['a fifth more', 'pass', { logs: { a: steady(100, 120) } }],
  ['a third more', 'fail', { logs: { a: steady(100, 130) } }],
  ['half of it', 'fail', { logs: { a: steady(100, 50) } }],
  ['less than a MiB/s is printed as 0', 'pass', { logs: { a: steady(0.32, 0) } }],
  [
    'a single odd line is no median',
    'pass',
    {
      logs: {
        a: log([
          [0, 9],
          [3000, 100],
          [6000, 100],
          [9000, 7],
          [12000, 100],
          [15000, 100],
        ]),
      },
    },
  ],
  ['four intervals', 'inconclusive', { logs: { a: steady(110, 110, 5) } }],
  ['intervals in which nothing was sent do not count', 'inconclusive', { logs: { a: steady(0, 100) } }],
  ['upstream', 'not-applicable', { logs: { a: covered(`10:00:00 INFO driver: ${progress(0)}`) } }],
])('%s: %s', async (_what, status, given) => {
  expect(await verdictOn('throughput-print-mismatch', given)).toMatchObject({ status, severity: 'note' });
});

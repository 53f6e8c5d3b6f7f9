import { expect, test } from 'vitest';
import { eventLines } from '../faults/writer.ts';
import { follow, placesIn, texts } from '../follow-rig.ts';
import { novatrail, rows, scratch } from '../scratch.ts';

const journal = (first: number, last: number) =>
  eventLines(last - first + 1, first).map((MESSAGE, index) => {
    const number = (first + index).toString(16);
    return JSON.stringify({
      __CURSOR: `s=0639ce;i=${number};b=0f1;m=${number};t=5f${number.padStart(8, '0')};x=1`,
      __REALTIME_TIMESTAMP: String(1_530_540_000_000_000 + (first + index) * 1_000_000),
      _HOSTNAME: 'compute-0',
      SYSLOG_IDENTIFIER: 'nova-compute',
      MESSAGE,
    });
  });
const bytes = (lines: readonly string[]) => Buffer.from(lines.map((line) => `${line}\n`).join(''));

test('what comes through a pipe in any pieces is stored at once', async () => {
  const { db } = placesIn(scratch());
  const rig = await follow(db, ['-']);
  const all = bytes(eventLines(20));
  for (let at = 0; at < all.length; at += 113) rig.tail.stream?.push(all.subarray(at, at + 113));
  expect(texts(db)).toEqual(eventLines(20));
  rig.tail.stream?.end();
  expect(texts(db)).toEqual(eventLines(20));
});

test('the journal goes on where its cursor stands, whatever journalctl repeats', async () => {
  const { db } = placesIn(scratch());
  const first = await follow(db, ['-']);
  first.tail.stream?.push(bytes(journal(1, 10)));
  first.kill();
  for (const [from, to] of [
    [5, 12],
    [13, 13],
    [1, 20],
  ] as const) {
    const rig = await follow(db, ['-']);
    rig.tail.stream?.push(bytes(journal(from, to)));
    rig.stop();
  }
  expect(rows(db, 'SELECT host, count(*) AS n FROM events GROUP BY host')).toEqual([{ host: 'compute-0', n: 20 }]);
  expect(rows(db, 'SELECT count(*) AS n FROM sources')).toEqual([{ n: 1 }]);
});

test('the program ends when the pipe does', () => {
  const folder = scratch();
  expect(novatrail(folder, ['tail', '-', '--db', 'a.db'], bytes(eventLines(3)))).toMatchObject({ code: 0 });
  expect(texts(`${folder}/a.db`)).toEqual(eventLines(3));
});

import { appendFileSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contents, follow, placesIn, quietRead } from '../follow-rig.ts';
import { rows, scratch } from '../scratch.ts';
import { eventLines } from './writer.ts';

const ODD = [
  Buffer.from([0xff, 0xfe, 0x0a]),
  Buffer.from([0x41, 0x80, 0x0a]),
  Buffer.from('\u2028\u0085 between\n'),
  Buffer.from('\ufeffBOM\n'),
  Buffer.from('carriage\r\nreturn\r\n'),
  Buffer.from([0, 0, 0, 0x0a]),
  Buffer.from('\u{1f600}\n'),
];

test('whatever bytes stand between, cut wherever, offsets lead to the lines', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(ODD.length - 1), { maxLength: 12 }),
      fc.integer({ min: 1, max: 90 }),
      async (odd, cut) => {
        const folder = scratch({ 'compute-0/nova-compute.log': '' });
        const { log, db, quiet } = placesIn(folder);
        const parts = odd.flatMap((index, place) => [
          ODD[index] as Buffer,
          Buffer.from(`${eventLines(1, place)[0]}\r\n`),
        ]);
        const whole = Buffer.concat(parts);
        const rig = await follow(db, [folder]);
        for (let at = 0; at < whole.length; at += cut * 7) {
          appendFileSync(log, whole.subarray(at, at + cut * 7));
          rig.look();
        }
        rig.stop();
        const bytes = readFileSync(log);
        for (const { offset, text } of rows(db, 'SELECT offset, text FROM events'))
          expect(bytes.toString('utf8', Number(offset))).toContain(String(text));
        expect(contents(db)).toEqual(await quietRead(quiet, folder));
        expect(contents(db).events).toHaveLength(odd.length);
      },
    ),
    { numRuns: 25 },
  );
});

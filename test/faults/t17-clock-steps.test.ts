import { expect, test } from 'vitest';
import { contents, follow, placesIn, quietRead } from '../follow-rig.ts';
import { logOf, uuid } from '../sample-log.ts';
import { rows, scratch } from '../scratch.ts';
import { append } from './writer.ts';

const moved = logOf([
  {
    instance: uuid(1),
    request: 'req-1',
    from: 100,
    lasts: 120,
    progress: [
      [1, 0, 400],
      [31, 100, 300],
      [61, 200, 200],
      [91, 300, 100],
    ],
  },
])
  .trimEnd()
  .split('\n');

test('a clock that is set back by 90 s in a migration: times stay as printed, the counters tell how long it took', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': '' });
  const { log, db, quiet } = placesIn(folder);
  const rig = await follow(db, [folder]);
  const lines = moved.map((text, index) => (index < 3 ? text : setBack(text)));
  for (const each of lines) {
    append(log, [each]);
    rig.look();
  }
  rig.stop();
  expect(rows(db, 'SELECT text FROM events ORDER BY offset').map(({ text }) => text)).toEqual(lines);
  expect(rows(db, 'SELECT duration_s, outcome FROM migrations')).toEqual([{ duration_s: 91, outcome: 'completed' }]);
  expect(contents(db)).toEqual(await quietRead(quiet, folder));
});

function setBack(text: string): string {
  const at = Date.parse(`${text.slice(0, 23).replace(' ', 'T')}Z`) - 90_000;
  return new Date(at).toISOString().replace('T', ' ').replace('Z', '') + text.slice(23);
}

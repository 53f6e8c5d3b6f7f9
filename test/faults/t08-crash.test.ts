import { appendFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { contents, follow, placesIn, quietRead, texts } from '../follow-rig.ts';
import { novatrail, scratch } from '../scratch.ts';
import { startTail } from './running-tail.ts';
import { append, eventLines } from './writer.ts';

/** More with NOVATRAIL_KILLS. */
const KILLS = Number(process.env.NOVATRAIL_KILLS ?? 12);

test('killed at random while a log is written and rotated, it ends as one quiet read', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': '' });
  const { log, db, quiet } = placesIn(folder);
  const lines = eventLines(KILLS * 300);
  const text = lines.map((each) => `${each}\n`).join('');
  const random = seeded(20_190_520);
  let written = 0;
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const { child, printed, ended } = startTail(folder, ['.', '--db', 'tail.db', '--poll', '0.5', '--quiet']);
    const end = Buffer.byteLength(
      lines
        .slice(0, kill * 300)
        .map((each) => `${each}\n`)
        .join(''),
    );
    // Written in pieces that end anywhere, while it starts, reads and is killed.
    for (; written < end; written = Math.min(end, written + 7001)) {
      appendFileSync(log, text.slice(written, Math.min(end, written + 7001)));
      await breath(random() * 60);
    }
    if (kill % 4 === 0) {
      renameSync(log, `${log}.${KILLS - kill + 1}`);
      writeFileSync(log, '');
    }
    child.kill('SIGKILL');
    expect(await ended, printed.err).toBe(null);
  }
  const last = await follow(db, [folder]);
  last.look();
  last.pass(70);
  last.stop();
  expect(contents(db)).toEqual(await quietRead(quiet, folder));
  expect(texts(db)).toEqual(lines);
});

test.each([
  ['empty', 0],
  ['cut off', 3000],
])('a store that is %s is refused, or made anew; never taken for a good one', async (_, size) => {
  const folder = scratch({ 'compute-0/nova-compute.log': `${eventLines(50).join('\n')}\n` });
  const { log, db } = placesIn(folder);
  const rig = await follow(db, [folder]);
  rig.look();
  rig.stop();
  truncateSync(db, size);
  append(log, eventLines(1, 90));
  if (size === 0) {
    const again = await follow(db, [folder]);
    again.look();
    expect(texts(db)).toHaveLength(51);
  } else {
    const { code, stderr } = novatrail(folder, ['tail', '.', '--db', 'tail.db']);
    expect(code).toBe(3);
    expect(stderr).toMatch(/tail\.db: is damaged or is no SQLite database/);
  }
});

/** Lets the other process run: the delay is the fault. */
function breath(ms: number): Promise<void> {
  return new Promise((over) => setTimeout(over, ms));
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
}

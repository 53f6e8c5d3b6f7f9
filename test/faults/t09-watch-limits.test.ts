import { expect, test } from 'vitest';
import { placesIn, texts } from '../follow-rig.ts';
import { scratch } from '../scratch.ts';
import { startTail, until, untilStored } from './running-tail.ts';
import { append, eventLines } from './writer.ts';

test.each(['ENOSPC', 'EMFILE'])('no watch is to be had (%s): one warning, and polling loses nothing', async (code) => {
  const folder = scratch({ 'compute-0/nova-compute.log': '', 'compute-1/nova-compute.log': '' });
  const { log, db } = placesIn(folder);
  const first = `
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    fs.watch = () => { throw Object.assign(new Error('${code}: no watch left'), { code: '${code}' }); };
    syncBuiltinESMExports();`;
  const tail = startTail(folder, ['.', '--db', 'tail.db', '--poll', '0.2'], { first });
  await until(() => tail.printed.err.includes('following'), 'the start');
  append(log, eventLines(5));
  await untilStored(db, 5);
  append(log.replace('compute-0', 'compute-1'), eventLines(5, 5));
  await untilStored(db, 10);
  tail.child.kill('SIGTERM');
  expect(await tail.ended).toBe(0);
  expect(texts(db)).toEqual(eventLines(10));
  expect(tail.printed.err.match(/watching fails/g)).toHaveLength(1);
  expect(tail.printed.err).toContain(code);
});

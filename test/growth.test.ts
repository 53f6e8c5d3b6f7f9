import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openStore } from '../src/store/open.ts';
import { folderWith, logPath, readInto } from './running.ts';

const PLAIN = readFileSync(logPath('genuine/nova_33.0.0.log'));
const END = PLAIN.indexOf('\n', PLAIN.indexOf('Live Migration failure') + 5000);
const LOGS: Record<string, Buffer> = {
  'tracebacks and messages of several lines': PLAIN.subarray(0, END + 1),
  'the rest of a message that rotation cut, before the first header': Buffer.concat([
    Buffer.from(
      'Migration operation has aborted\nLive migration not completed after 180 sec\nMigration operation was cancelled\n',
    ),
    PLAIN.subarray(0, 3000),
  ]),
  'no line end at the end': PLAIN.subarray(0, END - 20),
  CRLF: Buffer.from(PLAIN.subarray(0, 20_000).toString().replaceAll('\n', '\r\n')),
  'CRI in parts': Buffer.from(PLAIN.subarray(0, 20_000).toString().split('\n').map(inParts).join('')),
  'a merger': readFileSync(logPath('real/05-juno-oslogmerger-merged.log')),
  'the night the clocks go back': nightOf(readFileSync(logPath('genuine/zed_pre48_req_toronto_dst.log'), 'utf8')),
};

describe('a log that grows by any number of bytes is stored as one that was read at once', () => {
  test.each(Object.entries(LOGS))('%s', async (_, bytes) => {
    const quiet = await stored(bytes, []);
    expect(quiet.events.length).toBeGreaterThan(5);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 12 }), async (cuts) => {
        expect(await stored(bytes, cuts)).toEqual(quiet);
      }),
      { numRuns: 8 },
    );
  });
});

async function stored(bytes: Buffer, cuts: readonly number[]) {
  const folder = folderWith({ 'c0/nova-compute.log': '' });
  const path = join(folder, 'c0/nova-compute.log');
  const store = openStore(null);
  let from = 0;
  for (const to of [...new Set(cuts)].sort((a, b) => a - b).concat(bytes.length)) {
    appendFileSync(path, bytes.subarray(from, to));
    from = to;
    await readInto(store, [path], 'America/Toronto');
  }
  const sources =
    'SELECT host, checkpoint, checkpoint_line, bytes, lines, first_at_ms, last_at_ms, overlong FROM sources';
  const facts = {
    sources: store.prepare(sources).all(),
    events: store.prepare('SELECT * FROM events ORDER BY offset').all(),
    unmatched: store.prepare('SELECT * FROM unmatched ORDER BY offset').all(),
  };
  store.close();
  return facts;
}

function inParts(line: string): string {
  const at = '2024-05-01T09:00:00.000000000Z';
  return `${at} stdout P ${line.slice(0, 40)}\n${at} stderr F other\n${at} stdout F ${line.slice(40)}\n`;
}

/** The lines around the hour that comes twice, few enough to be read many times. */
function nightOf(text: string): Buffer {
  const lines = text.split(/(?<=\n)/);
  const night = lines.filter((line) => /^2023-11-05 0[0-3]/.test(line) && /INFO|WARNING|ERROR/.test(line));
  return Buffer.from(night.join(''));
}

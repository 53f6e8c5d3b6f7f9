import { expect, test } from 'vitest';
import { at, covered, judgeLogs, nova, running } from './log-text.ts';

const [FIRST, SECOND] = ['req-aaaaaaaa-0000-4000-8000-000000000001', 'req-bbbbbbbb-0000-4000-8000-000000000002'];
const later = (text: string, seconds: number) =>
  text.replace(/^(\d\d):(\d\d):(\d\d\.?\d*)/gm, (_stamp, h, m, s) =>
    at((Number(h) - 10) * 3600 + Number(m) * 60 + Number(s) + seconds),
  );
const begun = (request: string, seconds = 0, more = '') => nova(`${later(running(60), seconds)}\n${more}`, { request });
const completed = (seconds: number) => `${at(seconds)} INFO driver: Migration operation has completed`;

/** The verdicts on the migrations of the instance, in order of their start. */
async function verdicts(logs: Record<string, string>) {
  const { migrations } = await judgeLogs({ logs });
  return migrations.map(({ verdicts: all }) => all.find(({ rule }) => rule === 'migration-overlap'));
}

test.each<[string, readonly ('pass' | 'fail' | 'inconclusive')[], Record<string, string>]>([
  ['one', ['pass'], { a: covered(begun(FIRST, 0, completed(70))) }],
  [
    'one in a log of warnings, where another may not stand',
    ['inconclusive'],
    {
      a: covered(
        nova(
          `${at(180)} WARNING migration: Live migration not completed after 180 sec
          ${at(181)} ERROR driver: Migration operation has aborted`,
          { request: FIRST },
        ),
      ).replaceAll(' INFO ', ' WARNING '),
    },
  ],
  [
    'one after the other',
    ['pass', 'pass'],
    { a: covered(begun(FIRST, 0, completed(70)) + begun(SECOND, 120, completed(190))) },
  ],
  [
    'again after a rollback',
    ['pass', 'pass'],
    {
      a: covered(
        begun(FIRST, 0, `${at(70)} ERROR driver: Migration operation has aborted`) + begun(SECOND, 120, completed(190)),
      ),
    },
  ],
  [
    'a second start without an end of the first',
    ['pass', 'fail'],
    { a: covered(begun(FIRST) + begun(SECOND, 120, completed(190))) },
  ],
  [
    'the third has an end of the second before it',
    ['pass', 'fail', 'pass'],
    { a: covered(begun(FIRST) + begun(SECOND, 120, completed(190)) + begun(FIRST, 300, completed(370))) },
  ],
  ['request ids are missing', ['pass', 'inconclusive'], { a: covered(begun('-') + begun('-', 120, completed(190))) }],
  ['the same request', ['pass', 'inconclusive'], { a: covered(begun(FIRST) + begun(FIRST, 120, completed(190))) }],
  [
    'a rotated file between them is not there',
    ['pass', 'inconclusive'],
    { 'a/nova-compute.log.3': begun(FIRST), 'a/nova-compute.log.1': begun(SECOND, 120, completed(190)) },
  ],
  [
    "another host's clock may differ",
    ['pass', 'inconclusive'],
    { a: covered(begun(FIRST)), b: covered(begun(SECOND, 120, completed(190))) },
  ],
])('%s', async (_what, statuses, logs) => {
  const found = await verdicts(logs);
  expect(found.map((verdict) => verdict?.status)).toEqual(statuses);
});

test('lines without time: inconclusive', async () => {
  const text =
    'INFO nova.virt.libvirt.driver [-] [instance: 07b5842b-6324-4de0-973e-6d0ff18ef574] Migration operation has completed\n';
  expect(await verdicts({ a: text })).toMatchObject([{ status: 'inconclusive' }]);
});

test('shows the last line of the first and the first line of the second', async () => {
  const [, verdict] = await verdicts({ a: covered(begun(FIRST) + begun(SECOND, 120, completed(190))) });
  expect(verdict).toMatchObject({ severity: 'warning', message: expect.stringContaining(`(${FIRST} and ${SECOND})`) });
  expect(verdict?.evidence.map(({ text }) => text.slice(11, 19))).toEqual(['10:01:00', '10:02:00']);
});

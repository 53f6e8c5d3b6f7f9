import { join } from 'node:path';
import { expect, test } from 'vitest';
import { line, logOf, uuid } from '../sample-log.ts';
import { called, scratch } from '../scratch.ts';

const ALWAYS = 'type at host source line offset level logger pid request_id instance';
const odd = line(200, `[req-9 u p - default default] [instance: ${uuid(9)}] Live migration is odd`);
const everyTurn = line(
  201,
  `[req-9 u p - default default] [instance: ${uuid(9)}] Current 50 elapsed 4 steps [(0, 50), (12, 95)]`,
  {
    level: 'DEBUG',
    logger: 'nova.virt.libvirt.migration',
  },
);
const log = `${logOf([{ instance: uuid(1), request: 'req-1', from: 60, lasts: 30, steps: [[0, 50]] }])}${odd}\n${everyTurn}\n`;

const GRAMMAR = `
// > Increasing downtime to 50 ms after 0 sec elapsed time
// = {"ms":50}
Mine
  = "Increasing downtime to " ms:Integer " ms after " Integer " sec elapsed time" End
    { return { type: 'my-step', fields: { ms } }; }
`;

test('every event has the fields that scripts rely on, and offsets that lead to its line', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': log });
  const { code, stdout } = await called(folder, ['parse', 'compute-0/nova-compute.log']);
  expect(code).toBe(0);
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((row) => JSON.parse(row));
  expect(events.map(({ type }) => type)).toEqual([
    'monitor-started',
    'downtime-step',
    'completed',
    'finished',
    'monitor-done',
  ]);
  for (const event of events) expect(Object.keys(event).slice(0, 11).join(' ')).toBe(ALWAYS);
  const [, step] = events;
  expect(step).toEqual({
    type: 'downtime-step',
    at: '2018-07-02T14:01:00.000Z',
    host: 'compute-0',
    source: 'compute-0/nova-compute.log',
    line: 2,
    offset: Buffer.byteLength(log.split('\n')[0] ?? '') + 1,
    level: 'INFO',
    logger: 'nova.virt.libvirt.migration',
    pid: 2369,
    request_id: 'req-1',
    instance: uuid(1),
    downtime_ms: 50,
    elapsed_s: 0,
  });
});

test('--tz, --host, --since and --until', async () => {
  const folder = scratch({ 'nova-compute.log': log });
  const first = async (...args: string[]) =>
    JSON.parse((await called(folder, ['parse', 'nova-compute.log', ...args])).stdout.split('\n')[0] ?? '');
  expect((await first('--tz', 'America/Toronto')).at).toBe('2018-07-02T18:01:00.000Z');
  expect((await first('--host', 'c7=nova-compute.log')).host).toBe('c7');
  expect((await first('--since', '2018-07-02T14:01:31Z')).type).toBe('finished');
  expect(await called(folder, ['parse', '.', '--until', '2018-07-02T14:00:00Z'])).toMatchObject({
    code: 0,
    stdout: '',
  });
});

test('--unmatched prints what no grammar took, and nothing else', async () => {
  const { stdout } = await called(scratch({ 'a.log': log }), ['parse', '--unmatched', 'a.log']);
  expect(JSON.parse(stdout)).toMatchObject({
    type: 'unmatched',
    line: 6,
    instance: uuid(9),
    message: 'Live migration is odd',
  });
});

test('--all adds what nova repeats on every turn', async () => {
  const folder = scratch({ 'a.log': log });
  const types = async (...args: string[]) =>
    (await called(folder, ['parse', 'a.log', ...args])).stdout.trimEnd().split('\n').length;
  expect(await types('--all')).toBe((await types()) + 1);
});

test('--explain shows how far grammars got with each line', async () => {
  const { code, stdout } = await called(scratch({ 'a.log': log }), ['parse', '--explain', 'a.log']);
  expect(code).toBe(0);
  expect(stdout).toContain('  message: downtime-step {"downtime_ms":50,"elapsed_s":0}\n');
  expect(stdout).toMatch(
    /a\.log:6: .*\n {2}header: INFO nova\.virt.*\n {2}message: no rule takes "Live migration is odd"\n {4}\w+ got to column \d+: expected /,
  );
  expect(stdout.match(/^a\.log:/gm)).toHaveLength(log.trimEnd().split('\n').length);
});

test("a grammar of the user's own is tried before the built-in ones, also by --explain", async () => {
  const folder = scratch({ 'a.log': log, 'mine.peggy': GRAMMAR });
  const parsed = await called(folder, ['parse', 'a.log', '--grammar', 'mine.peggy']);
  expect(parsed.stderr).toBe('');
  expect(JSON.parse(parsed.stdout.split('\n')[1] ?? '')).toMatchObject({ type: 'my-step', ms: 50, line: 2 });
  const explained = await called(folder, ['parse', 'a.log', '--grammar', 'mine.peggy', '--explain']);
  expect(explained.stdout).toContain('  message: my-step {"ms":50}\n');
});

test('--check-grammar checks every rule against its samples', async () => {
  const folder = scratch({ 'mine.peggy': GRAMMAR, 'wrong.peggy': GRAMMAR.replace('"ms":50', '"ms":51') });
  expect(await called(folder, ['parse', '--check-grammar', 'mine.peggy'])).toMatchObject({
    code: 0,
    stdout: 'mine.peggy: 1 rules, 1 samples, each taken by its rule alone\n',
  });
  const wrong = await called(folder, ['parse', '--check-grammar', 'wrong.peggy']);
  expect(wrong).toMatchObject({ code: 2, stdout: '' });
  expect(wrong.stderr).toMatch(/^wrong\.peggy:3:1: the rule Mine returns other fields than its sample says/);
  expect(await called(folder, ['parse', '--check-grammar', 'none.peggy'])).toMatchObject({ code: 3 });
  for (const name of ['nova-compute', 'qemu-throttle', 'lexical']) {
    const builtIn = join(import.meta.dirname, `../../parsers/${name}.peggy`);
    expect(await called(folder, ['parse', '--check-grammar', builtIn])).toMatchObject({ code: 0, stderr: '' });
  }
});

test('a folder is searched for logs, also rotated ones, the oldest first', async () => {
  const folder = scratch({
    'compute-0/nova-compute.log': log,
    'compute-0/nova-compute.log.1': log,
    'compute-0/other.log': log,
  });
  const { stdout } = await called(folder, ['parse', '.']);
  const sources = new Set(
    stdout
      .trimEnd()
      .split('\n')
      .map((row) => JSON.parse(row).source),
  );
  expect([...sources]).toEqual(['nova-compute.log.1', 'nova-compute.log'].map((name) => join('compute-0', name)));
});

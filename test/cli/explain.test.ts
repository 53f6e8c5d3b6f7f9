import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { line, logOf, uuid } from '../sample-log.ts';
import { called, ROOT, scratch } from '../scratch.ts';

const SCENARIO = 'sample-logs/stx-downtime-over-limit';
const told = (from: number, more = {}) => ({ instance: uuid(1), request: `req-${from}`, from, lasts: 30, ...more });
const log = logOf([
  told(60, { steps: [[0, 50]] }),
  { ...told(300), instance: uuid(2), steps: [[0, 50]] },
  told(900, { steps: [[0, 900]], timeout: { seconds: 20, lines: 8 } }),
]);

function withLogs(text = log): string {
  return scratch({ 'compute-0/nova-compute.log': text });
}

test('a migration of a folder of logs is explained by the campaign in it', async () => {
  const ran = await called(ROOT, ['explain', '05c193c9', SCENARIO]);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  const words = ran.stdout.replace(/\s+/g, ' ');
  expect(words).toContain('began to move from compute-2 to compute-0 at 2018-07-02 14:17:35 UTC [1].');
  expect(words).toContain('The allowed downtime was raised from 250 to 700 ms in 2 steps [2] [3].');
  expect(words).toContain('It completed after 33.3 s [5].');
  expect(words).toContain('maximum downtime: 500 ms (nova.conf, declared)');
  expect(words).toContain('FAIL downtime-over-limit (error): 700 ms was allowed, the limit is 500 ms (nova.conf) [3]');
  expect(words).toContain(`[3] ${SCENARIO}/compute-2/nova-compute.log:38 2018-07-02 14:17:59.493`);
  expect(ran.stdout).toMatch(/^ +700 ms \| {44,}#+$/m);
});

test.each([uuid(2), '00000002', '00000002-20180702T140500', 'REQ-300', '00000002-2018', 'vm-b'])(
  'a migration is found by %s',
  async (id) => {
    const campaign = `novatrail: 1\ninstances: { vm-b: { id: ${uuid(2)} } }\n`;
    const folder = scratch({ 'compute-0/nova-compute.log': log, 'campaign.yaml': campaign });
    const { code, stdout } = await called(folder, ['explain', id, '.']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^00000002-20180702T140500 {2}compute-0 -> compute-1\n/);
  },
);

test('all migrations of an instance are told, many are listed', async () => {
  const { stdout } = await called(withLogs(), ['explain', uuid(1), '.']);
  expect(stdout.match(/^WHAT HAPPENED$/gm)).toHaveLength(2);
  const many = logOf([0, 1, 2, 3, 4, 5].map((turn) => told(60 + turn * 600, { steps: [[0, 50]] })));
  const listed = await called(withLogs(many), ['explain', uuid(1), '.']);
  expect(listed.stdout).toMatch(
    /^6 migrations; explain one of them:\n {2}00000001-20180702T140100 {2}compute-0 -> compute-1 {2}completed\n/,
  );
  const json = JSON.parse((await called(withLogs(many), ['explain', uuid(1), '.', '--format', 'json'])).stdout);
  expect(json.migrations).toHaveLength(6);
});

test.each([
  [
    '0000000',
    /0000000 is the beginning of several instances; write more of it:\n {2}00000001-20180702T140100 {2}0{7}1-/,
  ],
  ['00000008', /no live migration of 00000008 was found; did you mean\n {2}00000001-/],
  ['nothing\x1b[31m', /no live migration of nothing was found; there is\n {2}00000001-.*\n {2}00000002-/],
])('an id that means none or several is wrong use, and the candidates are told: %j', async (id, says) => {
  const ran = await called(withLogs(), ['explain', id, '.']);
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toMatch(says);
});

test('a store is explained by what was declared when it was filled, or by what is declared now', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': log });
  const id = '00000001-20180702T141500';
  const declared = ['--profile', 'upstream', '--set', 'downtime=500'];
  await called(folder, ['ingest', 'compute-0', ...declared, '--quiet']);
  const explained = async (...args: string[]) => (await called(folder, ['explain', id, ...args])).stdout;
  expect(await explained()).toMatch(/FAIL downtime-over-limit[\s\S]*LINES/);
  expect(await explained()).toContain('maximum downtime: 500 ms (nova.conf, declared)');
  expect(await explained('--set', 'downtime=900')).not.toContain('FAIL downtime-over-limit');
  expect(await explained(...declared)).toBe(await explained());
  for (const wrong of [
    ['.', '--db', 'novatrail.db'],
    ['--samples', 'compute-0'],
  ])
    expect(await called(folder, ['explain', id, ...wrong])).toMatchObject({ code: 2, stdout: '' });
});

test('without a store it says how to make one', async () => {
  const ran = await called(scratch(), ['explain', uuid(1)]);
  expect(ran).toMatchObject({ code: 3, stdout: '' });
  expect(ran.stderr).toContain('novatrail.db: there is no such store; make one with: novatrail ingest');
});

test('samples that the campaign names tell more than the log alone', async () => {
  const MIB = 1048576;
  const reply = (second: number) => {
    const ram = { total: 4096 * MIB, transferred: 100 * second * MIB, remaining: (600 - ((100 * second) % 510)) * MIB };
    const ts = new Date(Date.UTC(2018, 6, 2, 14, 15, second)).toISOString();
    return JSON.stringify({ ts, reply: { return: { status: 'active', ram } } });
  };
  const rows = Array.from({ length: 18 }, (_, second) => `${reply(second + 1)}\n`).join('');
  const instances = { vm: { id: uuid(1) } };
  const campaign = { novatrail: 1, instances, samples: [{ path: 'vm.jsonl', instance: 'vm' }] };
  const answer = async (declared: object) => {
    const files = { 'compute-0/nova-compute.log': log, 'vm.jsonl': rows, 'campaign.yaml': JSON.stringify(declared) };
    const ran = await called(scratch(files), ['explain', '00000001-20180702T141500', '.', '--format', 'json']);
    return JSON.parse(ran.stdout).migrations[0].what_if.downtime_ms;
  };
  expect(await answer({ novatrail: 1, instances })).toMatchObject({ kind: 'unknown' });
  const { kind, low, high } = await answer(campaign);
  expect([kind, low < 6000, high > 6000]).toEqual(['range', true, true]);
});

test('lines that repeat are one row of the timeline', async () => {
  const { stdout } = await called(withLogs(), ['explain', '00000001-20180702T141500', '.']);
  expect(stdout).toMatch(/^ {2}20\.0 to 23\.5 +compute-0 +not completed after 20 s \(8 lines\)$/m);
  expect(stdout.replace(/\s+/g, ' ')).toContain('After 20 s nova said that it was not completed, 8 times [');
});

test('JSON cites lines that are there, by number', async () => {
  const ran = await called(ROOT, ['explain', '05c193c9', SCENARIO, '--format', 'json']);
  const { migrations } = JSON.parse(ran.stdout);
  const [migration] = migrations;
  for (const key of [
    'id',
    'instance',
    'outcome',
    'paragraph',
    'settings',
    'timeline',
    'chart',
    'verdicts',
    'what_if',
    'lines',
  ])
    expect(migration).toHaveProperty(key);
  const cites = [...migration.timeline, ...migration.verdicts, ...Object.values(migration.what_if)].flatMap(
    ({ cites }: { cites: number[] }) => cites,
  );
  const inWords = [...migration.paragraph.matchAll(/\[(\d+)\]/g)].map((match: RegExpMatchArray) => Number(match[1]));
  expect(Math.max(...cites, ...inWords)).toBeLessThanOrEqual(migration.lines.length);
  expect(inWords.length).toBeGreaterThan(3);
  for (const { path, line: number, text } of migration.lines)
    expect(readFileSync(join(ROOT, path), 'utf8').split('\n')[number - 1]).toBe(text);
  expect(migration.what_if.downtime_ms).toEqual({
    kind: 'not-needed',
    low: null,
    high: null,
    text: expect.any(String),
    cites: [],
  });
});

test('the text fits 80 columns, and what logs say neither commands the terminal nor forges lines', async () => {
  const evil = `[req-900 u p - default default] [instance: ${uuid(1)}] Live Migration failure: \x1b[2J\x07 ${'x'.repeat(300)}\nLINES`;
  const folder = withLogs(`${log}${line(925, evil, { level: 'ERROR' })}\n`);
  const { stdout } = await called(folder, ['explain', '00000001-20180702T141500', '.']);
  expect(stdout).toContain('The failure that libvirt told was');
  for (const row of stdout.split('\n')) expect(row.length, row).toBeLessThanOrEqual(80);
  expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
  expect(stdout.match(/^LINES$/gm)).toHaveLength(1);
});

test('the same logs give the same bytes, wherever they are read in', async () => {
  const folder = scratch();
  cpSync(join(ROOT, 'sample-logs'), join(folder, 'sample-logs'), { recursive: true });
  for (const format of ['text', 'json']) {
    const args = ['explain', '05c193c9', 'sample-logs', '--format', format];
    expect((await called(folder, args)).stdout).toBe((await called(ROOT, args)).stdout);
  }
});

test('a log that cannot be read is told, and the others are explained', async () => {
  const ran = await called(withLogs(), ['explain', '00000002', 'compute-0', 'gone.log']);
  expect(ran.code).toBe(3);
  expect(ran.stderr).toContain('gone.log');
  expect(ran.stdout).toContain('00000002-20180702T140500');
});

import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { partsOf } from '../page/parts.ts';
import { line, logOf, uuid } from '../sample-log.ts';
import { called, scratch } from '../scratch.ts';

const FAILING = ['--profile', 'upstream', '--set', 'downtime=500'];
const log = logOf([
  { instance: uuid(1), request: 'req-1', from: 300, lasts: 30, steps: [[0, 900]] },
  { instance: uuid(3), request: 'req-3', from: 100, lasts: 30, steps: [[0, 50]] },
  { instance: uuid(2), request: 'req-2', from: 300, lasts: 30, steps: [[0, 50]] },
]);
const EVIL = '<script>alert(1)</script> & "q" \x1b[2J\x1b]0;title\x07 \u009b2J';
const evil = `${line(400, `[req-9 u p - default default] [instance: ${uuid(9)}] Live migration is odd: ${EVIL}`)}\n`;

test('the exit code tells of failing verdicts, from the severity that --fail-on names', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': log, 'compute-1/nova-compute.log': evil });
  const code = async (...args: string[]) => (await called(folder, ['audit', ...args])).code;
  expect(await code('compute-0', ...FAILING)).toBe(1);
  expect(await code('compute-0', ...FAILING, '--fail-on', 'never')).toBe(0);
  expect(await code('compute-0', '--set', 'downtime=900')).toBe(0);
  // An unrecognised record is a note.
  expect(await code('compute-1', '--fail-on', 'warning')).toBe(0);
});

test('JSON has the keys that scripts rely on', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': log });
  const report = JSON.parse((await called(folder, ['audit', '.', '--format', 'json', ...FAILING])).stdout);
  const keys = (value: object) => Object.keys(value).join(' ');
  expect(keys(report)).toBe(
    'novatrail generated_at campaign profile summary sources migrations tests uncovered findings',
  );
  expect(keys(report.summary)).toBe('migrations pass fail inconclusive not_applicable');
  expect(keys(report.sources[0])).toBe('path host bytes lines events unmatched first_at last_at');
  expect(report.sources[0]).toMatchObject({
    path: 'compute-0/nova-compute.log',
    host: 'compute-0',
    bytes: Buffer.byteLength(log),
    lines: log.trimEnd().split('\n').length,
    first_at: '2018-07-02T14:01:40.000Z',
    last_at: '2018-07-02T14:05:31.000Z',
  });
  const [migration] = report.migrations;
  for (const key of [
    ...['id', 'instance', 'source_host', 'destination_host', 'request_id', 'test', 'started_at', 'ended_at'],
    ...['duration_s', 'outcome', 'settings', 'observed', 'verdicts'],
  ])
    expect(migration).toHaveProperty(key);
  expect(keys(migration.settings)).toBe('timeout_s max_downtime_ms auto_converge tunnel post_copy');
  for (const setting of Object.values(migration.settings) as object[])
    for (const key of ['value', 'origin', 'candidates', 'why']) expect(setting).toHaveProperty(key);
  expect(keys(migration.observed)).toBe(
    'max_step_ms last_step_s throughput_bytes_s dirty_ratio pause_ms throttle_percent',
  );
  expect(keys(migration.verdicts[0])).toBe('rule status severity message evidence');
  const failing = report.migrations.flatMap(({ verdicts }: { verdicts: { status: string; evidence: object[] }[] }) =>
    verdicts.filter(({ status }) => status === 'fail'),
  );
  expect(failing.length).toBe(report.summary.fail);
  expect(failing.length).toBeGreaterThan(0);
  for (const { evidence } of failing) {
    expect(keys(evidence[0])).toBe('path line offset text');
    expect(log.split('\n')[evidence[0].line - 1]).toBe(evidence[0].text);
  }
});

test('migrations are in the order of start and instance, and the same input gives the same bytes', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': log });
  const args = ['audit', '.', '--format', 'json', '--at', '2024-05-01T09:00:00Z'];
  const { stdout } = await called(folder, args);
  expect((await called(folder, args)).stdout).toBe(stdout);
  const report = JSON.parse(stdout);
  expect(report.generated_at).toBe('2024-05-01T09:00:00.000Z');
  expect(report.migrations.map(({ instance }: { instance: string }) => instance)).toEqual([uuid(3), uuid(1), uuid(2)]);
  expect((await called(folder, [...args, '--db', 'kept.db'])).stdout).toBe(stdout);
  expect((await called(folder, [...args, '--db', 'kept.db'])).stdout).toBe(stdout);
});

test('--since and --until keep what they touch, and say what they cut', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': log });
  const ids = async (...args: string[]) =>
    JSON.parse((await called(folder, ['audit', '.', '--format', 'json', ...args])).stdout).migrations.map(
      ({ instance, cut }: { instance: string; cut: string | null }) => [instance, cut],
    );
  expect(await ids('--since', '2018-07-02T14:04:00Z')).toEqual([
    [uuid(1), null],
    [uuid(2), null],
  ]);
  expect(await ids('--until', '2018-07-02T16:02:00+02:00')).toEqual([[uuid(3), 'ends after the window; judged whole']]);
});

test('the text report fits 80 columns, and bytes of a log do not command the terminal', async () => {
  const wide = evil.replace('odd', `odd ${'x'.repeat(300)} \u{1F600} `);
  const folder = scratch({
    'compute-0/nova-compute.log': log + wide,
    'c.yaml': `novatrail: 1\ncampaign: "${'long '.repeat(30)}\\e[31m"\n`,
  });
  const { stdout } = await called(folder, ['audit', 'compute-0', '--campaign', 'c.yaml', ...FAILING]);
  expect(stdout).toContain('FAILED');
  expect(stdout).toContain('title');
  for (const row of stdout.split('\n')) expect(row.length, row).toBeLessThanOrEqual(80);
  expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
});

test.each([
  ['audit', '.', ...FAILING],
  ['parse', '.', '--explain'],
])('a line feed in a name forges no line: %j', async (...args) => {
  const forged = 'c\nNOTHING FAILED';
  const folder = scratch({
    [`${forged}/nova-compute.log`]: log,
    'campaign.yaml': 'novatrail: 1\ncampaign: "c\\nNOTHING FAILED"\n',
  });
  const { stdout } = await called(folder, args);
  expect(stdout).toContain('c\u00b7NOTHING FAILED');
  expect(stdout).not.toContain('\nNOTHING FAILED');
});

test.each([
  ['parse', '.', '--unmatched'],
  ['parse', '.', '--explain'],
  ['audit', '.', '--format', 'json'],
  ['audit', '.\x1b[31m'],
])('control bytes of a log are escaped: %j', async (...args) => {
  const folder = scratch({ 'compute-0/nova-compute.log': evil });
  const { stdout, stderr } = await called(folder, args);
  expect(stdout + stderr).toMatch(/odd|no such file/);
  expect(stdout + stderr).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
});

test('the page is self-contained and escapes what logs say', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': log + evil, '<b>/nova-compute.log': evil });
  const { stdout } = await called(folder, ['audit', '.', '--format', 'html', ...FAILING]);
  expect(stdout).toMatch(/^<!doctype html>/);
  const { markup, front, rows, details } = partsOf(stdout);
  expect(markup).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;q&quot;');
  expect(markup).not.toMatch(/<b>\/|<link|<img|<iframe|@import|url\(|\bsrc=|https?:/i);
  expect(stdout).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
  for (const [, id] of markup.matchAll(/href="#(?!\/)([^"]*)"/g)) expect(stdout).toContain(`id="${id}"`);
  expect(front.summary.migrations).toBe(rows.length);
  expect(details.map(({ id }) => id).sort()).toEqual(rows.map(({ id }) => id).sort());
});

test('the policy of the page allows its own script and style, and nothing else', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': log });
  const { stdout } = await called(folder, ['audit', '.', '--format', 'html', ...FAILING]);
  const { policy, scripts, style } = partsOf(stdout);
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  expect(scripts).toHaveLength(1);
  expect(policy).toBe(
    `default-src 'none'; script-src ${hash(scripts[0] ?? '')}; style-src ${hash(style)}; base-uri 'none'; form-action 'none'`,
  );
});

test('reports in files hold what stdout would, and only their owner may read them', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': log });
  const args = ['audit', '.', ...FAILING];
  const formats = ['json', 'junit', 'html', 'markdown'];
  const all = await called(folder, [...args, ...formats.flatMap((format) => [`--${format}`, `r.${format}`])]);
  expect(all.stdout).toBe((await called(folder, args)).stdout);
  for (const format of formats) {
    const path = join(folder, `r.${format}`);
    expect(readFileSync(path, 'utf8')).toBe((await called(folder, [...args, '--format', format])).stdout);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  }
});

test('in a pipe the report is plain, and there is no progress bar', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': log });
  const ran = await called(folder, ['audit', '.', '--quiet']);
  expect(ran.stderr).toBe('');
  expect(ran.stdout).not.toContain('\x1b');
  expect(await called(folder, ['ingest', '.', '--quiet'])).toMatchObject({ code: 0, stdout: '', stderr: '' });
});

test('a campaign in the folder is used, and the logs that a campaign names are read', async () => {
  const campaign =
    'novatrail: 1\ncampaign: mine\nprofile: upstream\nlogs: ["compute-*/*.log"]\ndefaults: { downtime: 500 }\n';
  const folder = scratch({ 'compute-0/nova-compute.log': log, 'campaign.yaml': campaign });
  const named = await called(folder, ['audit', '--campaign', 'campaign.yaml', '--format', 'json']);
  const found = await called(folder, ['audit', '.', '--format', 'json']);
  expect(JSON.parse(found.stdout)).toMatchObject({ campaign: 'mine', profile: 'upstream' });
  expect(found).toMatchObject({ code: 1, stdout: named.stdout });
});

import { spawn } from 'node:child_process';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startTail, until, untilStored } from '../faults/running-tail.ts';
import { append, eventLines } from '../faults/writer.ts';
import { logOf, uuid } from '../sample-log.ts';
import { LAUNCHER, novatrail, scratch } from '../scratch.ts';

const CAMPAIGN = `novatrail: 1
profile: stx-2018
instances:
  vm:
    id: ${uuid(1)}
    flavor: { "hw:wrs:live_migration_timeout": "150", "hw:wrs:live_migration_max_downtime": "100" }
`;
const failing = logOf([{ instance: uuid(1), request: 'req-1', from: 60, lasts: 90, steps: [[0, 500]] }]);

test('verdicts on stdout as they come, once; SIGTERM ends it with 0 in two seconds', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': '', 'campaign.yaml': CAMPAIGN });
  const args = ['compute-0', '--db', 'a.db', '--campaign', 'campaign.yaml', '--format', 'json', '--log-format', 'json'];
  const first = startTail(folder, args);
  await until(() => first.printed.err.includes('following'), 'the start');
  append(join(folder, 'compute-0/nova-compute.log'), failing.trimEnd().split('\n'));
  await until(() => first.printed.out.includes('downtime-over-limit'), 'the verdict');
  const asked = performance.now();
  first.child.kill('SIGTERM');
  expect(await first.ended).toBe(0);
  expect(performance.now() - asked).toBeLessThan(2000);
  const told = first.printed.out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(told).toContainEqual(
    expect.objectContaining({ rule: 'downtime-over-limit', status: 'fail', instance: uuid(1) }),
  );
  expect(JSON.parse(first.printed.err.split('\n')[0] as string)).toMatchObject({ level: 30 });

  const again = startTail(folder, args);
  await until(() => again.printed.err.includes('following'), 'the restart');
  again.child.kill('SIGINT');
  expect(await again.ended).toBe(0);
  expect(again.printed.out).toBe('');
});

test('a second tail on the same store is refused, and may follow when the first was killed', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': '' });
  const first = startTail(folder, ['.', '--db', 'a.db']);
  await until(() => first.printed.err.includes('following'), 'the start');
  const second = novatrail(folder, ['tail', '.', '--db', 'a.db']);
  expect(second).toMatchObject({ code: 3, stdout: '' });
  expect(second.stderr).toBe(
    'novatrail: a.db: another novatrail tail writes to this store; stop it first, or give another --db\n',
  );
  first.child.kill('SIGKILL');
  await first.ended;
  append(join(folder, 'compute-0/nova-compute.log'), eventLines(2));
  const third = startTail(folder, ['.', '--db', 'a.db']);
  await untilStored(join(folder, 'a.db'), 2);
  third.child.kill('SIGTERM');
  expect(await third.ended).toBe(0);
});

test('metrics for a scrape and in a file, and what systemd wants to hear', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': `${eventLines(3).join('\n')}\n` });
  const notify = join(folder, 'systemd-notify');
  writeFileSync(notify, `#!/bin/sh\necho "$1" >> "${folder}/told"\n`);
  chmodSync(notify, 0o755);
  const env = { PATH: `${folder}:${process.env.PATH}`, NOTIFY_SOCKET: '/nowhere', WATCHDOG_USEC: '200000' };
  const tail = startTail(folder, ['.', '--db', 'a.db', '--metrics', '127.0.0.1:0', '--textfile', 'a.prom'], { env });
  await until(() => tail.printed.err.includes('following'), 'the start');
  const at = /metrics at (\S+)\/metrics/.exec(tail.printed.err)?.[1];
  expect(await (await fetch(`${at}/metrics`)).text()).toContain('novatrail_tail_lines_total 3');
  expect((await fetch(`${at}/readyz`)).status).toBe(200);
  await until(() => readFileSync(join(folder, 'told'), 'utf8').includes('WATCHDOG=1'), 'a sign of life');
  tail.child.kill('SIGTERM');
  expect(await tail.ended).toBe(0);
  expect(readFileSync(join(folder, 'a.prom'), 'utf8')).toContain('novatrail_parse_events_total{type="lifecycle"} 2');
  expect(statSync(join(folder, 'a.prom')).mode & 0o777).toBe(0o644);
  expect(readFileSync(join(folder, 'told'), 'utf8')).toMatch(/^READY=1\n/);
});

test('at a terminal it shows what goes on, and gives the cursor back when it is ended', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': '', 'campaign.yaml': CAMPAIGN });
  const command = [process.execPath, LAUNCHER, 'tail', 'compute-0', '--db', 'a.db', '--campaign', 'campaign.yaml'];
  const terminal = spawn('script', ['-qefc', `stty rows 24 cols 80; exec ${command.join(' ')}`, '/dev/null'], {
    cwd: folder,
    env: { ...process.env, TERM: 'xterm', NO_COLOR: '1', SHELL: '/bin/sh' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise((over) => terminal.once('exit', over));
  onTestFinished(() => {
    terminal.kill('SIGKILL');
  });
  let out = '';
  terminal.stdout.on('data', (data) => {
    out += data;
  });
  await until(() => out.includes('following'), 'the start');
  append(join(folder, 'compute-0/nova-compute.log'), failing.trimEnd().split('\n').slice(0, 2));
  await until(() => out.includes('1 migration running'), 'the view');
  expect(out).toContain('\x1b[?25l');
  expect(out).not.toMatch(/\x1b\[[0-9;]*m/);
  terminal.stdin.write('\x03');
  expect(await ended).toBe(0);
  expect(out.lastIndexOf('\x1b[?25h')).toBeGreaterThan(out.lastIndexOf('\x1b[?25l'));
  const [above = ''] = out.split('\x1b[?25l');
  expect(above).toContain('following; the store is a.db');
});

describe('wrong use', () => {
  test.each<[string[], RegExp]>([
    [['--metrics', '0.0.0.0:9477'], /--metrics 0\.0\.0\.0:9477: write HOST:PORT with a host of this machine/],
    [['--poll', '0'], /--poll 0: write seconds/],
    [['--keep-events', 'long'], /--keep-events long: write a duration as 90d/],
    [['--keep-migrations', '30d'], /give --keep-events too/],
  ])('%j', (flags, message) => {
    const { code, stderr } = novatrail(scratch(), ['tail', '.', '--db', 'a.db', ...flags]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});

test('--from end: of what is there only what comes later', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': `${eventLines(5).join('\n')}\n` });
  const tail = startTail(folder, ['.', '--db', 'a.db', '--from', 'end']);
  await until(() => tail.printed.err.includes('following'), 'the start');
  append(join(folder, 'compute-0/nova-compute.log'), eventLines(2, 10));
  await untilStored(join(folder, 'a.db'), 2);
  tail.child.kill('SIGTERM');
  expect(await tail.ended).toBe(0);
  const { stdout } = novatrail(folder, [
    'query',
    'SELECT line FROM events ORDER BY line',
    '--db',
    'a.db',
    '--format',
    'csv',
  ]);
  expect(stdout.trim().split(/\s+/)).toEqual(['line', '6', '7']);
});

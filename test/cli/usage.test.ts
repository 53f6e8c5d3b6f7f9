import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { logOf, uuid } from '../sample-log.ts';
import { called, novatrail, scratch } from '../scratch.ts';

const log = logOf([{ instance: uuid(1), request: 'req-1', from: 60, lasts: 30, steps: [[0, 50]] }]);
const COMMANDS = [
  'audit',
  'compare',
  'explain',
  'ingest',
  'init',
  'lint',
  'parse',
  'query',
  'rebuild',
  'rules',
  'serve',
  'tail',
];

const WRONG: readonly (readonly [args: string[], says: RegExp])[] = [
  [['--quiet'], /give a command\n {2}See: novatrail --help/],
  [['audti', 'a.log'], /unknown command audti\. Did you mean audit\?/],
  [['audit', '--nope', 'a.log'], /unknown argument --nope\n {2}See: novatrail audit --help/],
  [
    ['audit', '--format', 'yaml', 'a.log'],
    /--format "yaml": write one of "text", "json", "junit", "html", "markdown"\n {2}See: novatrail audit --help/,
  ],
  [['--', 'frobnicate'], /unknown command frobnicate; there is audit, /],
  [['audit', '--format', '-', 'a.log'], /--format "-": write one of "text", /],
  [['audit', '--json', '-', 'a.log'], /--json takes a file; to print the report so, write --format json/],
  [['audit'], /give logs or folders to audit, a --campaign that names them, or a --db that holds them/],
  [['parse'], /give logs or folders to parse, or - for stdin/],
  [['ingest'], /ingest needs logs or folders/],
  [['lint'], /lint needs campaign files/],
  [['tail'], /tail needs logs or folders to follow/],
  [['compare'], /compare needs what to compare/],
  [['explain'], /explain needs the id of a migration or an instance\n {2}See: novatrail explain --help/],
  [['frobnicate', 'a.log'], /unknown command frobnicate; there is audit, .*explain, /],
  [['audit', '--samples', '', 'a.log'], /--samples needs a value/],
  [
    ['audit', '--since', '2024-05-01T09:00:00Z', '--until', '2024-05-01T10:00:00+02:00', 'a.log'],
    /--since 2024-05-01T09:00:00Z is later than --until 2024-05-01T10:00:00\+02:00/,
  ],
  [['audit', '--tz', 'Mars/Olympus', 'a.log'], /Mars\/Olympus/],
  [['audit', '--since', 'yesterday', 'a.log'], /--since yesterday: write a time with its zone, as in 2024-/],
  [['parse', '--until', '2024-05-01T09:00:00', 'a.log'], /--until 2024-05-01T09:00:00: write a time with its zone/],
  [['audit', '--at', 'now', 'a.log'], /--at now: write a time with its zone/],
  [['audit', '--set', 'timeout', 'a.log'], /--set timeout: write KEY=VALUE, as in --set timeout=180/],
  [['audit', '--set', 'timeuot=1', 'a.log'], /--set timeuot: unknown key timeuot/],
  [['audit', '--set', 'timeout=soon', 'a.log'], /--set timeout: /],
  [['audit', '--host', 'compute-0', 'a.log'], /--host compute-0: write NAME=PATH/],
  [['audit', '--db', '--quiet', 'a.log'], /--db needs a value|Not enough arguments following: db/],
  [['ingest', '--db', 'a.db', '--db', 'b.db', 'a.log'], /--db is given 2 times/],
];

test.each(WRONG)('wrong use ends with 2 and says what to write: %j', async (args, says) => {
  const ran = await called(scratch({ 'a.log': log }), args);
  expect(ran.stderr).toMatch(says);
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).not.toMatch(/\n\s+at /);
});

test('what stands behind -- is a path, whatever it begins with', () => {
  const folder = scratch({ '-nova-compute.log': log });
  const ran = novatrail(folder, ['parse', '--quiet', '--', '-nova-compute.log']);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(ran.stdout).toContain('"source":"-nova-compute.log"');
});

test('a bad campaign is shown with line and caret', () => {
  const campaign = 'novatrail: 1\ncampaign: mine\ndefualts: { timeout: 180 }\n';
  const folder = scratch({ 'a.log': log, 'mine.yaml': campaign });
  const ran = novatrail(folder, ['audit', '--campaign', 'mine.yaml', 'a.log']);
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toContain(
    'mine.yaml:3:1: unknown key defualts; did you mean defaults?\n  3 | defualts: { timeout: 180 }\n    | ^\n',
  );
});

test('a bad grammar is shown with line and caret', () => {
  const folder = scratch({ 'a.log': log, 'mine.peggy': 'Mine\n  = "a message" rest:\n' });
  const ran = novatrail(folder, ['audit', '--grammar', 'mine.peggy', 'a.log']);
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toMatch(/mine\.peggy:\d+:\d+: .*\n(?:.*\n)*.*\^/);
});

test.each(COMMANDS)('%s --help describes its flags and shows an example', (command) => {
  const ran = novatrail(scratch(), [command, '--help']);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(ran.stdout).toMatch(new RegExp(`Examples:\\n {2}(?:.* \\| )?novatrail ${command} `));
  for (const row of ran.stdout.split('\n')) expect(row.length, row).toBeLessThanOrEqual(80);
});

test('--help lists every command, with examples', () => {
  const { stdout } = novatrail(scratch(), ['--help']);
  for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`novatrail ${command}\\b`));
  expect(stdout).toContain('Examples:\n  novatrail audit /var/log/nova ');
  for (const row of stdout.split('\n')) expect(row.length, row).toBeLessThanOrEqual(80);
});

test('without words it teaches by examples, which are commands there are', async () => {
  const ran = await called(scratch(), []);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  const taught = [...ran.stdout.matchAll(/^ {2}novatrail ([a-z]+) /gm)].map(([, command]) => command as string);
  expect(taught.length).toBeGreaterThan(5);
  for (const command of taught) expect(COMMANDS).toContain(command);
  for (const row of ran.stdout.split('\n')) expect(row.length, row).toBeLessThanOrEqual(80);
});

test('a reader who goes away is no error, and the exit code stays', () => {
  const many = Array.from({ length: 300 }, (_, index) => ({
    instance: uuid(index),
    request: `req-${index}`,
    from: index,
    lasts: 30,
    steps: [[0, 900]] as const,
  }));
  const folder = scratch({ 'compute-0/nova-compute.log': logOf(many) });
  const launcher = join(import.meta.dirname, '../../bin/novatrail.js');
  const piped = (args: string) =>
    spawnSync('bash', ['-c', `"${process.execPath}" "${launcher}" ${args} | head -n 1; exit "\${PIPESTATUS[0]}"`], {
      cwd: folder,
      encoding: 'utf8',
    });
  expect(piped('parse .')).toMatchObject({ status: 0, stderr: '', stdout: expect.stringMatching(/^\{.*\}\n$/) });
  const audit = 'audit . --profile upstream --set downtime=500 --format json --json kept.json';
  expect(piped(audit)).toMatchObject({ status: 1, stderr: '', stdout: '{\n' });
});

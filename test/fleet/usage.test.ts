import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { called, novatrail, ROOT, scratch } from '../scratch.ts';

const LOCAL = ['--nats', 'nats://127.0.0.1:1'];

describe('wrong use', () => {
  test.each<[string, string[], RegExp]>([
    ['collect without a broker', ['collect'], /Missing required argument: nats/],
    [
      'a password in sight',
      ['collect', '--nats', 'nats://me:secret@broker:4222'],
      /--nats nats:\/\/\.\.\.@broker:4222: everybody/,
    ],
    ['another protocol', ['collect', '--nats', 'http://broker'], /write nats:\/\/HOST:PORT or tls:\/\/HOST:PORT/],
    ['a certificate without its key', ['collect', ...LOCAL, '--nats-cert', 'a.pem'], /belong together/],
    ['no such file', ['collect', ...LOCAL, '--nats-creds', 'none.creds'], /--nats-creds none\.creds: cannot be read/],
    ['a partition that is none', ['collect', ...LOCAL, '--partitions', '0-16'], /write numbers from 0 to 15/],
    [
      'a beginning that is none',
      ['collect', ...LOCAL, '--from', 'noon'],
      /--from noon: write all, a time with its zone/,
    ],
    ['no command', ['fleet', ...LOCAL], /fleet needs what to do: init/],
    ['too many copies', ['fleet', 'init', ...LOCAL, '--replicas', '9'], /--replicas 9: write 1 to 5/],
    ['no size', ['fleet', 'init', ...LOCAL, '--max-gib', '0'], /--max-gib 0/],
    [
      'a window longer than the age',
      ['fleet', 'init', ...LOCAL, '--max-age', '1h', '--duplicate-window', '2h'],
      /longer than --max-age/,
    ],
    ['a limit of nothing', ['tail', '.', ...LOCAL, '--outbox-limit', '0'], /--outbox-limit 0: write MiB/],
  ])('%s', async (_, args, message) => {
    const { code, stderr } = await called(scratch(), args);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('secret');
    expect(code).toBe(2);
  });
});

test('no broker: what, where, why', async () => {
  const { code, stderr } = await called(scratch(), ['fleet', 'init', ...LOCAL]);
  expect(code).toBe(3);
  expect(stderr).toMatch(/^novatrail: nats:\/\/127\.0\.0\.1:1: no broker answers/);
});

test('who does not publish does not load what publishing needs', () => {
  const reached = loadedWith('src/commands/tail.ts');
  expect(reached).toContain('src/follow/tail.ts');
  expect([...reached].filter((path) => path.startsWith('src/fleet/') || path.includes('@nats-io'))).toEqual([]);
});

/** The files and packages that are loaded at once with a file. */
function loadedWith(path: string, reached = new Set<string>()): Set<string> {
  if (reached.has(path)) return reached;
  reached.add(path);
  if (!path.startsWith('src/')) return reached;
  const imports = readFileSync(join(ROOT, path), 'utf8').matchAll(
    /^(?:import|export) (?!type\b)[^;]*?from '([^']+)';/gm,
  );
  for (const [, name = ''] of imports) loadedWith(name.startsWith('.') ? join(dirname(path), name) : name, reached);
  return reached;
}

test('every flag that the page on fleets names is one', () => {
  const page = readFileSync(join(ROOT, 'docs/fleet.md'), 'utf8');
  const helps = ['tail', 'collect', 'fleet'].map((command) => novatrail(scratch(), [command, '--help']).stdout);
  const named = new Set(page.match(/(?<=[\s`(])--[a-z][a-z-]+/g));
  expect(named.size).toBeGreaterThan(15);
  expect([...named].filter((flag) => !helps.some((help) => help.includes(`${flag} `)))).toEqual([]);
});

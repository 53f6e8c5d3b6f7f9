// The programs that are measured side by side: what each is started with to find the same events, and which of them are here.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rgPath } from '@vscode/ripgrep';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
export const NOVATRAIL = join(ROOT, 'bin/novatrail.js');

/** What marks the lines of a live migration, for programs that search for strings. */
export const LITERALS = [
  'Migration running for ',
  'Increasing downtime to ',
  'Live migration not completed after ',
  'Migration operation ',
  'Live Migration failure: ',
  ' seconds for pre_live_migration on ',
  '_post_live_migration() is started',
  'Migrating instance to ',
  'Switching to post-copy migration mode',
];

/** A program with its arguments. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

export interface Program {
  readonly name: string;
  readonly version: string;
  readonly command: (log: string) => Command;
}

/** Every program that is installed, ours first. `folder`: where they may write. */
export function installed(folder: string): Program[] {
  const patterns = patternFile(folder);
  const counting = (program: string) => (log: string) => ({ program, args: ['-c', '-F', '-f', patterns, log] });
  const all: (Program | null)[] = [
    {
      name: 'novatrail ingest',
      version: versionOf(process.execPath, [NOVATRAIL, '--version']) ?? '',
      command: ingest(folder),
    },
    known('grep', ['--version'], 'grep -c -F -f', counting('grep')),
    known('rg', ['--version'], 'rg -c -F -f', counting('rg')),
    known(rgPath, ['--version'], "@vscode/ripgrep's rg -c -F -f", counting(rgPath)),
    known('wc', ['--version'], 'wc -l', (log) => ({ program: 'wc', args: ['-l', log] })),
    known('lnav', ['-V'], 'lnav', lnav),
    known('mtail', ['--version'], 'mtail', mtail(folder)),
  ];
  return all.filter((program) => program !== null);
}

/** Unpacks logs and counts their events. */
export function unpackAndGrep(folder: string, unpack: 'zcat' | 'zstdcat'): (...logs: string[]) => Command {
  const script = `patterns="$1"; shift; ${unpack} "$@" | grep -c -F -f "$patterns"`;
  return (...logs) => ({ program: 'sh', args: ['-c', script, 'sh', patternFile(folder), ...logs] });
}

/** Reads logs into the store `bench.db` of a folder. */
export function ingest(folder: string): (...logs: string[]) => Command {
  const db = join(folder, 'bench.db');
  return (...logs) => ({ program: process.execPath, args: [NOVATRAIL, 'ingest', ...logs, '--db', db, '--quiet'] });
}

function patternFile(folder: string): string {
  const path = join(folder, 'literals');
  writeFileSync(path, `${LITERALS.join('\n')}\n`);
  return path;
}

function known(program: string, asked: readonly string[], name: string, command: Program['command']): Program | null {
  const version = versionOf(program, asked);
  return version === null ? null : { name, version, command };
}

function versionOf(program: string, args: readonly string[]): string | null {
  try {
    const text = execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    return /\d+(?:\.\d+)+\S*/.exec(text)?.[0] ?? '';
  } catch {
    // Not installed.
    return null;
  }
}

/** lnav knows nova's format itself; SQL counts the events. */
function lnav(log: string): Command {
  const wanted = LITERALS.map((literal) => `instr(log_body, '${literal}') > 0`).join(' OR ');
  return { program: 'lnav', args: ['-n', '-c', `;SELECT count(*) FROM openstack_log WHERE ${wanted}`, log] };
}

/** mtail with a pattern for each kind of event, that counts them. */
function mtail(folder: string): Program['command'] {
  const path = join(folder, 'nova.mtail');
  const escaped = LITERALS.map((literal) => literal.replace(/[()/.]/g, '\\$&'));
  const rules = escaped.map((pattern, kind) => `/${pattern}/ {\n  events["${kind}"]++\n}\n`);
  writeFileSync(path, `counter events by kind\n${rules.join('')}`);
  return (log) => ({ program: 'mtail', args: ['--one_shot', '--progs', path, '--logs', log] });
}

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, vi } from 'vitest';
import { type AuditFlags, audit } from '../src/commands/audit.ts';
import { type ParseFlags, parse } from '../src/commands/parse.ts';
import { ingestLogs } from '../src/ingest.ts';
import type { Handle } from '../src/store/open.ts';
import { discoverLogs } from '../src/tail/discover.ts';

/** A migration in the JSON report. */
export interface ReportedMigration {
  readonly id: string;
  readonly instance: string;
  readonly source_host: string | null;
  readonly destination_host: string | null;
  readonly request_id: string | null;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly duration_s: number | null;
  readonly outcome: string;
  readonly clock_step: boolean;
  readonly cut: string | null;
  readonly settings: Readonly<Record<string, { readonly value: unknown; readonly origin: string | null }>>;
  readonly observed: { readonly pause_ms: number | null; readonly max_step_ms: number | null };
  readonly verdicts: readonly ReportedVerdict[];
}

export interface ReportedVerdict {
  readonly rule: string;
  readonly status: string;
  readonly severity: string;
  readonly message: string;
  readonly evidence: readonly {
    readonly path: string;
    readonly line: number;
    readonly offset: number;
    readonly text: string;
  }[];
}

/** The JSON report of an audit. */
export interface Reported {
  readonly sources: readonly {
    readonly path: string;
    readonly host: string | null;
    readonly bytes: number;
    readonly lines: number;
    readonly events: number;
    readonly first_at: string | null;
    readonly last_at: string | null;
  }[];
  readonly migrations: readonly ReportedMigration[];
  readonly findings: readonly ReportedVerdict[];
}

/** An event as `parse` prints it. */
export interface PrintedEvent extends Readonly<Record<string, unknown>> {
  readonly type: string;
  readonly at: string | null;
  readonly host: string | null;
  readonly line: number;
  readonly offset: number;
  readonly instance: string | null;
}

/** Path of a log below test/logs. */
export function logPath(name: string): string {
  return fileURLToPath(new URL(`logs/${name}`, import.meta.url));
}

/** What `audit --format json` prints. Throws where an input was not read. */
export async function audited(paths: readonly string[], flags: Partial<AuditFlags> = {}): Promise<Reported> {
  const run = () => audit({ format: 'json', failOn: 'never', quiet: true, ...flags, paths });
  return JSON.parse(await printed(run)) as Reported;
}

/** What `parse` prints, line by line. Throws where an input was not read. */
export async function parsedEvents(paths: readonly string[], flags: Partial<ParseFlags> = {}): Promise<PrintedEvent[]> {
  const text = await printed(() => parse({ quiet: true, ...flags, paths }));
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as PrintedEvent);
}

/** Reads logs into a store, without judging. Throws where one was not read. */
export async function readInto(store: Handle, paths: readonly string[], zone: string | null = null): Promise<void> {
  const { problems } = await ingestLogs(store, discoverLogs(paths), {
    hostOf: () => null,
    zoneOf: () => zone,
    user: null,
    everyTurn: false,
    storePath: '(test)',
    progress: () => {},
  });
  expect(problems).toEqual([]);
}

/** A folder with the given files (path to content), removed after the tests of the file; gives its path. */
export function folderWith(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'novatrail-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return folder;
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function printed(run: () => Promise<number>): Promise<string> {
  const texts: string[] = [];
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text, ...rest: unknown[]) => {
    for (const taken of rest) if (typeof taken === 'function') taken();
    return texts.push(String(text)) > 0;
  });
  try {
    const code = await run();
    if (code !== 0) throw new Error(`exit ${code}`);
  } finally {
    spy.mockRestore();
  }
  return texts.join('');
}

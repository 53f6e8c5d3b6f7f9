import { appendFileSync, cpSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { logOf, uuid } from '../sample-log.ts';
import { novatrail, ROOT, scratch } from '../scratch.ts';

const AT = ['--at', '2030-01-01T00:00:00Z', '--fail-on', 'never'];

describe('what was judged and has not changed is reported as it is stored, and is the same report', () => {
  const samples = ['stx-campaign-2018', 'stx-conflicting-settings', 'stx-downtime-over-limit', 'stx-unfinished'];
  const upstream = ['upstream-campaign', 'upstream-clocks-go-back', 'upstream-rotated', 'upstream-two-hosts'];
  test.each([...samples, ...upstream].map((name) => join(ROOT, 'sample-logs', name)))('%s', (logs) => {
    const folder = scratch();
    const file = join(logs, 'campaign.yaml');
    const campaign = existsSync(file) ? ['--campaign', file] : [];
    const anew = novatrail(folder, ['audit', logs, '--db', 's.db', '--json', 'anew.json', ...AT]);
    expect(anew.stderr).toBe('');
    const stored = novatrail(folder, ['audit', '--db', 's.db', ...campaign, '--json', 'stored.json', ...AT]);
    const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
    expect(read('anew.json').migrations.length).toBeGreaterThan(0);
    expect(read('stored.json')).toEqual(read('anew.json'));
    expect(stored.stdout).toBe(anew.stdout);
    mark(join(folder, 's.db'));
    expect(isMarked(folder, campaign), 'it was not judged again').toBe(true);
  });

  test('with tests of which one migration is shown, by lines', () => {
    const folder = scratch(FILES);
    novatrail(folder, ['audit', 'logs', '--campaign', 'campaign.yaml', '--db', 's.db', '--json', 'anew.json', ...AT]);
    novatrail(folder, ['audit', '--campaign', 'campaign.yaml', '--db', 's.db', '--json', 'stored.json', ...AT]);
    const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
    expect(read('anew.json').tests[0].evidence).not.toEqual([]);
    expect(read('stored.json')).toEqual(read('anew.json'));
  });
});

describe('it is judged again', () => {
  const other = logOf([{ instance: uuid(9), request: 'req-9', from: 900, lasts: 30 }]);
  const changes: Record<string, (folder: string) => string[]> = {
    'when a log has grown': (folder) => {
      appendFileSync(join(folder, 'logs/compute-0/nova-compute.log'), other);
      novatrail(folder, ['ingest', '--quiet', '--db', 's.db', 'logs']);
      return [];
    },
    'when another log was read': (folder) => {
      writeFileSync(join(folder, 'nova-compute.log'), other);
      novatrail(folder, ['audit', '--db', 's.db', 'nova-compute.log']);
      return [];
    },
    'when samples were read': (folder) => {
      const samples = join(ROOT, 'sample-logs/stx-auto-converge-and-tunnel');
      cpSync(samples, join(folder, 'more'), { recursive: true });
      novatrail(folder, ['ingest', '--quiet', '--db', 's.db', 'more', '--campaign', 'more/campaign.yaml']);
      return [];
    },
    'when a log has another name': (folder) => {
      renameSync(join(folder, 'logs/compute-0'), join(folder, 'logs/compute-7'));
      novatrail(folder, ['ingest', '--quiet', '--db', 's.db', 'logs']);
      return [];
    },
    'when something else is declared': () => ['--set', 'live_migration_downtime=600'],
    'when another profile is declared': () => ['--profile', 'upstream'],
    'when a campaign is declared': () => ['--campaign', 'campaign.yaml'],
    'when events went': (folder) => {
      edit(folder, "DELETE FROM events WHERE type = 'progress'");
      return [];
    },
  };
  test.each(Object.entries(changes))('%s', (_, change) => {
    const folder = scratch(FILES);
    expect(novatrail(folder, ['ingest', '--quiet', '--db', 's.db', 'logs'])).toMatchObject({ code: 0, stderr: '' });
    mark(join(folder, 's.db'));
    expect(isMarked(folder)).toBe(true);
    const flags = change(folder);
    expect(isMarked(folder, flags)).toBe(false);
  });

  test('by `rebuild`, whatever has changed', () => {
    const folder = scratch(FILES);
    novatrail(folder, ['ingest', '--quiet', '--db', 's.db', 'logs']);
    mark(join(folder, 's.db'));
    novatrail(folder, ['rebuild', '--db', 's.db']);
    expect(isMarked(folder)).toBe(false);
  });
});

test('the findings on some of the logs are theirs', () => {
  const folder = scratch(FILES);
  const only = join('logs', 'compute-1');
  novatrail(folder, ['audit', '--db', 's.db', 'logs', ...AT]);
  const all = novatrail(folder, ['audit', '--db', 's.db', '--format', 'json', ...AT]);
  const some = novatrail(folder, ['audit', '--db', 's.db', only, '--format', 'json', ...AT]);
  expect(JSON.parse(all.stdout).sources).toHaveLength(2);
  expect(JSON.parse(some.stdout).sources).toHaveLength(1);
});

const FILES = {
  'logs/compute-0/nova-compute.log': logOf([
    { instance: uuid(1), request: 'req-1', from: 60, lasts: 30, steps: [[0, 50]], progress: [[0, 10, 900]] },
    { instance: uuid(2), request: 'req-2', from: 160, lasts: 30, tunnel: true },
  ]),
  'logs/compute-1/nova-compute.log': logOf([{ instance: uuid(3), request: 'req-3', from: 260, lasts: 30 }]),
  'campaign.yaml': `novatrail: 1
profile: stx-2018
logs: [logs/*/nova-compute.log]
instances:
  one: { id: ${uuid(1)}, flavor: { "hw:wrs:live_migration_max_downtime": 500 } }
tests:
  - { id: TC1, instance: one, window: 2018-07-02T14:00:00Z/PT5M }
`,
};

/** Leaves a sign in what is stored that a judgement made anew has not. */
function mark(path: string): void {
  const db = new Database(path);
  db.prepare("UPDATE verdicts SET message = 'a sign that nobody judged this again'").run();
  db.close();
}

function isMarked(folder: string, flags: readonly string[] = []): boolean {
  return novatrail(folder, ['audit', '--db', 's.db', '--format', 'json', ...AT, ...flags]).stdout.includes(
    'a sign that',
  );
}

function edit(folder: string, sql: string): void {
  const db = new Database(join(folder, 's.db'));
  db.exec(sql);
  db.close();
}

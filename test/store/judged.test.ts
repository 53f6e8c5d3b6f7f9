import { appendFileSync, cpSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { prune } from '../../src/store/retention.ts';
import { logOf, uuid } from '../sample-log.ts';
import { called, novatrail, ROOT, rows, scratch } from '../scratch.ts';

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
    'when something else is declared': () => ['--set', 'downtime=600'],
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

test('whatever happens to a store, its report is what judging it anew says', async () => {
  const host = fc.constantFrom('compute-0', 'compute-1');
  const declared = fc.constantFrom<string[]>([], ['--campaign', 'campaign.yaml'], ['--set', 'downtime=600']);
  const step: fc.Arbitrary<(world: World) => Promise<unknown>> = fc.oneof(
    fc.tuple(host, fc.nat({ max: 3 })).map(
      ([name, guest]) =>
        (world: World) =>
          world.grow(name, guest),
    ),
    host.map((name) => (world: World) => world.rotate(name)),
    fc.constant((world: World) => world.addSamples()),
    fc.nat({ max: 1500 }).map((until) => (world: World) => world.prune(until)),
    declared.map((flags) => (world: World) => world.run('ingest', 'logs', ...flags)),
    declared.map((flags) => (world: World) => world.run('audit', 'logs/compute-0', ...flags)),
    declared.map((flags) => (world: World) => world.run('rebuild', ...flags)),
  );
  let reused = 0;
  const property = fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 7 }), declared, async (steps, flags) => {
    const world = new World();
    await world.run('ingest', 'logs', ...flags);
    for (const each of steps) {
      await each(world);
      const anew = world.copy();
      edit(anew, 'DELETE FROM judged');
      if (world.isJudged) reused += 1;
      expect(await world.report(flags)).toEqual(await new World(anew).report(flags));
    }
  });
  await fc.assert(property, { numRuns: 12 });
  expect(reused).toBeGreaterThan(10);
});

class World {
  readonly folder: string;
  #at = 1000;

  constructor(folder = scratch(FILES)) {
    this.folder = folder;
  }

  get isJudged(): boolean {
    return rows(join(this.folder, 's.db'), 'SELECT 1 FROM judged').length > 0;
  }

  copy(): string {
    const folder = scratch();
    cpSync(this.folder, folder, { recursive: true });
    return folder;
  }

  async grow(host: string, guest: number): Promise<void> {
    this.#at += 100;
    const told = { instance: uuid(guest), request: `req-${this.#at}`, from: this.#at, lasts: 30 };
    appendFileSync(join(this.folder, `logs/${host}/nova-compute.log`), logOf([told]));
    await this.run('ingest', 'logs');
  }

  async rotate(host: string): Promise<void> {
    const path = join(this.folder, `logs/${host}/nova-compute.log`);
    const number = [1, 2, 3, 4, 5, 6, 7, 8].find((each) => !existsSync(`${path}.${each}`)) ?? 9;
    for (let each = number; each > 1; each -= 1) renameSync(`${path}.${each - 1}`, `${path}.${each}`);
    renameSync(path, `${path}.1`);
    await this.grow(host, 5);
  }

  async addSamples(): Promise<void> {
    const time = new Date(Date.UTC(2018, 6, 2, 14, 0, 0) + this.#at * 1000).toISOString();
    const shown = 'Job type:         Unbounded\nOperation:        Outgoing migration\nAuto converge throttle: 30\n';
    appendFileSync(join(this.folder, 'compute-0.samples.txt'), `### ${time} virsh domjobinfo ${uuid(1)}\n${shown}`);
    await this.run('ingest', 'logs', '--samples', 'compute-0.samples.txt');
  }

  async prune(until_s: number): Promise<void> {
    const db = new Database(join(this.folder, 's.db'));
    const keep = { eventsSince: Date.UTC(2018, 6, 2, 14, 0, 0) + until_s * 1000, migrationsSince: null };
    while (prune(db, keep, () => false));
    db.close();
  }

  async run(command: string, ...flags: readonly string[]): Promise<void> {
    const ran = await called(this.folder, [command, '--quiet', '--db', 's.db', ...flags]);
    expect(ran.stderr).toBe('');
  }

  async report(flags: readonly string[]): Promise<unknown> {
    const told = await called(this.folder, ['audit', '--db', 's.db', '--format', 'json', ...AT, ...flags]);
    return JSON.parse(told.stdout.replaceAll(this.folder, ''));
  }
}

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
  db.prepare('UPDATE verdicts SET message = ?').run(SIGN);
  db.close();
}

function isMarked(folder: string, flags: readonly string[] = []): boolean {
  const { stdout } = novatrail(folder, ['audit', '--db', 's.db', '--format', 'json', ...AT, ...flags]);
  const { migrations } = JSON.parse(stdout) as { migrations: { verdicts: { message: string }[] }[] };
  return migrations.some(({ verdicts }) => verdicts.some(({ message }) => message === SIGN));
}

const SIGN = 'a sign that nobody judged this again';

function edit(folder: string, sql: string): void {
  const db = new Database(join(folder, 's.db'));
  db.exec(sql);
  db.close();
}

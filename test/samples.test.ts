import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { logUnrecognised, RULES } from '../src/rules/index.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SCENARIOS = globSync('sample-logs/*/expected.json', { cwd: ROOT }).map(dirname).sort();

interface Verdict {
  readonly rule: string;
  readonly status: string;
  readonly message: string;
}

interface Audit {
  readonly migrations: readonly {
    readonly instance: string;
    readonly source_host: string | null;
    readonly destination_host: string | null;
    readonly started_at: string;
    readonly outcome: string;
    readonly verdicts: readonly Verdict[];
  }[];
  readonly findings: readonly Verdict[];
}

function audit(scenario: string): { status: number | null; report: Audit } {
  const args = ['bin/novatrail.js', 'audit', scenario, '--format', 'json'];
  const { status, stdout } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  return { status, report: JSON.parse(stdout) as Audit };
}

/** The report in the words of expected.json; an instance that migrates twice, or is expected by its start, is keyed by both. */
function inShort({ migrations, findings }: Audit, scenario: string, expected: { migrations: object }) {
  const judged = migrations.map((migration) => {
    const { instance, started_at: start, source_host: from, destination_host: to, outcome, verdicts } = migration;
    const of = (status: string) => verdicts.filter((each) => each.status === status).map(({ rule }) => rule);
    const key = instance in expected.migrations ? instance : `${instance} ${start}`;
    return [key, { from, to, outcome, fail: of('fail'), inconclusive: of('inconclusive'), pass: of('pass') }] as const;
  });
  const files = findings.map(({ rule, status, message }) => [
    relative(scenario, message.slice(0, message.indexOf(': '))),
    `${rule}: ${status}`,
  ]);
  expect(new Set(judged.map(([key]) => key)).size).toBe(migrations.length);
  return { migrations: Object.fromEntries(judged), files: Object.fromEntries(files) };
}

describe.each(SCENARIOS)('%s', (scenario) => {
  const text = (name: string) => readFileSync(`${ROOT}/${scenario}/${name}`, 'utf8');

  test('is judged as expected', () => {
    const expected = JSON.parse(text('expected.json'));
    const { status, report } = audit(scenario);
    expect(inShort(report, scenario, expected)).toEqual(expected);
    const failed = report.migrations.some(({ verdicts }) => verdicts.some((verdict) => verdict.status === 'fail'));
    expect(status).toBe(failed ? 1 : 0);
  });

  test('says what it shows, and is named as its campaign', () => {
    expect(text('README.md')).toMatch(/^# .+\n\n.+/);
    expect(text('campaign.yaml')).toContain(`campaign: ${basename(scenario)}\n`);
  });
});

test('every folder is a scenario', () => {
  const folders = globSync('sample-logs/*/', { cwd: ROOT }).map((folder) => folder.replace(/\/$/, ''));
  expect(folders.filter((folder) => !existsSync(`${ROOT}/${folder}/expected.json`))).toEqual([]);
});

/** Statuses that a rule cannot have: nova's log never shows the throttle, and a file either holds unknown lines or not. */
const NEVER: Readonly<Record<string, readonly string[]>> = {
  'throttle-missing': ['pass', 'fail'],
  'log-unrecognised': ['inconclusive'],
};

test.each([...RULES, logUnrecognised].map(({ id }) => id))('%s is shown with every status it can have', (rule) => {
  const shown = new Set(
    SCENARIOS.flatMap((scenario) => {
      const { migrations, files } = JSON.parse(readFileSync(`${ROOT}/${scenario}/expected.json`, 'utf8')) as {
        migrations: Record<string, Record<'pass' | 'fail' | 'inconclusive', string[]>>;
        files: Record<string, string>;
      };
      const ofMigrations = Object.values(migrations).flatMap((verdicts) =>
        (['pass', 'fail', 'inconclusive'] as const).filter((status) => verdicts[status].includes(rule)),
      );
      const ofFiles = Object.values(files).flatMap((file) =>
        file.startsWith(`${rule}: `) ? [file.slice(rule.length + 2)] : [],
      );
      return [...ofMigrations, ...ofFiles];
    }),
  );
  const possible = ['fail', 'inconclusive', 'pass'].filter((status) => !NEVER[rule]?.includes(status));
  expect([...shown].sort()).toEqual(possible);
});

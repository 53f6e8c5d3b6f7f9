import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SCENARIOS = globSync('sample-logs/*/expected.json', { cwd: ROOT }).map(dirname).sort();

interface Verdict {
  readonly rule: string;
  readonly status: string;
  readonly severity: string;
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
  readonly tests: readonly { readonly id: string; readonly status: string }[];
}

function audit(scenario: string): { status: number | null; report: Audit } {
  const args = ['bin/novatrail.js', 'audit', scenario, '--format', 'json'];
  const { status, stdout } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  return { status, report: JSON.parse(stdout) as Audit };
}

interface Expected {
  readonly from: string | null;
  readonly to: string | null;
  readonly outcome: string;
  /** All rules that fail. */
  readonly fail: readonly string[];
  /** Some of the rules that do not, as far as the scenario is about them. */
  readonly inconclusive?: readonly string[];
  readonly pass?: readonly string[];
}

interface Scenario {
  /** By instance; where it migrates twice, by instance and start. */
  readonly migrations: Readonly<Record<string, Expected>>;
  /** How many findings of each rule fail. */
  readonly findings: Readonly<Record<string, number>>;
  /** What each test of a campaign comes to. */
  readonly tests?: Readonly<Record<string, string>>;
}

/** The report in the words of expected.json, as far as that speaks. */
function inShort({ migrations, findings, tests }: Audit, expected: Scenario): Scenario {
  const judged = migrations.map((migration) => {
    const { instance, started_at: start, source_host: from, destination_host: to, outcome, verdicts } = migration;
    const of = (status: string) => verdicts.filter((each) => each.status === status).map(({ rule }) => rule);
    const key = instance in expected.migrations ? instance : `${instance} ${start}`;
    const { inconclusive, pass } = expected.migrations[key] ?? {};
    const told = {
      ...(inconclusive ? { inconclusive: of('inconclusive').filter((rule) => inconclusive.includes(rule)) } : {}),
      ...(pass ? { pass: of('pass').filter((rule) => pass.includes(rule)) } : {}),
    };
    return [key, { from, to, outcome, fail: of('fail'), ...told }] as const;
  });
  expect(new Set(judged.map(([key]) => key)).size).toBe(migrations.length);
  const failed = Map.groupBy(
    findings.filter(({ status }) => status === 'fail'),
    ({ rule }) => rule,
  );
  return {
    migrations: Object.fromEntries(judged),
    findings: Object.fromEntries([...failed].map(([rule, { length }]) => [rule, length])),
    ...(expected.tests ? { tests: Object.fromEntries(tests.map(({ id, status }) => [id, status])) } : {}),
  };
}

describe.each(SCENARIOS)('%s', (scenario) => {
  const text = (name: string) => readFileSync(`${ROOT}/${scenario}/${name}`, 'utf8');

  test('is judged as expected', () => {
    const expected = JSON.parse(text('expected.json'));
    const { status, report } = audit(scenario);
    expect(inShort(report, expected)).toEqual(expected);
    const verdicts = [...report.migrations.flatMap((migration) => migration.verdicts), ...report.findings];
    const failed = verdicts.some((verdict) => verdict.status === 'fail' && verdict.severity === 'error');
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

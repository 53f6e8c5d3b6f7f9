import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { audited, folderWith, logPath, type Reported, type ReportedMigration } from './running.ts';

interface TrueMigration {
  readonly n: number;
  readonly instance: string;
  readonly ram_mb: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly extra_specs: Readonly<Record<string, string>>;
  readonly image?: Readonly<Record<string, string>>;
  readonly t_job: number | null;
  readonly t_end: number;
  readonly violations: readonly string[];
  readonly completion_timeout_s: number;
  readonly policy_timeout_s: number;
  readonly policy_max_downtime_ms: number;
  readonly downtime_set: readonly (readonly [at: number, ms: number])[];
}

interface Truth {
  readonly meta: { readonly ref: string; readonly tz: string; readonly libvirt_conf: Readonly<Record<string, number>> };
  readonly migrations: readonly TrueMigration[];
}

const FOLDERS = ['stx3', 'zed3', 'stx-conflicts'];
const SINGLE = [
  ...['13.0.0', '15.0.0', '16.0.0', '18.0.0', '19.0.0', '20.0.0', '24.0.0', '27.0.0', '33.0.0'].map(
    (release) => `nova_${release}.log`,
  ),
  'stx.log',
  'zed_devstack.log',
  'zed_json.log.gz',
  'zed_pre48_req_toronto_dst.log',
];

describe('declared as the campaign intended', () => {
  test.each(FOLDERS)('%s: what the log can show of a violation fails, and nothing else', async (folder) => {
    const truth = truthOf(`genuine/${folder}/all.nova-compute.log.truth.json`);
    const report = await audited([logPath(`genuine/${folder}`)], { tz: truth.meta.tz, campaign: declaring(truth) });
    const violated = (violation: string) => truth.migrations.filter(({ violations }) => violations.includes(violation));
    const shown = [
      ...violated('max_downtime').filter(({ downtime_set }) => downtime_set.length > 0),
      ...violated('timeout').filter((migration) => showsTimeout(migration, truth)),
    ];
    expect(failures(report, truth)).toEqual(numbers(shown));
  });

  test.each(SINGLE)('%s: nothing fails', async (name) => {
    const truth = truthOf(`genuine/${name.replace(/\.gz$/, '')}.truth.json`);
    const path = logPath(`genuine/${name}`);
    const flags = { tz: truth.meta.tz, host: [`compute-0=${path}`], campaign: declaring(truth) };
    const report = await audited([path], flags);
    expect(report.migrations.length).toBeGreaterThan(5);
    expect(failures(report, truth)).toEqual([]);
  });
});

/** The numbers of the migrations of which a rule about downtime or timeout failed. */
function failures({ migrations }: Reported, truth: Truth): number[] {
  const failed = migrations.filter(({ verdicts }) =>
    verdicts.some(({ rule, status }) => /^(?:downtime|timeout)-/.test(rule) && status === 'fail'),
  );
  return numbers(failed.map((migration) => trueOf(migration, truth)));
}

function numbers(migrations: readonly TrueMigration[]): number[] {
  return migrations.map(({ n }) => n).sort((a, b) => a - b);
}

/** The one of the instance's that ended nearest. */
function trueOf({ instance, ended_at }: ReportedMigration, { migrations }: Truth): TrueMigration {
  const far = ({ t_end }: TrueMigration) => Math.abs(Date.parse(ended_at ?? '') / 1000 - t_end);
  const [nearest] = migrations.filter((each) => each.instance === instance).sort((a, b) => far(a) - far(b));
  if (nearest === undefined) throw new Error(`no migration of ${instance} in the truth`);
  return nearest;
}

/** The fork shows its timeout by the time between two steps; any nova by giving up early, or by running on past it. */
function showsTimeout(migration: TrueMigration, { meta }: Truth): boolean {
  const { completion_timeout_s: real, policy_timeout_s: intended, t_job, t_end, downtime_set } = migration;
  const steps = meta.libvirt_conf.live_migration_downtime_steps ?? Number.NaN;
  const between = (timeout: number) => Math.floor((timeout * 2) / 3 / steps);
  if (meta.ref === 'stx' && downtime_set.length > 1 && between(real) !== between(intended)) return true;
  const ran = t_job === null ? 0 : t_end - t_job;
  return ran > Math.min(real, intended + 10);
}

const KEYS = {
  max_downtime: 'hw:wrs:live_migration_max_downtime',
  timeout: 'hw:wrs:live_migration_timeout',
  no_throttle: 'hw:wrs:live_migration_auto_converge',
} as const;

/** Path of a campaign file that says what was intended: without the keys that were changed behind its back. */
function declaring({ meta, migrations }: Truth): string {
  const fork = meta.ref === 'stx';
  const conf = (name: string) => meta.libvirt_conf[`live_migration_${name}`];
  const defaults = {
    timeout: conf('completion_timeout'),
    downtime: conf('downtime'),
    downtime_steps: conf('downtime_steps'),
    downtime_delay: conf('downtime_delay'),
  };
  const instances = migrations.map((migration) => [
    `vm-${migration.n}`,
    { id: migration.instance, memory_mib: migration.ram_mb, ...(fork ? intended(migration, defaults) : {}) },
  ]);
  const campaign = {
    novatrail: 1,
    profile: fork ? 'stx-2018' : 'upstream',
    defaults,
    instances: Object.fromEntries(instances),
  };
  return join(folderWith({ 'campaign.yaml': JSON.stringify(campaign) }), 'campaign.yaml');
}

function intended(migration: TrueMigration, conf: { timeout: number | undefined; downtime: number | undefined }) {
  const { violations, metadata, extra_specs, image = {} } = migration;
  const changed = Object.entries(KEYS).flatMap(([violation, key]) => (violations.includes(violation) ? [key] : []));
  const kept = (keys: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(keys).filter(([key]) => !changed.some((each) => each === key)));
  const said = [
    [KEYS.max_downtime, migration.policy_max_downtime_ms, conf.downtime],
    [KEYS.timeout, migration.policy_timeout_s, conf.timeout],
  ] as const;
  const restored = said.filter(([key, value, usual]) => changed.includes(key) && value !== usual);
  const values = restored.map(([key, value]) => [key, String(value)]);
  return { flavor: kept(extra_specs), metadata: { ...kept(metadata), ...Object.fromEntries(values) }, image };
}

function truthOf(name: string): Truth {
  return JSON.parse(readFileSync(logPath(name), 'utf8')) as Truth;
}

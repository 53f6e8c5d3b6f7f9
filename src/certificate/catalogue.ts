import type { Settings } from '../model.ts';
import { SIBLING_TESTS } from './sibling-tests.ts';

type SettingName = 'timeout_s' | 'max_downtime_ms' | 'auto_converge' | 'tunnel';

/** What must be in force for a migration to be a run of the test at all. */
export interface Setup {
  readonly setting: SettingName;
  /** Where the value in force must come from; null: from anywhere. */
  readonly from: readonly NonNullable<Settings[SettingName]['origin']>[] | null;
  readonly value?: number | boolean;
  /** Another place that must say something else. */
  readonly against?: 'flavor' | 'instance';
  /** The only place (besides nova.conf) that may say anything. */
  readonly alone?: boolean;
}

/** A test of the plan, or of one of its siblings: what decides it. */
export interface CatalogueTest {
  readonly id: string;
  readonly plan: string;
  readonly section: string;
  readonly title: string;
  /** `log`: migrations decide it; `transcript`: what a command line client answered; `manual`: a person must look. */
  readonly by: 'log' | 'transcript' | 'manual';
  readonly setup: readonly Setup[];
  /** Of each group at least one rule must pass. */
  readonly needs: readonly (readonly string[])[];
  /** Rules that fail the test where they fail, besides those of `needs`. */
  readonly guards: readonly string[];
  /** Statements of the plan that it proves. */
  readonly statements: readonly string[];
  readonly collect: string;
}

export const MAIN_PLAN = 'Live Migration Auto Converge and Tunneling';
const STRESSED_LOG =
  "the source host's nova-compute.log at INFO, from 30 s before the migration to 60 s after it, of a guest under stress so that it runs into its timeout";
const UNSET: Setup['from'] = ['nova.conf', 'default'];
const DOWNTIME_GUARDS = [
  'downtime-wrong-source',
  'downtime-not-applied',
  'downtime-schedule-mismatch',
  'downtime-setting-too-low',
];
const TIMEOUT_GUARDS = [
  'timeout-missed',
  'timeout-early',
  'timeout-late',
  'timeout-while-disabled',
  'timeout-abort-ineffective',
];

const main = (test: Omit<CatalogueTest, 'plan'>): CatalogueTest => ({ plan: MAIN_PLAN, ...test });

/** The tests of the plan, by their ids (section numbers are not unique there). */
export const PLAN_TESTS: readonly CatalogueTest[] = [
  main({
    id: 'test_autoconverge_Instance_launch_with_live_migration_auto_converge_enabled_from_instance_metadata',
    section: '1.0',
    title: 'auto-converge switched on by the instance metadata throttles the guest',
    by: 'log',
    setup: [{ setting: 'auto_converge', from: ['instance'], value: true }],
    needs: [['auto-converge-contradicted'], ['throttle-missing']],
    guards: ['throttle-not-released', 'throttle-out-of-pattern', 'post-copy-interplay'],
    statements: ['R05', 'R26'],
    collect:
      'virsh domjobinfo of the guest once a second during the migration, on the source host, and top -H of its vCPU threads on both hosts',
  }),
  main({
    id: 'test_LiveMigrateMaxDowntime_Live_Migration,_Maximum_Downtime_not_set_defaults_to_500_ms',
    section: '2.0',
    title: 'the maximum downtime is 500 ms where nothing sets it',
    by: 'log',
    setup: [{ setting: 'max_downtime_ms', from: UNSET }],
    needs: [['downtime-over-limit'], ['downtime-default-wrong'], ['downtime-limit-never-reached']],
    guards: DOWNTIME_GUARDS,
    statements: ['R10', 'R22', 'R23'],
    collect: STRESSED_LOG,
  }),
  main({
    id: 'test_LiveMigrateMaxDowntime_Live_Migration,_Maximum_Downtime_set_from_image_metadata',
    section: '2.1',
    title: 'the maximum downtime of the image is used',
    by: 'log',
    setup: [{ setting: 'max_downtime_ms', from: ['image'] }],
    needs: [['downtime-over-limit'], ['downtime-limit-never-reached']],
    guards: DOWNTIME_GUARDS,
    statements: ['R09', 'R22'],
    collect: `${STRESSED_LOG}; and what openstack volume show of its root volume prints`,
  }),
  main({
    id: 'test_Live_Migration_Timeout_set_in_the_flavor_extra_spec,_cli_validation',
    section: '3.0',
    title: 'a timeout out of range is refused at the command line',
    by: 'transcript',
    setup: [],
    needs: [['timeout-range-error-text']],
    guards: [],
    statements: ['R17'],
    collect:
      'a transcript of nova flavor-key ID set hw:wrs:live_migration_timeout=VALUE with 120, 150, 800, 0, -1, 1, 119 and 801',
  }),
  main({
    id: 'test_Live_MigrateTimeout_set_in_the_flavor_extra_spec,cli/Horizon_validation',
    section: '3.1',
    title: 'Horizon shows the default and the range of the timeout',
    by: 'manual',
    setup: [],
    needs: [],
    guards: [],
    statements: ['R18'],
    collect: 'screenshots of Horizon: the default of 180, the answer to -1, 1, 119 and 801, the help and the label',
  }),
  main({
    id: 'test_LiveMigrationTimeout_Defaults_to_180_sec',
    section: '3.2',
    title: 'the timeout is 180 s where nothing sets it',
    by: 'log',
    setup: [{ setting: 'timeout_s', from: UNSET, value: 180 }],
    needs: [['timeout-wrong-value', 'timeout-contradicted-by-steps']],
    guards: TIMEOUT_GUARDS,
    statements: ['R13', 'R24'],
    collect: STRESSED_LOG,
  }),
  main({
    id: 'test_LiveMigrationTimeout_set_in_only_the_instance_metadata_and_confirm_timeout_value_respected',
    section: '3.2',
    title: 'a timeout in the instance metadata only is respected',
    by: 'log',
    setup: [{ setting: 'timeout_s', from: ['instance'], alone: true }],
    needs: [['timeout-wrong-value', 'timeout-contradicted-by-steps']],
    guards: TIMEOUT_GUARDS,
    statements: ['R25', 'R24'],
    collect: STRESSED_LOG,
  }),
];

/** The test of an id, of the plan or its siblings; null for a campaign's own. */
export function catalogueTest(id: string): CatalogueTest | null {
  return [...PLAN_TESTS, ...SIBLING_TESTS].find((test) => test.id === id) ?? null;
}

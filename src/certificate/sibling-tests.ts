import type { CatalogueTest, Setup } from './catalogue.ts';

const TUNNELLING = 'Live Migration Tunnelling';
const TUNNEL_LOG =
  "the source host's nova-compute.log at INFO, from 30 s before the migration to 60 s after it; besides, ss -tn and top of libvirtd on the source host";
const THROTTLE_SAMPLES =
  'top -H of the vCPU threads and virsh domjobinfo on the source host, once a second during the migration';
const VIM = "the source host's nova-compute.log, and fm event-list with the events 700.151 to 700.156";

function tunnelTest(
  section: string,
  id: string,
  title: string,
  setup: readonly Setup[],
  statements: readonly string[],
): CatalogueTest {
  return {
    id: `test_LiveMigratonTunnelling_${id}`,
    plan: TUNNELLING,
    section,
    title,
    by: 'log',
    setup,
    needs: [['tunnel-contradicted'], ['migration-unfinished']],
    guards: ['tunnel-unsupported-mix', 'tunnel-evidence-disagrees'],
    statements,
    collect: TUNNEL_LOG,
  };
}

function throttleTest(section: string, size: string): CatalogueTest {
  return {
    id: `test_nova_livemigration_autoconverge-_${size}_vm-bytes`,
    plan: 'Auto-Convergence Threshold',
    section,
    title: 'the guest is throttled step by step, and by 92 % at most',
    by: 'log',
    setup: [{ setting: 'auto_converge', from: null, value: true }],
    needs: [['throttle-missing'], ['throttle-out-of-pattern']],
    guards: ['throttle-not-released', 'auto-converge-contradicted', 'post-copy-interplay'],
    statements: ['R07', 'R26'],
    collect: THROTTLE_SAMPLES,
  };
}

function logTest(
  plan: string,
  section: string,
  id: string,
  title: string,
  needs: readonly string[],
  collect: string,
): CatalogueTest {
  return {
    id,
    plan,
    section,
    title,
    by: 'log',
    setup: [],
    needs: needs.map((rule) => [rule]),
    guards: [],
    statements: [],
    collect,
  };
}

const FAILURES = 'DataPort and Hypervisor Failures';
const ACTIONS = 'Server Actions';

/** The tests of the sibling plans (stx-test, doc/source/manual_tests/nova) that live migrations decide. */
export const SIBLING_TESTS: readonly CatalogueTest[] = [
  tunnelTest(
    '4.0',
    'Cinder_boot,no_ephem_or_swap_-_live_migration_tunnelling_enabled_in_flavor',
    'the flavor switches the tunnel on',
    [{ setting: 'tunnel', from: ['flavor'], value: true }],
    ['R19'],
  ),
  tunnelTest(
    '4.1',
    'Cinder_boot,_ephem,swap_disk_-attempt_live_migration,tunnelling_enabled_instance_metadata',
    'instance metadata switches the tunnel on',
    [{ setting: 'tunnel', from: ['instance'], value: true }],
    ['R19'],
  ),
  tunnelTest(
    '4.2',
    'Cinder_boot,_ephem_and_swap_disk_-_live_migration_with_tunnelling_disabled_in_flavor',
    'the flavor switches the tunnel off',
    [{ setting: 'tunnel', from: ['flavor'], value: false }],
    ['R19'],
  ),
  tunnelTest(
    '4.3',
    'Live_migration_tunnelling_setting_conflict,_instance_metadata_takes_priority_to_disable',
    'instance metadata switches off what the flavor switches on',
    [{ setting: 'tunnel', from: ['instance'], value: false, against: 'flavor' }],
    ['R20'],
  ),
  tunnelTest(
    '4.4',
    'Live_migration_tunnelling_setting_conflict,_instance_metadata_takes_priority_to_enable',
    'instance metadata switches on what the flavor switches off',
    [{ setting: 'tunnel', from: ['instance'], value: true, against: 'flavor' }],
    ['R20'],
  ),
  {
    id: 'test_Live_migration_stress_test_(bandwidth)_-_system_with_mgmt_only_(no_Infra),_storage_CoW_backing',
    plan: TUNNELLING,
    section: '4.5',
    title: 'a tunnelled migration under stress over the management network reports its throughput',
    by: 'log',
    setup: [{ setting: 'tunnel', from: null, value: true }],
    needs: [['tunnel-contradicted'], ['throughput-below-floor']],
    guards: ['throughput-above-wire', 'throughput-print-mismatch'],
    statements: ['R19'],
    collect: `${TUNNEL_LOG}; the network's link_mbps in the campaign; tc -s class show of the interface`,
  },
  throttleTest('1.0', '4VCPU,_4GB_RAM,_stress-ng_with_1_per_vcpu_and_2048M,1024M'),
  throttleTest('2.0', '4VCPU,_6GB_RAM,_stress-ng_with_1_per_vcpu_and_512M'),
  logTest(
    FAILURES,
    '1.0',
    'test_on_dataport_failure_some_migrations_rolled_back_instance_will_error,_other_instances_continue_migrating_(std._no_infra)',
    'after a data port fails, what can migrate does, and the rest rolls back',
    ['outcome-unexpected', 'migration-unfinished'],
    VIM,
  ),
  logTest(
    FAILURES,
    '2.0',
    'test_dataport_failure,_if_some_migrations_fail/error_(stress),_other_instances_will_continue_to_migrate_(Std.System)',
    'a guest under stress times out, and the next one migrates',
    ['outcome-unexpected', 'migration-unfinished'],
    VIM,
  ),
  logTest(
    FAILURES,
    '3.0',
    'test_where_some_instance(s)_may_rollback_while_others_continue_to_be_migrated_on_hypervisor_failure/disabled_(Duplex)',
    'with the hypervisor disabled, what can migrate does, and the rest rolls back',
    ['outcome-unexpected', 'migration-unfinished'],
    VIM,
  ),
  ...['volume', 'image'].map((source, index) =>
    logTest(
      ACTIONS,
      `${index + 1}.0`,
      `test_nova_stress_migration_operations_on_an_instance_launched_from_${source}_(repeating_migration_tests_1000+_times)`,
      `a thousand migrations of an instance launched from ${source === 'image' ? 'an image' : 'a volume'} leave no error in the log`,
      ['forbidden-message', 'migration-unfinished'],
      "both hosts' nova-compute.log of the whole run, rotated files included",
    ),
  ),
  {
    id: 'test_neutron_port_status_after_successful_migration_ACTIVE_(cold,_live,_block)',
    plan: 'Migrations and PortStatus',
    section: '1.0',
    title: 'the neutron ports are ACTIVE after a migration',
    by: 'manual',
    setup: [],
    needs: [],
    guards: [],
    statements: [],
    collect: 'neutron port-list --device_id=INSTANCE -c status before and after the migration',
  },
];

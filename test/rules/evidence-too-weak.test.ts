import { expect, test } from 'vitest';
import { campaignOf } from './campaign-text.ts';
import { at, covered, findingsOf, nova, running } from './log-text.ts';

const DOWNTIME = 'test_LiveMigrateMaxDowntime_Live_Migration,_Maximum_Downtime_not_set_defaults_to_500_ms';
const THROTTLE = 'test_nova_livemigration_autoconverge-_4VCPU,_6GB_RAM,_stress-ng_with_1_per_vcpu_and_512M_vm-bytes';
const PORTS = 'test_neutron_port_status_after_successful_migration_ACTIVE_(cold,_live,_block)';
const ends = `${at(50)} INFO driver: Migration operation has completed`;
const withSteps = covered(
  `${running(40)}\n10:00:00 INFO migration: Increasing downtime to 50 ms after 0 sec elapsed time\n${ends}`,
);
const withoutSteps = nova(`${running(40)}\n${ends}`);
const defaults = { timeout: 180, downtime: 500, auto_converge: true };
const about = (id: string, test: Record<string, unknown> = {}) =>
  campaignOf({ defaults, tests: [{ id, instance: 'vm', ...test }] });

test.each<[string, 'pass' | 'fail' | 'not-applicable', string, string]>([
  ['one of its rules decided', 'pass', withSteps, about(DOWNTIME)],
  ['none did', 'fail', withoutSteps, about(DOWNTIME)],
  ['no log shows throttling', 'fail', withSteps, about(THROTTLE)],
  ['it was not run', 'not-applicable', withSteps, about(DOWNTIME, { window: '2018-07-02T14:00:00Z/PT2H' })],
  ['a person must look', 'not-applicable', withSteps, about(PORTS)],
  ["a test of the campaign's own that ended", 'pass', withSteps, about('own')],
])('%s: %s', async (_what, status, log, campaign) => {
  expect(await findingsOf('evidence-too-weak', { logs: { a: log }, campaign })).toMatchObject([
    { status, severity: 'note' },
  ]);
});

test('it says what to collect next time', async () => {
  const [finding] = await findingsOf('evidence-too-weak', { logs: { a: withSteps }, campaign: about(THROTTLE) });
  expect(finding?.message).toMatch(/collect next time: top -H of the vCPU threads and virsh domjobinfo/);
});

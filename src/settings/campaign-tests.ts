import type { Network } from '../certification.ts';
import type { Campaign, DeclaredTest, Waiver } from './campaign.ts';
import type { Places } from './campaign-places.ts';
import type { CampaignData } from './campaign-schema.ts';

/** A campaign file's networks, tests and waivers, with the lines they stand on. */
export function plannedOf(data: CampaignData, places: Places): Pick<Campaign, 'networks' | 'tests' | 'waivers'> {
  const networks = Object.entries(data.networks).map(
    ([name, { config, link_mbps, members, throughput_floor_mib_s }]): Network => ({
      name,
      config,
      link_mbps: link_mbps ?? null,
      members,
      throughput_floor_mib_s: throughput_floor_mib_s ?? null,
      proof: places.proof(['networks', name]),
    }),
  );
  const waivers = data.waive.map(({ rule, host, instance, test, until, why }, place) => {
    const wrong: Waiver['wrong'] = (key, said) => places.issueAt(['waive', place, key], said);
    return { rule, host: host ?? null, instance: instance ?? null, test: test ?? null, until, why, wrong };
  });
  return { networks, waivers, tests: data.tests.map((test, place) => testOf(test, place, networks, places)) };
}

function testOf(
  test: CampaignData['tests'][number],
  place: number,
  networks: readonly Network[],
  places: Places,
): DeclaredTest {
  const { expect } = test;
  return {
    id: test.id,
    instance: test.instance ?? null,
    request: test.request ?? null,
    network: networks.find(({ name }) => name === test.network) ?? null,
    window: test.window ?? null,
    transcript: test.transcript ?? null,
    expect: {
      outcome: expect?.outcome ?? null,
      timeout_s: expect?.timeout ?? null,
      max_downtime_ms: expect?.downtime ?? null,
      auto_converge: expect?.auto_converge ?? null,
      tunnel: expect?.tunnel ?? null,
      throttled: expect?.throttled ?? null,
    },
    proof: places.proof(['tests', place]),
    wrong: (key, why) => places.issueAt(['tests', place, key], why),
  };
}

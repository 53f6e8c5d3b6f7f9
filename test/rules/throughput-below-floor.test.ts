import { expect, test } from 'vitest';
import { campaignOf } from './campaign-text.ts';
import { at, covered, type Given, verdictOn } from './log-text.ts';

const MIB = 1_048_576;

/** Sends so many MiB/s for 90 s, of a guest of 4 GiB or more of which `zero` MiB are zero pages. */
function log(rate: number, { turns = 4, zero = 0 } = {}): string {
  const lines = Array.from({ length: turns }, (_, turn) => {
    const [seconds, sent] = [turn * 30, rate * turn * 30];
    const total = 16_384;
    const left = Math.max(1, total - sent - (turn > 0 ? zero : 0));
    const amounts = `bytes processed=${sent * MIB}, remaining=${left * MIB}, total=${total * MIB}`;
    return `${at(seconds + 0.5)} INFO driver: Migration running for ${seconds} secs, memory 22% remaining (${amounts}); disk 0% remaining (bytes processed=0, remaining=0, total=0).`;
  });
  return covered(`${lines.join('\n')}\n${at(turns * 30)} INFO driver: Migration operation has completed`);
}

const network = (declared: Record<string, unknown>) =>
  campaignOf({ profile: 'upstream', networks: { lab: { config: 'infra-only', ...declared } } });

test.each<[string, 'pass' | 'fail' | 'inconclusive', Given]>([
  ['over a declared floor', 'pass', { logs: { a: log(50) }, campaign: network({ throughput_floor_mib_s: 40 }) }],
  ['under it', 'fail', { logs: { a: log(30) }, campaign: network({ throughput_floor_mib_s: 40 }) }],
  [
    'a tenth of 10 Gbit/s is enough in the tunnel',
    'pass',
    { logs: { a: log(130) }, campaign: network({ link_mbps: 10_000 }), flags: { set: ['tunnel=true'] } },
  ],
  [
    'and less is not',
    'fail',
    { logs: { a: log(110) }, campaign: network({ link_mbps: 10_000 }), flags: { set: ['tunnel=true'] } },
  ],
  ['direct, a quarter is wanted', 'fail', { logs: { a: log(130) }, campaign: network({ link_mbps: 10_000 }) }],
  ['no network is declared', 'inconclusive', { logs: { a: log(30) }, campaign: campaignOf({}) }],
  ['nor its speed', 'inconclusive', { logs: { a: log(30) }, campaign: network({}) }],
  [
    'two intervals are too few',
    'inconclusive',
    { logs: { a: log(30, { turns: 3 }) }, campaign: network({ link_mbps: 1000 }) },
  ],
  ['zero pages', 'inconclusive', { logs: { a: log(3, { zero: 12_000 }) }, campaign: network({ link_mbps: 1000 }) }],
])('%s: %s', async (_what, status, given) => {
  expect(await verdictOn('throughput-below-floor', given)).toMatchObject({ status, severity: 'warning' });
});

test('it says both figures, and shows the first and the last line', async () => {
  const { message, evidence } = await verdictOn('throughput-below-floor', {
    logs: { a: log(30) },
    campaign: network({ throughput_floor_mib_s: 40 }),
  });
  expect(message).toBe('a median of 30 MiB/s, and the floor is 40 MiB/s (lab)');
  expect(evidence.map(({ text }) => text.slice(11, 19))).toEqual(['10:00:00', '10:01:30']);
});

import { expect, test } from 'vitest';
import { campaignOf } from './campaign-text.ts';
import { at, covered, forkProgress, type Given, verdictOn } from './log-text.ts';

const sent = (seconds: number, mib: number) =>
  `${at(seconds + 0.5)} INFO driver: ${forkProgress(seconds).replaceAll('1600 MiB processed', `${mib} MiB processed`)}`;
const log = (rate: number) =>
  covered(`${sent(0, 0)}\n${sent(30, rate * 30)}\n${at(35)} INFO driver: Migration operation has completed`);
const setBack = covered(`${sent(0, 0)}
  ${sent(20, 40)}
  09:59:40 INFO driver: ${forkProgress(21)}
  ${sent(30, 90_000)}
  ${at(35)} INFO driver: Migration operation has completed`);
const network = (declared: Record<string, unknown>) =>
  campaignOf({ networks: { lab: { config: 'lacp', ...declared } } });

test.each<[string, 'pass' | 'fail' | 'inconclusive', Given]>([
  ['what the link carries', 'pass', { logs: { a: log(119) }, campaign: network({ link_mbps: 1000 }) }],
  ['a little more is measured', 'pass', { logs: { a: log(125) }, campaign: network({ link_mbps: 1000 }) }],
  ['more than it carries', 'fail', { logs: { a: log(127) }, campaign: network({ link_mbps: 1000 }) }],
  [
    'two links carry twice as much',
    'pass',
    { logs: { a: log(230) }, campaign: network({ link_mbps: 1000, members: 2 }) },
  ],
  ['the clock was set back', 'inconclusive', { logs: { a: setBack }, campaign: network({ link_mbps: 1000 }) }],
  ['no network', 'inconclusive', { logs: { a: log(1000) }, campaign: campaignOf({}) }],
  ['no speed', 'inconclusive', { logs: { a: log(1000) }, campaign: network({}) }],
  [
    'one progress line',
    'inconclusive',
    {
      logs: { a: covered(`${sent(0, 0)}\n${at(9)} INFO driver: Migration operation has completed`) },
      campaign: network({ link_mbps: 1000 }),
    },
  ],
])('%s: %s', async (_what, status, given) => {
  expect(await verdictOn('throughput-above-wire', given)).toMatchObject({ status, severity: 'warning' });
});

test('the evidence is the fastest interval, and where the link is declared', async () => {
  const { message, evidence } = await verdictOn('throughput-above-wire', {
    logs: { a: log(1100) },
    campaign: network({ link_mbps: 1000, members: 2 }),
  });
  expect(message).toBe('up to 1100 MiB/s, and lab carries 238 MiB/s (2 x 1000 Mbit/s)');
  expect(evidence.at(-1)?.path).toBe('campaign.yaml');
});

import { expect, test } from 'vitest';
import { logOf, type Told, uuid } from '../sample-log.ts';
import { findingsOf } from './log-text.ts';

const numbers = [1, 2, 3, 4, 5];
const campaign = (link_mbps: number) =>
  JSON.stringify({
    novatrail: 1,
    profile: 'stx-2018',
    networks: { lab: { config: 'infra-only', link_mbps } },
    instances: Object.fromEntries(numbers.map((n) => [`vm-${n}`, { id: uuid(n) }])),
  });
const run = (number: number, sent: number, tunnel: boolean): Told => ({
  instance: uuid(number),
  request: `req-${number}`,
  from: number * 100,
  lasts: 40,
  tunnel,
  progress: [
    [1, 0, 4096],
    [31, sent, 4096 - sent],
  ],
});
const direct = numbers.map((n) => run(n, 3000 + n * 10, false));
const tunnelled = (sent: number, count = 4) => numbers.slice(0, count).map((n) => run(10 + n, sent + n * 10, true));

test.each<[string, 'pass' | 'fail' | 'inconclusive', Told[], number]>([
  ['half as fast', 'pass', [...direct, ...tunnelled(1500)], 10_000],
  ['as fast', 'fail', [...direct, ...tunnelled(3000)], 10_000],
  ['slower by less than a tenth', 'fail', [...direct, ...tunnelled(2800)], 10_000],
  ['three are too few', 'inconclusive', [...direct, ...tunnelled(1500, 3)], 10_000],
  ['both fill the link', 'inconclusive', [...direct, ...tunnelled(2950)], 900],
])('%s: %s', async (_what, status, told, link) => {
  const findings = await findingsOf('tunnel-not-slower', { logs: { a: logOf(told) }, campaign: campaign(link) });
  expect(findings).toMatchObject([{ status, severity: 'warning', message: expect.stringMatching(/^infra-only, /) }]);
  expect(findings[0]?.evidence).toHaveLength(told.length);
});

test('migrations at the same time are not compared', async () => {
  const together = [...direct, ...tunnelled(3000)].map((told) => ({ ...told, from: 100 }));
  expect(await findingsOf('tunnel-not-slower', { logs: { a: logOf(together) }, campaign: campaign(10_000) })).toEqual(
    [],
  );
});

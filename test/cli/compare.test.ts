import { join } from 'node:path';
import { expect, test } from 'vitest';
import { logOf, type Told, uuid } from '../sample-log.ts';
import { called, ingestInto, ROOT, rows, scratch } from '../scratch.ts';

const MIB = 1_048_576;

interface Stratum {
  readonly stratum: string;
  readonly figure: string;
  readonly groups: readonly {
    group: string;
    n: number;
    median: number | null;
    p10: number | null;
    p90: number | null;
  }[];
  readonly ratio: number | null;
  readonly p_lower: number | null;
  readonly reading: string;
}
interface Compared {
  readonly strata: readonly Stratum[];
  readonly excluded: readonly { migration: string; why: string }[];
  readonly notes: readonly string[];
}

/** Sends so many MiB in 30 s, one migration after the other. */
function steady(number: number, sent: number, tunnel: boolean): Told {
  const progress = [
    [1, 0, 4096],
    [31, sent, 4096 - sent],
  ] as const;
  return { instance: uuid(number), request: `req-${number}`, from: number * 100, lasts: 40, tunnel, progress };
}

const DIRECT = [3000, 3100, 3200, 3300, 3500].map((sent, index) => steady(1 + index, sent, false));
const TUNNELLED = [1500, 1600, 1700, 1800].map((sent, index) => steady(11 + index, sent, true));
const CAMPAIGN = JSON.stringify({
  novatrail: 1,
  profile: 'stx-2018',
  networks: { lab: { config: 'infra-only', link_mbps: 10_000 } },
  instances: {
    ...Object.fromEntries([1, 2, 3, 4, 5].map((number) => [`vm-${number}`, { id: uuid(number) }])),
    big: { id: uuid(8), memory_mib: 32_768 },
  },
});

async function compared(folder: string, ...args: readonly string[]): Promise<Compared> {
  const { stdout, code, stderr } = await called(folder, ['compare', ...args, '--format', 'json']);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return JSON.parse(stdout) as Compared;
}

function lab(told: readonly Told[], campaign = CAMPAIGN): string {
  return scratch({ 'compute-0/nova-compute.log': logOf(told), 'campaign.yaml': campaign });
}

test('tunnel: one figure a migration, and what they mean', async () => {
  const { strata, excluded, notes } = await compared(lab([...DIRECT, ...TUNNELLED]), 'tunnel', '.');
  expect({ excluded, notes }).toEqual({ excluded: [], notes: [] });
  expect(strata).toMatchObject([
    {
      stratum: 'infra-only, 10000 Mbit/s, 4 to 16 GiB',
      groups: [
        { group: 'tunnelled', n: 4, median: 55 * MIB },
        { group: 'direct', n: 5, median: (3200 / 30) * MIB },
      ],
      ratio: 55 / (3200 / 30),
      p_lower: 1 / 126,
      reading: expect.stringMatching(
        /^the tunnel slows migrations down: a median of 55 MiB\/s tunnelled against 107 MiB\/s direct/,
      ),
    },
  ]);
});

test.each<[what: string, told: Told[], link: number, reading: RegExp]>([
  [
    'three are too few',
    [...DIRECT, ...TUNNELLED.slice(1)],
    10_000,
    /^3 tunnelled and 5 direct migrations say too little/,
  ],
  [
    'as fast as direct',
    [...DIRECT, ...[3050, 3150, 3250, 3400].map((sent, index) => steady(11 + index, sent, true))],
    10_000,
    /^no lower throughput in the tunnel/,
  ],
  [
    'both fill a link of 1 Gbit/s',
    [
      ...[3300, 3310, 3320, 3330].map((sent, index) => steady(1 + index, sent, false)),
      ...[3200, 3210, 3220, 3230].map((sent, index) => steady(11 + index, sent, true)),
    ],
    1000,
    /both fill the link \(119 MiB\/s\), so what the tunnel costs cannot be seen/,
  ],
])('tunnel: %s', async (_what, told, link, reading) => {
  const { strata } = await compared(lab(told, CAMPAIGN.replace('10000', String(link))), 'tunnel', '.');
  expect(strata.map((each) => each.reading)).toEqual([expect.stringMatching(reading)]);
});

test('tunnel: idle guests and migrations at the same time are left out, and said to be', async () => {
  const idle = steady(6, 100, false);
  const zeroes: Told = {
    ...idle,
    progress: [
      [1, 0, 4096],
      [31, 100, 10],
    ],
  };
  const doubled: Told = { ...steady(7, 3000, false), from: 110 };
  const { excluded, strata } = await compared(lab([...DIRECT, ...TUNNELLED, zeroes, doubled]), 'tunnel', '.');
  expect(excluded.map(({ why }) => why).sort()).toEqual([
    'another migration of its host ran at the same time',
    'another migration of its host ran at the same time',
    'most of its memory were zero pages',
  ]);
  expect(strata[0]?.groups.map(({ n }) => n)).toEqual([4, 4]);
});

test('tunnel: what else sets the arms apart is said', async () => {
  const folder = scratch({
    'compute-0/nova-compute.log': logOf(DIRECT),
    'compute-1/nova-compute.log': logOf(TUNNELLED.map((told) => ({ ...told, destination: 'compute-0' }))),
    'campaign.yaml': JSON.stringify({
      ...JSON.parse(CAMPAIGN),
      instances: Object.fromEntries(
        [...DIRECT, ...TUNNELLED].map(({ instance, tunnel }, index) => [
          `vm-${index}`,
          { id: instance, metadata: { 'hw:wrs:live_migration_auto_converge': tunnel ? 'False' : 'True' } },
        ]),
      ),
    }),
  });
  const { notes } = await compared(folder, 'tunnel', '.');
  expect(notes).toEqual([
    'infra-only, 10000 Mbit/s, 4 to 16 GiB: tunnelled migrations from compute-1 to compute-0, direct ones from compute-0 to compute-1: what the hosts and the direction cost cannot be told from what the tunnel costs',
    'infra-only, 10000 Mbit/s, 4 to 16 GiB: tunnelled migrations with auto-converge off, direct ones with auto-converge on: what throttling costs cannot be told from what the tunnel costs',
  ]);
});

test('the views of a store give the same numbers', async () => {
  const folder = lab([...DIRECT, ...TUNNELLED, steady(8, 2000, true)]);
  const db = join(folder, 'novatrail.db');
  await called(folder, ['ingest', '.', '--campaign', 'campaign.yaml', '--quiet']);
  const { strata } = await compared(folder, 'tunnel');
  const said = strata.flatMap(({ stratum, groups }) =>
    groups.filter(({ n }) => n > 0).map(({ group, n, median, p10, p90 }) => ({ stratum, group, n, median, p10, p90 })),
  );
  const views = rows(db, 'SELECT * FROM tunnel_strata').map((row) => ({
    stratum: `${row.network}, ${row.link_mbps} Mbit/s, ${row.memory_band}`,
    group: row.tunnelled === 1 ? 'tunnelled' : 'direct',
    n: row.migrations,
    median: expect.closeTo(row.median_bytes_s as number, 3),
    p10: expect.closeTo(row.p10_bytes_s as number, 3),
    p90: expect.closeTo(row.p90_bytes_s as number, 3),
  }));
  expect(views).toHaveLength(3);
  expect(said).toEqual(expect.arrayContaining(views));
});

test('auto-converge: how often migrations complete, by what the log and the settings say', async () => {
  const instances = (value: string, numbers: readonly number[]) =>
    Object.fromEntries(
      numbers.map((n) => [`vm-${n}`, { id: uuid(n), metadata: { 'hw:wrs:live_migration_auto_converge': value } }]),
    );
  const [on, off] = [
    [1, 2, 3, 4, 5],
    [11, 12, 13, 14, 15],
  ];
  const given = {
    novatrail: 1,
    profile: 'stx-2018',
    instances: { ...instances('True', on), ...instances('False', off) },
  };
  const told = [
    ...on.map((n) => steady(n, 3000, false)),
    ...off.map((n): Told => ({ ...steady(n, 3000, false), timeout: { seconds: 35, lines: 2 } })),
  ];
  const { strata } = await compared(lab(told, JSON.stringify(given)), 'auto-converge', '.');
  expect(strata.map(({ reading }) => reading)).toEqual([
    'auto-converge lets more migrations complete: 5 of 5 with auto-converge completed, 0 of 5 without (p = 0.004)',
  ]);
});

test('campaigns: a store against a folder', async () => {
  const before = lab(DIRECT);
  const after = lab([2000, 2100, 2200, 2300, 2400].map((sent, index) => steady(1 + index, sent, false)));
  await ingestInto(join(before, 'before.db'), join(before, 'compute-0'));
  const { strata } = await compared(before, 'campaigns', 'before.db', join(after, 'compute-0'));
  expect(strata.map(({ figure }) => figure)).toEqual(['throughput_bytes_s', 'duration_s']);
  expect(strata[0]?.reading).toMatch(
    /^the throughput of before\.db is higher than that of .* \(ratio 1\.45, p = 0\.004, 5 against 5 migrations\)$/,
  );
  expect(strata[1]?.reading).toMatch(/^no difference in duration is shown/);
});

test('the public benchmark of 2017: its medians, and its traps told', async () => {
  const files = ['off_block', 'off_shared', 'on_block', 'on_shared'].map((each) => `lvm_tun_${each}_storage_sml.json`);
  const repeats = ['off_shared_storage_sml_timeout_infinity', 'on_block_storage_sml_after_patch'].map(
    (each) => `lvm_tun_${each}.json`,
  );
  const { strata, notes } = await compared(join(ROOT, 'test/logs/osic'), 'tunnel', ...files, ...repeats);
  const medians = strata.map(({ stratum, groups }) => [
    stratum,
    ...groups.map(({ n, median }) => [n, Number(median?.toFixed(1))]),
  ]);
  expect(medians).toEqual([
    ['large, block migration', [444, 240.7], [237, 237.8]],
    ['large, shared storage', [240, 95.1], [466, 43.8]],
    ['medium, block migration', [240, 124.3], [240, 122.5]],
    ['medium, shared storage', [240, 52.6], [240, 25.9]],
    ['small, block migration', [240, 64.2], [360, 66.2]],
    ['small, shared storage', [240, 30.6], [360, 16.1]],
  ]);
  const longer = strata.filter(({ reading }) => reading.startsWith('tunnelled migrations take longer'));
  expect(longer.map(({ stratum }) => stratum)).toEqual([
    'large, shared storage',
    'medium, shared storage',
    'small, shared storage',
  ]);
  expect(notes.filter((note) => note.includes('not counted twice'))).toHaveLength(4);
  expect(notes.filter((note) => /3 of 240|14 of 240|36 of 240/.test(note))).toHaveLength(3);
});

test.each([
  [['campaigns', 'a'], /takes two of them/],
  [['weather'], /what "weather": write one of "tunnel"/],
])('compare %j is told as wrong', async (args, said) => {
  const { code, stderr } = await called(scratch(), ['compare', ...args]);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(said) });
});

test('the table is for people', async () => {
  const { stdout } = await called(lab([...DIRECT, ...TUNNELLED]), ['compare', 'tunnel', '.']);
  expect(stdout).toContain('  tunnelled         4      55.0      51.0      59.0\n');
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

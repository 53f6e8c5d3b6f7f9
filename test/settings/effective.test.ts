import { expect, test } from 'vitest';
import type { Migration, Profile, Settings } from '../../src/model.ts';
import { type Campaign, parseCampaign, parseSet } from '../../src/settings/campaign.ts';
import { settingsOf } from '../../src/settings/effective.ts';

const VM = '07b5842b-6324-4de0-973e-6d0ff18ef574';
const quiet = { instance: VM, dialect: null, timeline: [] } as unknown as Migration;

interface Declared {
  readonly flavor?: Record<string, unknown>;
  readonly metadata?: Record<string, unknown>;
  readonly image?: Record<string, unknown>;
  readonly [key: string]: unknown;
}

function campaignOf(instance: Declared | null, defaults: object = {}): Campaign {
  const instances = instance === null ? {} : { vm: { id: VM, ...instance } };
  return parseCampaign(JSON.stringify({ novatrail: 1, defaults, instances }), 'campaign.yaml');
}

function effective(
  profile: Profile | null,
  instance: Declared | null,
  more: { defaults?: object; set?: string[]; options?: [string, string][] } = {},
): Settings {
  const campaign = campaignOf(instance, more.defaults);
  return settingsOf(quiet, {
    campaign,
    set: parseSet(more.set ?? []),
    profile,
    dialectAround: null,
    options: more.options ?? [],
  });
}

const FORK = 'hw:wrs:live_migration_';
const IMAGE = 'hw_wrs_live_migration_';
/** Sources as the short rows below write them: f(lavor), m(etadata), i(mage). */
function sources(name: string, given: { f?: unknown; m?: unknown; i?: unknown }): Declared {
  const one = (key: string, value: unknown) => (value === undefined ? {} : { [key]: value });
  return {
    flavor: one(FORK + name, given.f),
    metadata: one(FORK + name, given.m),
    image: one(IMAGE + name, given.i),
  };
}

type Row = [what: string, given: { f?: unknown; m?: unknown; i?: unknown }, value: unknown, origin: string];

test.each<Row>([
  ['nothing set: nova.conf', {}, 180, 'default'],
  ['the flavor', { f: 300 }, 300, 'flavor'],
  ['the instance', { m: 300 }, 300, 'instance'],
  ['the image', { i: 300 }, 300, 'image'],
  ['the lowest: flavor', { f: 150, m: 200, i: 300 }, 150, 'flavor'],
  ['the lowest: instance', { f: 300, m: 150, i: 200 }, 150, 'instance'],
  ['the lowest: image', { f: 300, m: 200, i: 150 }, 150, 'image'],
  ['lowest by number, not by text', { f: 1000, m: 200 }, 200, 'instance'],
  ["nova.conf's lower value is not among them", { f: 300 }, 300, 'flavor'],
  ['0 is overridden by any other', { f: 300, m: 400, i: 0 }, 300, 'flavor'],
  ['0 in the flavor is overridden too', { f: 0, m: 200 }, 200, 'instance'],
  ['0 alone switches it off', { f: 0 }, 0, 'flavor'],
  ['only zeros switch it off', { f: 0, m: 0, i: 0 }, 0, 'flavor'],
  ['an image value out of range is honoured', { i: 60 }, 60, 'image'],
  ['no number: ignored', { f: 'long', m: 200 }, 200, 'instance'],
  ['nothing but what is no number', { m: '3 min' }, 180, 'default'],
])('timeout of the fork, %s', (_what, given, value, origin) => {
  expect(effective('stx-2018', sources('timeout', given)).timeout_s).toMatchObject({ value, origin, declared: true });
});

test.each<Row>([
  ['nothing set: nova.conf', {}, 500, 'default'],
  ['flavor over instance over image', { f: 300, m: 200, i: 150 }, 300, 'flavor'],
  ['instance over image', { m: 900, i: 150 }, 900, 'instance'],
  ['the image last', { i: 150 }, 150, 'image'],
  ['the lowest does not win', { f: 800, m: 200 }, 800, 'flavor'],
  ['100 is allowed', { i: 100 }, 100, 'image'],
  ['an image under 100 is reverted to nova.conf', { i: 99 }, 500, 'default'],
  ['a flavor under 100 is reverted, not passed on to the instance', { f: 50, m: 200 }, 500, 'default'],
  ['no number is reverted', { m: 'short' }, 500, 'default'],
])('downtime of the fork, %s', (_what, given, value, origin) => {
  expect(effective('stx-2018', sources('max_downtime', given)).max_downtime_ms).toMatchObject({ value, origin });
});

const switches: Row[] = [
  ['the flavor: on', { f: 'True' }, true, 'flavor'],
  ['the flavor: off', { f: 'False' }, false, 'flavor'],
  ['the instance wins: off', { f: 'True', m: 'False' }, false, 'instance'],
  ['the instance wins: on', { f: 'False', m: 'True' }, true, 'instance'],
  ['an invalid instance value leaves the flavor', { f: 'False', m: 'maybe' }, false, 'flavor'],
  ['2 is no boolean', { f: 'True', m: '2' }, true, 'flavor'],
];
test.each(switches)('auto-converge and tunnel of the fork, %s', (_what, given, value, origin) => {
  expect(effective('stx-2018', sources('auto_converge', given)).auto_converge).toMatchObject({ value, origin });
  expect(effective('stx-2018', sources('tunnel', given)).tunnel).toMatchObject({ value, origin });
});

test('the image has no say in auto-converge and tunnel', () => {
  expect(effective('stx-2018', sources('auto_converge', { i: 'False' })).auto_converge.value).toBe(true);
  expect(effective('stx-2018', sources('tunnel', { i: 'True' })).tunnel.value).toBe(false);
});

test.each([
  [['1', 't', 'T', 'true', 'TRUE', 'on', 'On', 'y', 'yes', ' yes '], true],
  [['0', 'f', 'F', 'false', 'FALSE', 'off', 'Off', 'n', 'no', ' no '], false],
])('the booleans that the fork takes: %j are %s', (words, value) => {
  for (const word of words)
    expect(effective('stx-2018', sources('tunnel', { m: word }), { defaults: { tunnel: !value } }).tunnel.value).toBe(
      value,
    );
});

test.each(['', '2', 'enabled', 'ja', 'tru', 'true false'])('%j is no boolean: nova.conf', (word) => {
  expect(effective('stx-2018', sources('tunnel', { m: word }), { defaults: { tunnel: true } }).tunnel).toMatchObject({
    value: true,
    origin: 'nova.conf',
  });
});

test('~ in a campaign file means that the key is not set', () => {
  expect(effective('stx-2018', sources('timeout', { f: null, m: 200 })).timeout_s).toMatchObject({
    value: 200,
    origin: 'instance',
  });
});

test('keys that nova does not know set nothing', () => {
  const settings = effective('stx-2018', {
    flavor: { 'hw:live_migration_timeout': 150, 'hw:wrs:live_migration_permit_auto_converge': 'False' },
    metadata: { hw_wrs_live_migration_max_downtime: 300 },
    image: { 'hw:wrs:live_migration_timeout': 140 },
  });
  expect([settings.timeout_s.value, settings.max_downtime_ms.value, settings.auto_converge.value]).toEqual([
    180,
    500,
    true,
  ]);
});

test('what lost is told with the reason', () => {
  const { candidates, why } = effective('stx-2018', sources('timeout', { f: 300, m: 0, i: 200 })).timeout_s;
  expect(why).toBe('the lowest non-zero value wins; 0 is overridden');
  expect(candidates.map(({ origin, value, lost }) => [origin, value, lost === null])).toEqual([
    ['flavor', '300', false],
    ['instance', '0', false],
    ['image', '200', true],
    ['default', '180', false],
  ]);
});

test('a value that nova cannot read lost for that reason, not for the one by which others lost', () => {
  const lost = (given: Parameters<typeof sources>[1]) =>
    effective('stx-2018', sources('timeout', given)).timeout_s.candidates.map((each) => each.lost);
  expect(lost({ f: 'abc' })).toEqual(['abc (flavor) is not a whole number: nova.conf']);
  expect(lost({ f: 'abc', m: 'x' })).toEqual([
    'abc (flavor) is not a whole number: nova.conf',
    'x (instance) is not a whole number: nova.conf',
  ]);
  expect(lost({ f: 'abc', m: 200, i: 300 })).toEqual([
    'abc (flavor) is not a whole number',
    null,
    'the lowest value wins',
    'what flavor, image or instance say wins over nova.conf',
  ]);
  const { candidates } = effective('stx-2018', sources('tunnel', { f: 'True', m: 'maybe' })).tunnel;
  expect(candidates[0]?.lost).toBe('maybe (instance) is not a boolean');
});

test.each<[what: string, instance: Declared | null, timeout: number | null]>([
  ['4 GiB', { memory_mib: 4096 }, 600],
  ['3.5 GiB', { memory_mib: 3584 }, 525],
  ['less than 2 GiB count as 2', { memory_mib: 512 }, 300],
  [
    'block migration adds disks, each at least 2 GiB',
    { memory_mib: 4096, block_migration: true, disks_gib: [1, 20] },
    150 * 26,
  ],
  ['disks that are not copied do not count', { memory_mib: 4096, disks_gib: [20] }, 600],
  ["the fork's keys are ignored", { memory_mib: 2048, ...sources('timeout', { f: 120, m: 120, i: 120 }) }, 300],
  ['without the memory it is not known', {}, null],
  ['without the disks of a block migration neither', { memory_mib: 4096, block_migration: true }, null],
  ['without the instance neither', null, null],
])('timeout upstream, %s', (_what, instance, timeout) => {
  const settings = effective('upstream', instance, { defaults: { timeout: 150 } });
  expect(settings.timeout_s).toMatchObject({ value: timeout, declared: timeout !== null });
});

test('the sizes of copied disks are the most that their files can be', () => {
  const declared = { memory_mib: 4096, block_migration: true, disks_gib: [20] };
  const { timeout_s, data_gb } = effective('upstream', declared, { defaults: { timeout: 150 } });
  expect(timeout_s.why).toBe("nova.conf's 150 s x 24 GiB, the most it can be");
  expect(data_gb.why).toContain('the most it can be');
  expect(data_gb.candidates.map(({ key, value }) => [key, value])).toEqual([['disks_gib', '4']]);
  const shared = effective('upstream', { memory_mib: 4096, disks_gib: [20] }, { defaults: { timeout: 150 } });
  expect(shared.data_gb.candidates).toEqual([]);
  expect(shared.timeout_s.why).toBe("nova.conf's 150 s x 4 GiB");
});

test('upstream, 0 is off whatever the size', () => {
  expect(effective('upstream', null, { defaults: { timeout: 0 } }).timeout_s).toMatchObject({
    value: 0,
    declared: true,
  });
});

test("upstream, nova's minimum stands for less, and only there", () => {
  const defaults = { downtime: 50, downtime_steps: 1, downtime_delay: 0 };
  const values = ({ max_downtime_ms, downtime_steps, downtime_delay_s }: Settings) =>
    [max_downtime_ms, downtime_steps, downtime_delay_s].map(({ value }) => value);
  const upstream = effective('upstream', {}, { defaults });
  expect(values(upstream)).toEqual([100, 3, 3]);
  expect(upstream.downtime_steps.why).toBe(
    'nova.conf (live_migration_downtime_steps) says 1, but nova takes at least 3',
  );
  expect(values(effective('upstream', {}, { defaults: { downtime_delay: 4 } }))).toEqual([500, 10, 4]);
  expect(values(effective('upstream', {}, { options: [['live_migration_downtime_steps', '2']] }))).toEqual([
    500, 3, 75,
  ]);
  expect(values(effective('stx-2018', {}, { defaults }))).toEqual([50, 1, 0]);
});

test('upstream ignores every key of flavor, image and instance', () => {
  const given = { f: 'True', m: 'True', i: 'True' };
  expect(effective('upstream', sources('auto_converge', given)).auto_converge.value).toBe(false);
  expect(effective('upstream', sources('tunnel', given)).tunnel.value).toBe(false);
  expect(effective('upstream', sources('max_downtime', { f: 900, m: 900, i: 900 })).max_downtime_ms.value).toBe(500);
});

test.each<[what: string, more: Parameters<typeof effective>[2], value: number, declared: boolean]>([
  [
    '--set over the campaign',
    { set: ['downtime=300'], defaults: { downtime: 400 }, options: [['live_migration_downtime', '600']] },
    300,
    true,
  ],
  [
    'the campaign over the dump',
    { defaults: { downtime: 400 }, options: [['live_migration_downtime', '600']] },
    400,
    true,
  ],
  ['the dump over the default', { options: [['live_migration_downtime', '600']] }, 600, true],
  [
    'of two dumps the newer',
    {
      options: [
        ['live_migration_downtime', '600'],
        ['live_migration_downtime', '700'],
      ],
    },
    700,
    true,
  ],
  ['a default is only assumed', {}, 500, false],
])('nova.conf, %s', (_what, more, value, declared) => {
  expect(effective(null, {}, more).max_downtime_ms).toMatchObject({ value, declared });
});

test("an explicit profile declares its defaults, but the fork's only for a declared instance", () => {
  expect(effective('upstream', null).max_downtime_ms.declared).toBe(true);
  expect(effective('stx-2018', {}).max_downtime_ms.declared).toBe(true);
  expect(effective('stx-2018', null).max_downtime_ms.declared).toBe(false);
  expect(effective('stx-2018', null, { defaults: { downtime: 500 } }).max_downtime_ms.declared).toBe(false);
});

test('what the log shows stands in for an assumed value, never for a declared one', () => {
  const timedOut = { ...quiet, timeline: [{ type: 'timeout', fields: { timeout_s: 150 } }] } as unknown as Migration;
  const input = { set: {}, dialectAround: null, options: [] };
  const assumed = settingsOf(timedOut, { ...input, campaign: campaignOf(null), profile: 'stx-2018' });
  expect(assumed.timeout_s).toMatchObject({ value: 150, origin: 'log', declared: false });
  const declared = settingsOf(timedOut, { ...input, campaign: campaignOf({}), profile: 'stx-2018' });
  expect(declared.timeout_s).toMatchObject({ value: 180, origin: 'default', declared: true });
});

import { expect, test } from 'vitest';
import { CampaignError, parseCampaign, parseSet } from '../../src/settings/campaign.ts';
import { planOf } from '../../src/settings/plan.ts';

const VM = '07b5842b-6324-4de0-973e-6d0ff18ef574';

function complaint(text: string): string {
  try {
    parseCampaign(text, 'lab/campaign.yaml');
  } catch (error) {
    if (error instanceof CampaignError) return error.message;
    throw error;
  }
  return 'nothing to complain of';
}

test('an unknown key: file, line, column, the line with a caret, what was meant', () => {
  expect(complaint('novatrail: 1\ndefaults:\n  timeout: 180\n  downtme: 500\n')).toBe(
    ['lab/campaign.yaml:4:3: unknown key downtme; did you mean downtime?', '  4 |   downtme: 500', '    |   ^'].join(
      '\n',
    ),
  );
});

test.each<[what: string, text: string, said: RegExp]>([
  ['unknown at the top', 'novatrail: 1\nprofil: stx-2018\n', /:2:1: unknown key profil; did you mean profile\?/],
  [
    'unknown in a host',
    'novatrail: 1\nhosts:\n  compute-0: { timezone: UTC, tzz: UTC }\n',
    /:3:16: unknown key timezone/,
  ],
  [
    'unknown in a host, with a hint',
    'novatrail: 1\nhosts:\n  compute-0: { log: [] }\n',
    /:3:16: unknown key log; did you mean logs\?/,
  ],
  [
    'unknown in an instance',
    `novatrail: 1\ninstances:\n  vm:\n    id: ${VM}\n    metdata: {}\n`,
    /:5:5: unknown key metdata; did you mean metadata\?/,
  ],
  ['nothing near: no hint', 'novatrail: 1\nweather: fine\n', /unknown key weather\n/],
  ['a number that is none', 'novatrail: 1\ndefaults: { downtime: fast }\n', /:2:13: .*number/],
  ['a timeout under 0', 'novatrail: 1\ndefaults:\n  timeout: -1\n', /:3:3: .*0/],
  ['a boolean that is none', 'novatrail: 1\ndefaults:\n  auto_converge: maybe\n', /:3:3: .*boolean/],
  ['a profile that is none', 'novatrail: 1\nprofile: stx\n', /:2:1: .*"stx-2018".*"upstream"/],
  ['an id that is no UUID', 'novatrail: 1\ninstances:\n  vm: { id: vm-a }\n', /:3:9: .*UUID/],
  ['an instance without id', 'novatrail: 1\ninstances:\n  vm: { memory_mib: 512 }\n', /:3:3: /],
  [
    'an id twice',
    `novatrail: 1\ninstances:\n  a: { id: ${VM} }\n  b:\n    id: ${VM.toUpperCase()}\n`,
    /:5:5: is the id of a too/,
  ],
  ['another version', 'novatrail: 2\n', /:1:1: /],
  ['no version', 'campaign: x\n', /:1:1: /],
  ['an empty file', '', /:1:1: /],
  ['no YAML: a bracket too many', 'novatrail: 1\nlogs: [a, b]]\n', /:2:13: .*\n.*2 \| logs: \[a, b\]\]\n/],
  [
    'unknown in a test',
    'novatrail: 1\ntests:\n  - { id: x, instanec: vm }\n',
    /:3:14: unknown key instanec; did you mean instance\?/,
  ],
  [
    'unknown in what a test expects',
    'novatrail: 1\ntests:\n  - id: x\n    instance: vm\n    expect: { outcom: completed }\n',
    /:5:15: unknown key outcom; did you mean outcome\?/,
  ],
  [
    'unknown in a network',
    'novatrail: 1\nnetworks:\n  lab: { config: cpe, link_mbs: 1 }\n',
    /:3:23: unknown key link_mbs; did you mean link_mbps\?/,
  ],
  ['a configuration that is none', 'novatrail: 1\nnetworks:\n  lab: { config: infra }\n', /:3:10: .*infra-only/],
  [
    'a network that is not there',
    'novatrail: 1\nnetworks: { lab: { config: cpe } }\ntests:\n  - { id: x, instance: vm, network: lap }\n',
    /:4:28: there is no network lap; did you mean lab\?/,
  ],
  [
    'a test about nothing',
    'novatrail: 1\ntests:\n  - { id: x }\n',
    /:3:5: name the instance, the request or the transcript/,
  ],
  [
    'a window without a zone',
    'novatrail: 1\ntests:\n  - { id: x, instance: vm, window: 2019-05-20T13:00:00/PT10M }\n',
    /:3:28: write when its migration starts/,
  ],
  ['a waiver without end', 'novatrail: 1\nwaive:\n  - { rule: clock-skew, why: x }\n', /:3:5: write the last day/],
  ['a waiver without reason', 'novatrail: 1\nwaive:\n  - { rule: clock-skew, until: 2019-06-01 }\n', /:3:5: /],
  [
    'a waiver of an unknown kind',
    'novatrail: 1\nwaive:\n  - { rul: clock-skew, until: 2019-06-01, why: x }\n',
    /:3:5: /,
  ],
  ['a key twice', 'novatrail: 1\nprofile: upstream\nprofile: stx-2018\n', /:3:1: .*unique/],
])('%s', (_what, text, said) => {
  expect(complaint(text)).toMatch(said);
  expect(complaint(text)).toMatch(/^lab\/campaign\.yaml:\d+:\d+: .+\n {2}\d+ \| .*\n +\| *\^$/);
});

test('only novatrail: 1 is required', () => {
  expect(parseCampaign('novatrail: 1', 'c.yaml')).toMatchObject({ name: null, profile: null, logs: [], conf: {} });
});

test('values of flavor, image and metadata may be written as numbers and booleans; an id in capitals is the same', () => {
  const { instances } = parseCampaign(
    `novatrail: 1\ninstances:\n  vm: { id: ${VM.toUpperCase()}, flavor: { a: 150, b: true, c: "x", d: ~ } }`,
    'c.yaml',
  );
  const values = Object.entries(instances.get(VM)?.flavor ?? {}).map(([key, [first]]) => [key, first?.value]);
  expect(values).toEqual(Object.entries({ a: '150', b: 'true', c: 'x', d: null }));
});

test('--set takes the keys of defaults', () => {
  expect(parseSet(['timeout=150,auto_converge=no', 'timeout_action=force_complete'])).toEqual({
    timeout: 150,
    auto_converge: false,
    timeout_action: 'force_complete',
  });
});

test.each([
  ['timout=150', /--set timout: unknown key timout; did you mean timeout\?/],
  ['timeout', /--set timeout: write KEY=VALUE/],
  ['timeout=soon', /--set timeout: .*number/],
  ['post_copy=7', /--set post_copy: .*boolean/],
])('--set %s is told as wrong', (assignment, said) => {
  expect(() => parseSet([assignment])).toThrow(said);
});

test('an alias of nothing is shown where it stands', () => {
  expect(complaint('novatrail: 1\ncampaign: *x\n')).toBe(
    'lab/campaign.yaml:2:11: there is no anchor &x before the alias *x\n  2 | campaign: *x\n    |           ^',
  );
});

test('aliases of aliases that grow without bound are refused', () => {
  const nine = (item: string) => `[${Array(9).fill(item).join(', ')}]`;
  const grown = [...'bcdefghi'].map((name, index) => `${name}: &${name} ${nine(`*${'abcdefghi'[index]}`)}\n`);
  expect(complaint(`novatrail: 1\na: &a ${nine('x')}\n${grown.join('')}`)).toMatch(
    /^lab\/campaign\.yaml:1:1: cannot be read: Excessive alias count/,
  );
});

test('an alias stands for its anchor', () => {
  expect(parseCampaign('novatrail: 1\nlogs: [&a c0.log]\ncampaign: *a\n', 'campaign.yaml').name).toBe('c0.log');
});

test('a test of an instance that nothing declares is shown where it stands, with the nearest name', () => {
  const campaign = parseCampaign(
    `novatrail: 1\ninstances: { vm-a: { id: ${VM} } }\ntests:\n  - { id: x, instance: vm-b }\n`,
    'lab/campaign.yaml',
  );
  expect(() => planOf(campaign, { transcripts: new Map(), actions: [], suiteTests: [] })).toThrow(
    /^lab\/campaign\.yaml:4:14: there is no instance vm-b; did you mean vm-a\?\n {2}4 \| .*\n/,
  );
});

test('a window is a time, two of them, or a time and how long from then on', () => {
  const windows = ['13:00:00Z', '13:00:00Z/PT10M', '13:00:00+02:00/2019-05-20T13:10:00Z'].map((text) => {
    const test_ = `{ id: x, request: r, window: 2019-05-20T${text} }`;
    return parseCampaign(`novatrail: 1\ntests: [${test_}]\n`, 'c.yaml').tests[0]?.window;
  });
  const at = (hour: number, minute: number) => Date.UTC(2019, 4, 20, hour, minute);
  expect(windows).toEqual([
    { from: at(13, 0), to: at(13, 0) },
    { from: at(13, 0), to: at(13, 10) },
    { from: at(11, 0), to: at(13, 10) },
  ]);
});

import { expect, test } from 'vitest';
import type { Migration, Settings } from '../../src/model.ts';
import { CampaignError, parseCampaign } from '../../src/settings/campaign.ts';
import { settingsOf } from '../../src/settings/effective.ts';

const VM = '07b5842b-6324-4de0-973e-6d0ff18ef574';
const at = (time: string) => Date.parse(`2019-05-20T${time}Z`);

/** What is in force for a migration of the instance from 13:00 to 13:10. */
function inForce(text: string, { from = '13:00:00', to = '13:10:00' } = {}): Settings {
  const migration = { instance: VM, dialect: null, timeline: [], startedAt: at(from), endedAt: at(to) };
  return settingsOf(migration as unknown as Migration, {
    campaign: parseCampaign(text, 'c.yaml'),
    set: {},
    profile: 'stx-2018',
    dialectAround: null,
    options: [],
  });
}

const flavor = (value: string) =>
  `novatrail: 1\ninstances:\n  vm:\n    id: ${VM}\n    flavor:\n      hw:wrs:live_migration_timeout: ${value}\n`;

test.each([
  ['a value without a time holds always', '"150"', 150],
  ['from before the start', '{ value: "150", from: 2019-05-20T12:00:00Z }', 150],
  ['from the start itself', '{ value: "150", from: 2019-05-20T13:00:00Z }', 150],
  ['from after the end', '{ value: "150", from: 2019-05-20T14:00:00Z }', 180],
  ['the zone counts', '{ value: "150", from: 2019-05-20T14:30:00+02:00 }', 150],
  [
    'the last that holds by the start, in whatever order they stand',
    '[{ value: "300", from: 2019-05-20T12:30:00Z }, { value: "150", from: 2019-05-20T12:00:00Z }, { value: "200" }]',
    300,
  ],
  ['explicitly unset from a time on', '[{ value: "150" }, { value: ~, from: 2019-05-20T12:00:00Z }]', 180],
])('%s', (_what, value, timeout) => {
  expect(inForce(flavor(value)).timeout_s).toMatchObject({ value: timeout, declared: true });
});

test('what changes while the migration runs is not held against it', () => {
  const changed = inForce(flavor('[{ value: "150" }, { value: "300", from: 2019-05-20T13:05:00Z }]'));
  expect(changed.timeout_s).toMatchObject({ value: 150, declared: false });
  expect(changed.timeout_s.why).toBe('it changed while the migration ran, and nova reads it again twice a second');
  const later = inForce(flavor('[{ value: "150" }, { value: "300", from: 2019-05-20T13:10:01Z }]'));
  expect(later.timeout_s).toMatchObject({ value: 150, declared: true });
});

test("nova.conf's values may be dated too", () => {
  const text = `novatrail: 1
defaults: { downtime: [{ value: 400 }, { value: 300, from: 2019-05-20T12:00:00Z }], tunnel: { value: true, from: 2019-05-20T15:00:00Z } }
instances: { vm: { id: ${VM} } }`;
  expect(inForce(text).max_downtime_ms).toMatchObject({ value: 300, origin: 'nova.conf' });
  expect(inForce(text, { from: '11:00:00' }).max_downtime_ms.value).toBe(400);
  expect(inForce(text).tunnel).toMatchObject({ value: false, origin: 'default' });
});

test.each([
  ['a time without a zone', '{ value: "150", from: 2019-05-20T12:00:00 }', /c\.yaml:6:\d+: write a time with its zone/],
  [
    'an unknown key',
    '{ value: "150", form: 2019-05-20T12:00:00Z }',
    /c\.yaml:6:\d+: unknown key form; did you mean from\?/,
  ],
  [
    'two values without a time',
    '[{ value: "150" }, { value: "200" }]',
    /c\.yaml:6:\d+: has a second value without from/,
  ],
  [
    'two values from the same time',
    '[{ value: "1", from: 2019-05-20T12:00:00Z }, { value: "2", from: 2019-05-20T14:00:00+02:00 }]',
    /c\.yaml:6:\d+: has two values from the same time/,
  ],
  ['an empty list', '[]', /c\.yaml:6:\d+: give at least one value/],
])('%s is shown where it stands', (_what, value, message) => {
  expect(() => inForce(flavor(value))).toThrow(CampaignError);
  expect(() => inForce(flavor(value))).toThrow(message);
});

test('each value knows the line that says it', () => {
  const campaign = parseCampaign(
    `${flavor('\n        - value: "150"\n        - { value: "300", from: 2019-05-20T12:00:00Z }')}`,
    'c.yaml',
  );
  const values = campaign.instances.get(VM)?.flavor['hw:wrs:live_migration_timeout'] ?? [];
  expect(values.map(({ value, proof }) => [value, proof?.ref.line, proof?.text])).toEqual([
    ['150', 7, '- value: "150"'],
    ['300', 8, '- { value: "300", from: 2019-05-20T12:00:00Z }'],
  ]);
});

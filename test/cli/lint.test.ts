import { expect, test } from 'vitest';
import { VM } from '../rules/log-text.ts';
import { called, scratch } from '../scratch.ts';

const T = 'hw:wrs:live_migration_timeout';
const campaign = (instance: Record<string, unknown>, profile = 'stx-2018') =>
  `novatrail: 1\nprofile: ${profile}\ndefaults: { timeout: 180, downtime: 500, auto_converge: true, tunnel: false }\ninstances:\n  vm-a:\n    id: ${VM}\n${Object.entries(
    instance,
  )
    .map(([place, keys]) => `    ${place}: ${JSON.stringify(keys)}\n`)
    .join('')}`;
const lint = (files: Record<string, string>, ...flags: string[]) =>
  called(scratch(files), ['lint', ...Object.keys(files), ...flags]);

test('a clean campaign: exit 0, and what would be in force', async () => {
  const { code, stdout } = await lint({
    'campaign.yaml': campaign({ flavor: { [T]: '150' }, image: { hw_wrs_live_migration_timeout: '0' } }),
  });
  expect(code).toBe(0);
  expect(stdout).toContain('timeout 150 s (flavor): the lowest non-zero value wins; 0 is overridden');
  expect(stdout).toContain('0 errors, 0 warnings, 1 note');
});

test.each<[what: string, instance: Record<string, unknown>, code: number, said: RegExp]>([
  [
    'out of range',
    { flavor: { [T]: '90' } },
    1,
    /nova would answer: ERROR \(BadRequest\): hw:wrs:live_migration_timeout must be 0 or in the\s+range 120 to 800 \(HTTP 400\)/,
  ],
  [
    'no number',
    { metadata: { 'hw:wrs:live_migration_max_downtime': 'long' } },
    1,
    /hw:wrs:live_migration_max_downtime must be an\s+integer/,
  ],
  ['too low', { flavor: { 'hw:wrs:live_migration_max_downtime': '99' } }, 1, /must be greater\s+than or equal to 100/],
  [
    'of an image, which nova does not check',
    { image: { hw_wrs_live_migration_timeout: '60' } },
    0,
    /warning \(timeout-setting-out-of-range\)/,
  ],
  [
    'misspelt',
    { flavor: { 'hw:wrs:live_migration_timeuot': '150' } },
    0,
    /warning \(setting-unknown\)[\s\S]*hw:wrs:live_migration_timeout/,
  ],
  ['in the wrong place', { image: { hw_wrs_live_migration_tunnel: 'True' } }, 0, /warning \(setting-misplaced\)/],
  ['no boolean', { metadata: { 'hw:wrs:live_migration_tunnel': 'maybe' } }, 1, /error \(setting-invalid\)/],
  [
    'in conflict',
    { flavor: { [T]: '150' }, metadata: { [T]: '300' } },
    0,
    /note \(setting-conflict\)\s+vm-a: the timeout is 150 s/,
  ],
])('a key %s', async (_what, instance, code, said) => {
  const ran = await lint({ 'campaign.yaml': campaign(instance) });
  expect(ran.stdout.replace(/\s+/g, ' ')).toMatch(said);
  expect(ran.stdout).toMatch(/campaign\.yaml:\d+: /);
  expect(ran.code).toBe(code);
});

test('a campaign file that is wrong is an error, shown with its line', async () => {
  const { code, stderr } = await lint({ 'campaign.yaml': 'novatrail: 1\ntests:\n  - { id: x, instanec: vm }\n' });
  expect(code).toBe(1);
  expect(stderr).toMatch(/campaign\.yaml:3:14: unknown key instanec; did you mean instance\?\n {2}3 \| .*\n .*\^/);
});

test('what openstack prints is looked at alone', async () => {
  const flavor = { id: '42', name: 'small', ram: 4096, vcpus: 4, disk: 20, properties: { [T]: '1' } };
  const image = {
    id: 'i',
    name: 'img',
    disk_format: 'qcow2',
    container_format: 'bare',
    properties: { hw_wrs_live_migration_auto_converge: 'True' },
  };
  const { code, stdout } = await lint({
    'flavor.json': JSON.stringify(flavor, null, 1),
    'image.json': JSON.stringify(image, null, 1),
  });
  expect(code).toBe(1);
  expect(stdout).toMatch(/flavor small: hw:wrs:live_migration_timeout=1 of the flavor is neither 0 nor/);
  expect(stdout).toMatch(/flavor\.json:\d+: "hw:wrs:live_migration_timeout": "1"/);
  expect(stdout).toMatch(/setting-misplaced\)\s+image img/);
});

test('--plan proposes what is not tested yet, and nothing twice', async () => {
  const { stdout } = await lint({ 'campaign.yaml': campaign({}) }, '--plan', '--format', 'json');
  const { plan } = JSON.parse(stdout) as {
    plan: { flavor: object; image: object; metadata: object; shows: string[] }[];
  };
  const shown = plan.flatMap(({ shows }) => shows);
  expect(new Set(shown).size).toBe(shown.length);
  expect(shown).toHaveLength(6 + 6 + 6 + 4 + 2);
  expect(plan.length).toBeLessThanOrEqual(6);
  const rest = await lint(
    { 'campaign.yaml': campaign({ flavor: plan[0]?.flavor, image: plan[0]?.image, metadata: plan[0]?.metadata }) },
    '--plan',
    '--format',
    'json',
  );
  const left = (JSON.parse(rest.stdout) as { plan: typeof plan }).plan;
  expect(left.flatMap(({ shows }) => shows).sort()).toEqual(
    shown.filter((each) => !plan[0]?.shows.includes(each)).sort(),
  );
});

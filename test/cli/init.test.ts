import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseCampaign } from '../../src/settings/campaign.ts';
import { called, ROOT, scratch } from '../scratch.ts';

function copyOf(sample: string): string {
  const folder = scratch();
  cpSync(join(ROOT, 'sample-logs', sample), folder, {
    recursive: true,
    filter: (path) => !path.endsWith('campaign.yaml'),
  });
  return folder;
}

test('a draft is a campaign file that audits, with all that the folder shows', async () => {
  const folder = copyOf('upstream-campaign');
  expect(await called(folder, ['init', '.', '--quiet'])).toMatchObject({ code: 0, stderr: '' });
  const text = readFileSync(join(folder, 'campaign.yaml'), 'utf8');
  const { profile, imports, samples, hosts } = parseCampaign(text, 'campaign.yaml');
  expect(profile).toBeNull();
  expect(text).toContain('\n# profile: upstream\n');
  expect(imports).toContain('openstack/server-db.json');
  expect(samples).toEqual([{ path: 'domjobinfo/db.txt' }]);
  expect(Object.entries(hosts).map(([name, { logs }]) => [name, logs])).toEqual([
    ['compute-a', ['compute-a/nova-compute.log']],
    ['compute-b', ['compute-b/nova-compute.log']],
  ]);
  const tests = text.split('\n').filter((line) => line.includes('id: TEST'));
  expect(tests).toHaveLength(4);
  expect(tests[0]).toMatch(
    /instance: 0a1db1c4-\S+, request: req-\S+, window: 2023-03-07T13:00:00Z\/PT2M }.*compute-a to compute-b, completed/,
  );
  const audit = await called(folder, ['audit', '.', '--format', 'json']);
  expect(audit.code).toBe(0);
  expect(JSON.parse(audit.stdout).migrations).toHaveLength(4);
});

test('the proposed tests are what a campaign file takes', async () => {
  const folder = copyOf('stx-timeout-off');
  await called(folder, ['init', '.', '--quiet']);
  const text = readFileSync(join(folder, 'campaign.yaml'), 'utf8');
  const uncommented = text.replace(/^# (?=(?:instances|tests|networks|defaults| {2}))/gm, '');
  const { tests, instances, networks } = parseCampaign(uncommented, 'campaign.yaml');
  expect(tests.length).toBeGreaterThan(1);
  expect(instances.size).toBeGreaterThan(0);
  expect(networks).toHaveLength(1);
});

test('a campaign file that is there is left alone', async () => {
  const folder = scratch({ 'campaign.yaml': 'mine' });
  const { code, stderr } = await called(folder, ['init', '.']);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('there is one already') });
  expect(readFileSync(join(folder, 'campaign.yaml'), 'utf8')).toBe('mine');
});

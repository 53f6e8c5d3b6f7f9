import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { expect, onTestFinished, test, vi } from 'vitest';
import { logOf, uuid } from '../sample-log.ts';
import { called, scratch } from '../scratch.ts';

const log = (number: number) =>
  logOf([{ instance: uuid(number), request: `req-${number}`, from: 60, lasts: 30, steps: [[0, 50]] }]);

async function tar(members: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(members)) archive.entry({ name }, content);
  archive.finalize();
  const parts: Buffer[] = [];
  for await (const part of archive) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

interface Seen {
  readonly sources: readonly { readonly path: string; readonly host: string }[];
  readonly migrations: readonly { readonly source_host: string }[];
  readonly campaign: string | null;
}

async function seen(files: Readonly<Record<string, string | Buffer>>, ...paths: string[]): Promise<Seen> {
  const { stdout, code, stderr } = await called(scratch(files), ['audit', ...paths, '--format', 'json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Seen;
}

test("StarlingX's collect: a tar of one tar a host, the date behind the host's name", async () => {
  const host = async (number: number) =>
    gzipSync(
      await tar({
        [`compute-${number}_20190520.130000/var/log/nova/nova-compute.log`]: log(number),
        [`compute-${number}_20190520.130000/etc/hosts`]: 'x',
      }),
    );
  const all = await tar({
    'ALL_NODES_20190520.130000/compute-0_20190520.130000.tgz': await host(0),
    'ALL_NODES_20190520.130000/compute-1_20190520.130000.tgz': await host(1),
  });
  const { sources } = await seen({ 'ALL_NODES_20190520.130000.tar': all }, 'ALL_NODES_20190520.130000.tar');
  expect(sources.map(({ host: name, path }) => [name, path])).toEqual(
    [0, 1].map((number) => [
      `compute-${number}`,
      `ALL_NODES_20190520.130000.tar!/ALL_NODES_20190520.130000/compute-${number}_20190520.130000.tgz!/compute-${number}_20190520.130000/var/log/nova/nova-compute.log`,
    ]),
  );
});

test.each([
  ['sosreport-compute-7-2024-01-02-abcdefg/var/log/containers/nova/nova-compute.log', 'compute-7'],
  ['sosreport-compute-7-03456789-2024-01-02-abcdefg/var/log/nova/nova-compute.log', 'compute-7'],
  [
    'must-gather.local.1/quay-io-x/namespaces/openstack/pods/nova-compute-0/nova-compute/nova-compute/logs/current.log',
    'nova-compute-0',
  ],
])('%s is of %s', async (member, host) => {
  const { sources } = await seen({ 'a.tar.gz': gzipSync(await tar({ [member]: log(1) })) }, 'a.tar.gz');
  expect(sources).toMatchObject([{ host, path: `a.tar.gz!/${member}` }]);
});

test('archives in a folder are found with its campaign, beside logs that lie there', async () => {
  const { sources, campaign } = await seen(
    {
      'lab/compute-1/nova-compute.log': log(1),
      'lab/c.tgz': gzipSync(await tar({ 'compute-2/var/log/nova/nova-compute.log': log(2) })),
      'lab/campaign.yaml': 'novatrail: 1\ncampaign: lab\n',
    },
    'lab',
  );
  expect(sources.map(({ host }) => host).sort()).toEqual(['compute-1', 'compute-2']);
  expect(campaign).toBe('lab');
});

test('ingest and compare read archives too', async () => {
  const folder = scratch({ 'c.tgz': gzipSync(await tar({ 'compute-2/var/log/nova/nova-compute.log': log(2) })) });
  expect(await called(folder, ['ingest', 'c.tgz'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('1 logs read'),
  });
  expect(await called(folder, ['ingest', 'c.tgz'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('of 1 migrations'),
  });
  expect(await called(folder, ['compare', 'campaigns', 'c.tgz', 'novatrail.db'])).toMatchObject({
    code: 0,
    stderr: '',
  });
});

test('a name that leads out of the archive leads nowhere, and nothing is left behind', async () => {
  const temporaries = scratch();
  vi.stubEnv('TMPDIR', temporaries);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const { sources } = await seen({ 'a.tar': await tar({ '../../compute-3/nova-compute.log': log(3) }) }, 'a.tar');
  expect(sources).toMatchObject([{ host: 'compute-3' }]);
  expect(readdirSync(temporaries).filter((name) => name.startsWith('novatrail-unpacked-'))).toEqual([]);
});

test('of an archive that breaks off the logs before that are read, and no part of one', async () => {
  const whole = await tar({ 'compute-1/nova-compute.log': log(1), 'compute-2/nova-compute.log': log(2).repeat(200) });
  const cut = gzipSync(whole, { level: 0 }).subarray(0, whole.length / 2);
  const folder = scratch({ 'cut.tar.gz': cut });
  const { code, stdout, stderr } = await called(folder, ['audit', 'cut.tar.gz', '--format', 'json']);
  expect(code).toBe(3);
  expect(stderr).toContain('cut.tar.gz: the compressed data break off in the middle');
  const { sources, migrations } = JSON.parse(stdout);
  expect(sources).toMatchObject([{ path: 'cut.tar.gz!/compute-1/nova-compute.log', host: 'compute-1' }]);
  expect(migrations).toHaveLength(1);
});

test('a damaged archive is told, and the others are read all the same', async () => {
  const good = await tar({ 'compute-1/nova-compute.log': log(1) });
  const folder = scratch({ 'good.tar': good });
  writeFileSync(join(folder, 'bad.tgz'), gzipSync(good).subarray(0, 200));
  writeFileSync(join(folder, 'empty.tar'), await tar({ 'x/readme.txt': 'nothing' }));
  const { code, stdout, stderr } = await called(folder, [
    'audit',
    'good.tar',
    'bad.tgz',
    'empty.tar',
    '--format',
    'json',
  ]);
  expect(code).toBe(3);
  expect(stderr).toMatch(/bad\.tgz: /);
  expect(stderr).toMatch(/empty\.tar: holds no nova-compute log/);
  expect(JSON.parse(stdout).migrations).toHaveLength(1);
});

import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { GuestSamples } from '../../src/guest-samples.ts';
import { UNREAD } from '../../src/known-source.ts';
import type { Migration, StoredEvent } from '../../src/model.ts';
import { addSource } from '../../src/store/facts.ts';
import { openStore } from '../../src/store/open.ts';
import { writeDomains, writeSamples } from '../../src/store/samples.ts';
import { audited, logPath, type ReportedMigration } from '../running.ts';
import { logOf, uuid } from '../sample-log.ts';
import { called, dump, rows, scratch } from '../scratch.ts';

const VM = uuid(1);
const DOMAIN = 'instance-0000002a';
/** From 14:01:00 to 14:01:31 on compute-0. */
const log = logOf([{ instance: VM, request: 'req-1', from: 60, lasts: 30, steps: [[0, 50]] }]);

const jobAt = (time: string, throttle: number, domain = DOMAIN) =>
  `### 2018-07-02T${time}Z virsh domjobinfo ${domain} rc=0\nJob type: Unbounded\nOperation: Outgoing migration\nMemory total: 1.000 GiB\nIteration: 3\n${throttle > 0 ? `Auto converge throttle: ${throttle}\n` : ''}`;
const job = jobAt('14:00:30', 90) + jobAt('14:01:10', 0) + jobAt('14:01:20', 20) + jobAt('14:01:25', 30);

const campaign = (samples: unknown, instance: object = { domain: DOMAIN }) =>
  JSON.stringify({ novatrail: 1, instances: { vm: { id: VM, ...instance } }, samples });
const folderOf = (files: Readonly<Record<string, string | Buffer>>) =>
  scratch({ 'logs/compute-0/nova-compute.log': log, 'job.txt': job, ...files });
const throttleIn = (stdout: string) =>
  (JSON.parse(stdout).migrations as { observed: { throttle_percent: number | null } }[]).map(
    ({ observed }) => observed.throttle_percent,
  );
const AUDIT = ['audit', 'logs', '--format', 'json', '--fail-on', 'never', '--quiet'];

describe('a migration shows the highest throttle of its samples while it ran', () => {
  test('tied by the domain that the campaign declares', async () => {
    const folder = folderOf({ 'campaign.yaml': campaign(['*.txt']) });
    const ran = await called(folder, [...AUDIT, '--campaign', 'campaign.yaml']);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(throttleIn(ran.stdout)).toEqual([30]);
  });

  test.each([
    ['by name', 'vm'],
    ['by UUID', VM.toUpperCase()],
  ])('tied by the instance that the campaign declares for the file, %s', async (_, instance) => {
    const folder = folderOf({ 'campaign.yaml': campaign([{ path: 'job.txt', instance }], {}) });
    expect(throttleIn((await called(folder, [...AUDIT, '--campaign', 'campaign.yaml'])).stdout)).toEqual([30]);
  });

  test('tied by what nova says when the guest has gone', async () => {
    const said = `2018-07-02 14:01:31.000 2369 DEBUG nova.virt.libvirt.guest [-] Domain has shutdown/gone away: Domain not found: no domain with matching uuid '${VM}' (${DOMAIN})\n`;
    const folder = folderOf({ 'logs/compute-0/nova-compute.log': log + said });
    expect(throttleIn((await called(folder, [...AUDIT, '--samples', 'job.txt'])).stdout)).toEqual([30]);
  });

  test('tied by the XML that nova defines the guest with', async () => {
    const said = `2018-07-02 14:00:00.000 2369 DEBUG nova.virt.libvirt.driver [-] [instance: ${VM}] End _get_guest_xml xml=<domain type="kvm">\n  <uuid>${VM}</uuid>\n  <name>${DOMAIN}</name>\n  <memory>524288</memory>\n</domain>\n _get_guest_xml /usr/lib/nova/driver.py:4419\n`;
    const folder = folderOf({ 'logs/compute-0/nova-compute.log': said + log });
    expect(throttleIn((await called(folder, [...AUDIT, '--samples', 'job.txt'])).stdout)).toEqual([30]);
  });

  test('tied by what virsh says when the guest has gone', async () => {
    const gone = `### 2018-07-02T14:01:40Z virsh domjobinfo ${DOMAIN} rc=1\n\nerror: Domain not found: no domain with matching uuid '${VM}' (${DOMAIN})\n`;
    const folder = folderOf({ 'job.txt': job + gone });
    expect(throttleIn((await called(folder, [...AUDIT, '--samples', 'job.txt'])).stdout)).toEqual([30]);
  });

  test('not where nothing ties them', async () => {
    const folder = folderOf({ 'campaign.yaml': campaign(['job.txt'], { domain: 'instance-0000002b' }) });
    expect(throttleIn((await called(folder, [...AUDIT, '--campaign', 'campaign.yaml'])).stdout)).toEqual([null]);
  });

  test("the fork's log beside libvirtd's: as the truth says", async () => {
    const { migrations: truth } = JSON.parse(readFileSync(logPath('genuine/stx.log.truth.json'), 'utf8')) as {
      migrations: {
        instance: string;
        name: string;
        t_job: number | null;
        t_end: number;
        throttle: [number, number][];
      }[];
    };
    const instances = Object.fromEntries(truth.map(({ instance, name }) => [name, { id: instance, domain: name }]));
    const folder = scratch({ 'campaign.yaml': JSON.stringify({ novatrail: 1, instances }) });
    const { migrations } = await audited([logPath('genuine/stx.log')], {
      campaign: join(folder, 'campaign.yaml'),
      samples: [logPath('genuine/stx.libvirtd.log.gz')],
      host: [`compute-0=${logPath('genuine/stx.log')}`],
    });
    const LOG_ENDS = Date.UTC(2018, 6, 2, 14, 6, 5) / 1000;
    const inside = truth.filter(({ t_job, t_end }) => t_job !== null && t_end < LOG_ENDS);
    expect(inside.filter(({ throttle }) => throttle.length > 0).length).toBeGreaterThan(0);
    expect(inside.filter(({ throttle }) => throttle.length === 0).length).toBeGreaterThan(2);
    for (const { instance, throttle } of inside) {
      const [observed] = migrations.filter((each) => each.instance === instance).map(throttleOf);
      expect(observed, instance).toBe(throttle.at(-1)?.[1] ?? 0);
    }
    const after = truth.filter(({ t_job }) => t_job === null || t_job > LOG_ENDS);
    expect(after.length).toBeGreaterThan(2);
    for (const { instance } of after) {
      expect(migrations.filter((each) => each.instance === instance).map(throttleOf)).toEqual([null]);
    }
  });
});

describe('reading', () => {
  test.each([
    ['plain', 'job.txt', job],
    ['packed', 'job.txt.gz', gzipSync(job)],
  ])('twice adds nothing: %s', async (_, name, content) => {
    const folder = folderOf({ [name]: content, 'campaign.yaml': campaign([name]) });
    const ingest = ['ingest', 'logs', '--campaign', 'campaign.yaml', '--db', 'a.db', '--quiet'];
    expect(await called(folder, ingest)).toMatchObject({ code: 0, stderr: '' });
    const once = dump(join(folder, 'a.db'));
    expect(once.samples).toHaveLength(4);
    expect(await called(folder, ingest)).toMatchObject({ code: 0, stderr: '' });
    expect(dump(join(folder, 'a.db'))).toEqual(once);
  });

  test('a file that has grown, was renamed or is declared otherwise is the same file', async () => {
    const folder = folderOf({ 'campaign.yaml': campaign(['job.txt']) });
    const ingest = ['ingest', 'logs', '--campaign', 'campaign.yaml', '--db', 'a.db', '--quiet'];
    await called(folder, ingest);
    appendFileSync(join(folder, 'job.txt'), jobAt('14:01:28', 40));
    await called(folder, ingest);
    writeFileSync(join(folder, 'job.old.txt'), readFileSync(join(folder, 'job.txt')));
    writeFileSync(
      join(folder, 'campaign.yaml'),
      campaign([{ path: 'job.old.txt', instance: 'vm', host: 'compute-0' }]),
    );
    expect(await called(folder, ingest)).toMatchObject({ code: 0, stderr: '' });
    const found = rows(
      join(folder, 'a.db'),
      'SELECT host, domain, instance, count(*) AS n FROM samples GROUP BY 1, 2, 3',
    );
    expect(found).toEqual([{ host: 'compute-0', domain: DOMAIN, instance: VM, n: 5 }]);
    expect(rows(join(folder, 'a.db'), "SELECT path FROM sources WHERE kind = 'samples'")).toEqual([
      { path: 'job.old.txt' },
    ]);
    expect(rows(join(folder, 'a.db'), 'SELECT throttle_percent FROM migrations')).toEqual([{ throttle_percent: 40 }]);
  });

  test('files of samples are no logs: neither coverage nor hosts come from them', async () => {
    const folder = folderOf({ 'campaign.yaml': campaign(['job.txt']) });
    const without = JSON.parse((await called(folder, AUDIT)).stdout);
    const beside = JSON.parse((await called(folder, [...AUDIT, '--campaign', 'campaign.yaml'])).stdout);
    expect(beside.sources).toEqual(without.sources);
    const hostsOf = ({ migrations }: { migrations: ReportedMigration[] }) => migrations.map((each) => each.source_host);
    expect(hostsOf(beside)).toEqual(hostsOf(without));
  });

  test('the host of a file is a host whose log was read, by its name or folder', async () => {
    const flows = '### 2018-07-02T14:01:10Z ss -tn rc=0\nESTAB 0 0 10.0.0.3:49152 10.0.0.4:43210\n';
    const folder = folderOf({
      's/compute-0.ss.txt': flows,
      'compute-0/x.txt': flows.replace(':10Z', ':11Z'),
      's/ss.txt': flows.replace(':10Z', ':12Z'),
    });
    const ingest = ['ingest', 'logs', '--db', 'a.db', '--quiet', '--samples', 's', '--samples', 'compute-0/x.txt'];
    expect(await called(folder, ingest)).toMatchObject({ code: 0, stderr: '' });
    expect(
      rows(
        join(folder, 'a.db'),
        'SELECT p.host, s.path FROM samples p JOIN sources s ON s.id = p.source ORDER BY s.path',
      ),
    ).toEqual([
      { host: 'compute-0', path: 'compute-0/x.txt' },
      { host: 'compute-0', path: 's/compute-0.ss.txt' },
      { host: null, path: 's/ss.txt' },
    ]);
  });
});

describe('what is wrong is told, exit 3, and the others are read', () => {
  const half = gzipSync(job.repeat(50)).subarray(0, 150);
  test.each([
    [
      'a file that is not there',
      'nowhere.txt',
      {},
      /^novatrail: nowhere\.txt: there is no such file of samples \(from \/.*\); check the path\n$/,
    ],
    [
      'a file of something else',
      'other.txt',
      { 'other.txt': 'hello\n' },
      /other\.txt: holds no samples that novatrail knows: .*\n.*collect-samples\.sh/,
    ],
    ['an empty file', 'empty.txt', { 'empty.txt': '' }, /empty\.txt: holds no samples/],
    [
      'a day that nobody knows',
      'top.txt',
      { 'top.txt': 'top - 06:55:34 up  1:09\n 1 root 0 0 1 1 1 R 50.0 0.2 0:00.10 CPU 0/KVM\n' },
      /top\.txt: 1 samples in it print no date\. .*\n {2}samples: \[\{ path: .*top\.txt, date: /,
    ],
    [
      'a packed file that breaks off',
      'cut.gz',
      { 'cut.gz': half },
      /cut\.gz: the compressed data break off in the middle/,
    ],
    ['a folder without files', 'empty', { 'empty/below/x': '' }, null],
  ])('%s', async (_, name, files, says) => {
    const folder = folderOf(files);
    const ingest = ['ingest', 'logs', '--db', 'a.db', '--quiet', '--samples', name, '--samples', 'job.t*'];
    const ran = await called(folder, ingest);
    expect(ran.code).toBe(says === null ? 0 : 3);
    expect(ran.stderr).toMatch(says ?? /^$/);
    const found = rows(
      join(folder, 'a.db'),
      "SELECT count(*) AS n FROM samples p JOIN sources s ON s.id = p.source WHERE s.path = 'job.txt'",
    );
    expect(found).toEqual([{ n: 4 }]);
  });

  test('other files in a folder of samples are passed by', async () => {
    const folder = folderOf({ 's/job.txt': job, 's/README': 'hello\n', 's/.hidden': 'hello\n' });
    const ran = await called(folder, ['ingest', 'logs', '--db', 'a.db', '--quiet', '--samples', 's']);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(rows(join(folder, 'a.db'), 'SELECT count(*) AS n FROM samples')).toEqual([{ n: 4 }]);
  });

  test('an instance that is not declared, with its line', async () => {
    const folder = folderOf({ 'campaign.yaml': 'novatrail: 1\nsamples:\n  - { path: job.txt, instance: vm-z }\n' });
    const ran = await called(folder, [...AUDIT, '--campaign', 'campaign.yaml']);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('campaign.yaml:3:22: vm-z is neither declared under instances nor a UUID');
  });

  test('--samples for several campaigns', async () => {
    const folder = scratch({
      'a/campaign.yaml': 'novatrail: 1\n',
      'a/nova-compute.log': log,
      'b/campaign.yaml': 'novatrail: 1\n',
      'b/nova-compute.log': log,
    });
    const ran = await called(folder, ['audit', '.', '--samples', 'job.txt']);
    expect(ran).toMatchObject({ code: 2 });
    expect(ran.stderr).toContain('name the samples in each (samples: [...])');
  });
});

describe('around a migration', () => {
  const START = Date.UTC(2018, 6, 2, 14);
  const END = START + 100_000;
  const migration = {
    instance: VM,
    sourceHost: 'compute-0',
    destinationHost: 'compute-1',
    startedAt: START,
    endedAt: END,
    timeline: [] as StoredEvent[],
  } as unknown as Migration;

  function storeWith(samples: readonly object[], guests: readonly { domain: string; instance: string }[] = []) {
    const db = openStore(null);
    const source = addSource(db, {
      kind: 'samples',
      path: 's.txt',
      host: null,
      headLength: 0,
      headHash: '',
      ...UNREAD,
    });
    const whole = {
      kind: 'job',
      at: START,
      host: null,
      domain: null,
      instance: null,
      fields: { live: true },
      text: '',
    };
    writeSamples(
      db,
      source.id,
      samples.map((sample, line) => ({ ...whole, ...sample, ref: { path: 's.txt', line, offset: line } }) as never),
    );
    writeDomains(db, source.id, guests);
    return db;
  }

  test('lie its samples and those of its hosts, from 60 s before to 120 s after', () => {
    const db = storeWith([
      { instance: VM, at: START - 60_001 },
      { instance: VM, at: END + 120_000 },
      { instance: VM, at: START - 60_000 },
      { instance: VM, at: END + 120_001 },
      { domain: DOMAIN },
      { domain: 'instance-0000002b' },
      { domain: DOMAIN, instance: uuid(2) },
      { kind: 'flow', host: 'compute-1' },
      { kind: 'libvirtd', host: 'compute-0' },
      { kind: 'libvirtd', host: 'compute-2' },
      { kind: 'vcpu', host: 'compute-0' },
    ]);
    const around = new GuestSamples(db, new Map([[VM, DOMAIN]])).around(migration);
    expect(around.map(({ ref }) => ref.line)).toEqual([2, 4, 7, 8, 1]);
  });

  test('a name that lines give to two instances ties to neither, a declared one to its own', () => {
    const guests = [VM, uuid(2)].map((instance) => ({ domain: DOMAIN, instance }));
    const db = storeWith([{ domain: DOMAIN }], guests);
    expect(new GuestSamples(db, new Map()).around(migration)).toEqual([]);
    expect(new GuestSamples(db, new Map([[VM, DOMAIN]])).around(migration)).toHaveLength(1);
    expect(new GuestSamples(db, new Map([[uuid(2), DOMAIN]])).around(migration)).toEqual([]);
  });

  test('only live samples tell of the throttle', () => {
    const db = storeWith([
      { instance: VM, fields: { live: true, throttle_percent: 20 } },
      { instance: VM, fields: { live: false, throttle_percent: 90 } },
      { instance: VM, at: END + 1, fields: { live: true, throttle_percent: 80 } },
      { instance: VM, kind: 'vcpu', fields: { live: true, throttle_percent: 70 } },
    ]);
    expect(new GuestSamples(db, new Map()).throttleOf(migration)).toBe(20);
  });
});

function throttleOf({ observed }: ReportedMigration): unknown {
  return (observed as { throttle_percent?: unknown }).throttle_percent;
}

import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { declaredBy } from '../src/commands/shared.ts';
import type { JudgedMigration } from '../src/judgement.ts';
import { byStart, judgeAll } from '../src/judging.ts';
import { NO_CAMPAIGN } from '../src/settings/campaign.ts';
import { type Handle, openStore } from '../src/store/open.ts';
import { audited, folderWith, logPath, parsedEvents, type Reported, readInto } from './running.ts';

const log = (name: string) => logPath(`real/${name}.log`);
const C30 = log('01-juno-src-then-dst-c30');
const C29 = log('02-juno-dst-then-src-c29');
const DOMAIN = 'moonshot1.lab.eng.rdu.redhat.com';

describe('two hosts, one instance moved to and fro', () => {
  const told = ({ migrations }: Reported) =>
    migrations.map((each) => [each.started_at, each.ended_at, each.outcome, each.observed.pause_ms]);
  const both = [
    ['2015-10-29T14:53:06.399Z', '2015-10-29T14:53:18.606Z', 'completed', 70],
    ['2015-10-29T14:54:21.470Z', '2015-10-29T14:54:35.240Z', 'completed', 40],
  ];

  test.each([
    ['01, 02', [C30, C29]],
    ['02, 01', [C29, C30]],
  ])('%s', async (_, paths) => {
    expect(told(await audited(paths))).toEqual(both);
  });

  test.each([
    ['01, 02', [C30, C29]],
    ['02, 01', [C29, C30]],
  ])('%s with the names of the hosts', async (_, paths) => {
    const report = await audited(paths, { host: [`hp-ms-01-c30=${C30}`, `hp-ms-01-c29=${C29}`] });
    expect(told(report)).toEqual(both);
    const hosts = report.migrations.map((each) => [each.source_host, each.destination_host]);
    expect(hosts).toEqual([
      ['hp-ms-01-c30', 'hp-ms-01-c29'],
      ['hp-ms-01-c29', 'hp-ms-01-c30'],
    ]);
  });

  test('read line by line in turn from one file', async () => {
    const merged = join(folderWith({ 'nova-compute.log': inTurn(linesOf(C30), linesOf(C29)) }), 'nova-compute.log');
    expect(told(await audited([merged]))).toEqual(both);
  });

  test('growing line by line in turn, looked at after each line', async () => {
    const folder = folderWith({ 'c30/nova-compute.log': '', 'c29/nova-compute.log': '' });
    const paths = [join(folder, 'c30/nova-compute.log'), join(folder, 'c29/nova-compute.log')];
    const store = openStore(null);
    const [c30, c29] = [linesOf(C30), linesOf(C29)];
    for (let turn = 0; turn < Math.max(c30.length, c29.length); turn += 1) {
      for (const [path, line] of [
        [paths[0], c30[turn]],
        [paths[1], c29[turn]],
      ]) {
        if (path === undefined || line === undefined) continue;
        appendFileSync(path, line.slice(0, line.length >> 1));
        await readInto(store, [path]);
        appendFileSync(path, line.slice(line.length >> 1));
        await readInto(store, [path]);
      }
    }
    const quiet = openStore(null);
    await readInto(quiet, paths);
    expect(factsIn(store)).toEqual(factsIn(quiet));
    const judged = allJudged(store);
    expect(judged.map(({ migration }) => migration.observed.pause_ms)).toEqual([70, 40]);
    expect(withoutIds(allJudged(quiet))).toEqual(withoutIds(judged));
  });

  test('an epoch inside a line tells the offset of its host', async () => {
    const [first] = (await parsedEvents([C30])).filter(({ type }) => type === 'monitor-started');
    expect(first?.at).toBe('2015-10-29T14:53:06.399Z');
    const [stated] = (await parsedEvents([C30], { tz: 'UTC' })).filter(({ type }) => type === 'monitor-started');
    expect(stated?.at).toBe('2015-10-29T10:53:06.399Z');
  });

  test('merged by a tool that names the hosts', async () => {
    const report = await audited([log('05-juno-oslogmerger-merged')]);
    expect(told(report)).toEqual(both);
    const hosts = report.migrations.map((each) => [each.source_host, each.destination_host]);
    expect(hosts).toEqual([
      ['COMPUTE30', `hp-ms-01-c29.${DOMAIN}`],
      ['COMPUTE29', `hp-ms-01-c30.${DOMAIN}`],
    ]);
  });
});

describe('one host of the two', () => {
  test('its own migration and the one that arrived', async () => {
    const { migrations } = await audited([C30], { host: [`c30=${C30}`] });
    expect(migrations.map((each) => [each.source_host, each.destination_host, each.outcome])).toEqual([
      ['c30', `hp-ms-01-c29.${DOMAIN}`, 'completed'],
      [`hp-ms-01-c29.${DOMAIN}`, 'c30', 'completed'],
    ]);
  });
});

describe('no migration in', () => {
  test.each([
    '03-juno-guest-pinger',
    '04-juno-campaign-marker',
    '06-loghub-openstack-2017-filename-prefix',
    '08-devstack-no-timestamp-crlf',
    '09-devstack-none-req',
    '10-icehouse-2014-plain',
    '11-json-wrapped-syslog-keedio',
    '13-rhoso-virtqemud-migration-events',
    '20-ocata-downtime-steps-4gib',
    '21-nova-docs-lowercase-wrapped',
    '23-wrs-progress-template',
    '24-gate-2016-query-migrate-json',
    '25-qemu-commit-autoconverge-info-migrate',
    '26-kubevirt-nanoseconds-as-sec',
    '27-cloud-hypervisor-precopy',
  ])('%s', async (name) => {
    const report = await audited([log(name)]);
    expect(report.migrations).toEqual([]);
    expect(report.sources.map(({ lines }) => lines)).toEqual([linesOf(log(name)).length]);
  });
});

describe('attempts that failed', () => {
  type Attempt = readonly [outcome: string, started: string, ended: string, destination: string | null];
  test.each<[string, string, Attempt[]]>([
    [
      '14-rdo-2023-paused-vm-eof',
      '88084fdd-51dc-4967-8493-c1169e4533ec',
      [['failed', '2023-12-16T11:07:45.380Z', '2023-12-16T11:07:45.380Z', null]],
    ],
    [
      '15-atmosphere-k8s-tls-abort',
      '45cc9aa4-eafd-4fa4-babe-68f3d9fca7cf',
      [
        ['failed', '2025-04-30T13:11:48.184Z', '2025-04-30T13:11:48.626Z', null],
        ['failed', '2025-04-30T13:18:09.870Z', '2025-04-30T13:18:09.870Z', null],
      ],
    ],
    [
      '16-folsom-2012-no-ms-no-pid',
      'fa46a443-9b13-4b81-a2f2-f6ef7cb1e51d',
      [['failed', '2012-10-31T18:12:19.000Z', '2012-10-31T18:12:19.000Z', '364026-compute']],
    ],
    [
      '17-rocky-2018-postcopy-unsupported',
      'b54f2810-fd42-44ae-89d6-343a7030e2f3',
      [['failed', '2018-11-13T13:59:12.653Z', '2018-11-13T13:59:13.021Z', null]],
    ],
    [
      '18-mitaka-2020-selinux',
      '223cfd1d-b3b4-4eaa-8b44-a85d97893d90',
      [['failed', '2020-02-03T17:10:43.981Z', '2020-02-03T17:10:43.981Z', null]],
    ],
    [
      '19-havana-2013-markdown-escaped',
      '4717b4d4-61a7-4f4d-b5fc-5ff526822e89',
      [['failed', '2013-06-03T11:52:20.743Z', '2013-06-03T11:52:20.743Z', null]],
    ],
    [
      '28-hotsos-yoga-hostkey',
      '3c70bf83-694d-4bff-a2c9-c6d50cf15c62',
      [['failed', '2023-01-24T01:05:42.317Z', '2023-01-24T01:05:42.399Z', '10.35.102.62']],
    ],
  ])('%s', async (name, instance, attempts) => {
    const { migrations } = await audited([log(name)], { host: [`h=${log(name)}`] });
    expect(migrations.map((each) => [each.instance, each.source_host])).toEqual(attempts.map(() => [instance, 'h']));
    const told = migrations.map((each) => [each.outcome, each.started_at, each.ended_at, each.destination_host]);
    expect(told).toEqual(attempts);
  });

  test('12: host and peer from the lines, the inner time wins over the local one of syslog', async () => {
    const report = await audited([log('12-rhoso-syslog-local-vs-utc')]);
    expect(report.migrations).toMatchObject([
      {
        instance: '7b7edae6-f878-4756-a858-86f836d02c33',
        source_host: 'np0004787595',
        destination_host: 'compute-2.ci-rdo.local',
        outcome: 'failed',
        started_at: '2024-07-11T22:10:59.946Z',
        ended_at: '2024-07-11T22:10:59.946Z',
      },
    ]);
  });
});

describe('numbers in lines without a header', () => {
  test('20: the whole schedule', async () => {
    const steps = await parsedEvents([log('20-ocata-downtime-steps-4gib')]);
    expect(steps.map(({ downtime_ms }) => downtime_ms)).toEqual([714, 1326, 1938, 2550, 3162, 3774, 4386, 4998]);
    expect(steps.map(({ elapsed_s }) => elapsed_s)).toEqual([0, 300, 600, 900, 1200, 1500, 1800, 2100]);
  });

  test.each([
    ['21-nova-docs-lowercase-wrapped', 1800, null],
    ['22-stx-docs-seconds', 300, '07b5842b-6324-4de0-973e-6d0ff18ef574'],
  ])('%s', async (name, timeout_s, instance) => {
    const events = await parsedEvents([log(name)]);
    expect(events.map((event) => [event.type, event.timeout_s, event.instance, event.at])).toEqual([
      ['timeout', timeout_s, instance, null],
    ]);
  });
});

const DECLARED = declaredBy({}, NO_CAMPAIGN);

function allJudged(db: Handle): JudgedMigration[] {
  const found: JudgedMigration[] = [];
  judgeAll(db, DECLARED, { each: (judged) => found.push(judged) });
  return found.sort(byStart);
}

function factsIn(store: Handle): unknown {
  const events = store.prepare(
    'SELECT s.path, e.* FROM events e JOIN sources s ON s.id = e.source ORDER BY s.path, e.offset',
  );
  const sources = store.prepare(
    'SELECT path, host, checkpoint, bytes, lines, first_at_ms, last_at_ms FROM sources ORDER BY path',
  );
  const rows = events.all() as { source: number }[];
  return { events: rows.map(({ source: _, ...row }) => row), sources: sources.all() };
}

/** The store numbers its sources as they come. */
function withoutIds(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, each) => (key === 'source' ? undefined : each)));
}

function linesOf(path: string): string[] {
  return readFileSync(path, 'utf8').split(/(?<=\n)/);
}

function inTurn(a: readonly string[], b: readonly string[]): string {
  const turns = Array.from({ length: Math.max(a.length, b.length) }, (_, turn) => [a[turn] ?? '', b[turn] ?? '']);
  return turns.flat().join('');
}

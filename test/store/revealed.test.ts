import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ingest } from '../../src/commands/ingest.ts';
import { at, forkProgress, nova, progress, stepLines } from '../rules/log-text.ts';
import { uuid } from '../sample-log.ts';
import { rows, scratch } from '../scratch.ts';

type Steps = readonly (readonly [number, number])[];

/** Two lines are enough to tell limits apart; the fork's begin at once, upstream's 2 GiB wait for 150 s. */
const to500: Steps = [
  [0, 50],
  [150, 95],
];
const to1000: Steps = [
  [0, 100],
  [150, 190],
];

function upstream(instance: number, steps: Steps, more = ''): string {
  return nova(
    `${stepLines(...steps)}
    ${at(160)} INFO driver: ${progress(160)}
    ${more}
    ${at(200)} INFO driver: Migration operation has completed`,
    { instance: uuid(instance) },
  );
}

function fork(instance: number, steps: Steps): string {
  return nova(
    `10:00:00 INFO driver: Starting monitoring of live migration
    ${stepLines(...steps)}
    ${at(100)} INFO driver: ${forkProgress(100)}
    ${at(101)} INFO driver: Migration operation has completed`,
    { instance: uuid(instance) },
  );
}

function dump(options: Readonly<Record<string, string>>): string {
  const lines = Object.entries(options).map(
    ([name, value]) => `09:58:00 DEBUG oslo_service.service(no instance): ${name} = ${value}`,
  );
  return nova(lines.join('\n'), { request: '-' });
}

/** A store of these hosts' logs, asked by SQL. */
async function asked(hosts: Readonly<Record<string, string>>, sql: string, campaign: object | null = null) {
  const logs = Object.entries(hosts).map(([host, text]) => [`${host}/nova-compute.log`, text]);
  const declared = JSON.stringify({ novatrail: 1, ...campaign });
  const folder = scratch({ ...Object.fromEntries(logs), 'campaign.yaml': declared });
  const db = join(folder, 'a.db');
  await ingest({ paths: [folder], db, quiet: true, campaign: join(folder, 'campaign.yaml') });
  return rows(db, sql);
}

const sized = (...instances: number[]) => ({
  profile: 'upstream',
  instances: Object.fromEntries(instances.map((n) => [`vm-${n}`, { id: uuid(n), memory_mib: 2048 }])),
});

test('two lines reveal limit, steps, delay and arithmetic; of nova.conf what the size leaves', async () => {
  const limits = '[[406,407],[453,458],[500,509],[550,555],[600,601],[2548,2572]]';
  // 24 steps of 6 s, skipped at once, are not likely, but not excluded.
  expect(await asked({ a: upstream(1, to500) }, 'SELECT name, least, most, possible FROM revealed', sized(1))).toEqual([
    {
      name: 'arithmetic',
      least: null,
      most: null,
      possible: '["exponential (until Newton)","linear, Python 2","linear, Python 3"]',
    },
    { name: 'downtime_delay_s', least: 6, most: 150, possible: '[[6,6],[150,150]]' },
    { name: 'downtime_steps', least: 8, most: 51, possible: '[[8,12],[51,51]]' },
    { name: 'live_migration_downtime', least: 406, most: 2572, possible: limits },
    { name: 'live_migration_downtime_delay', least: 3, most: 75, possible: '[[3,3],[75,75]]' },
    { name: 'live_migration_downtime_steps', least: 8, most: 51, possible: '[[8,12],[51,51]]' },
    { name: 'max_downtime_ms', least: 406, most: 2572, possible: limits },
  ]);
});

test('the printed schedule reveals all of it', async () => {
  const schedule = Array.from({ length: 11 }, (_, index) => `(${index * 150}, ${50 + 45 * index})`).join(', ');
  const printed = `10:00:00 DEBUG migration: Current None elapsed 0 steps [${schedule}]`;
  const log = nova(printed, { instance: uuid(1) }) + upstream(1, to500);
  const sql = "SELECT name, possible FROM revealed WHERE name IN ('max_downtime_ms', 'downtime_steps')";
  expect(await asked({ a: log }, sql)).toEqual([
    { name: 'downtime_steps', possible: '[[10,10]]' },
    { name: 'max_downtime_ms', possible: '[[500,509]]' },
  ]);
});

test('a timeout line reveals what nova.conf has for each GiB', async () => {
  const log = upstream(1, to500, `${at(170)} WARNING migration: Live migration not completed after 1001 sec`);
  const sql = "SELECT name, possible FROM revealed WHERE name LIKE '%timeout%'";
  const declared = { ...sized(), instances: { vm: { id: uuid(1), memory_mib: 3072 } } };
  // 333 x 3 is 999, 334 x 3 is 1002: with 3 GiB no whole number gives 1001.
  expect(await asked({ a: log }, sql, declared)).toEqual([{ name: 'timeout_s', possible: '[[1001,1001]]' }]);
  expect(await asked({ a: log.replace('1001', '1002') }, sql, declared)).toEqual([
    { name: 'live_migration_completion_timeout', possible: '[[334,334]]' },
    { name: 'timeout_s', possible: '[[1002,1002]]' },
  ]);
});

test('two timeouts in one migration reveal neither', async () => {
  const fired = (seconds: number) =>
    `${at(seconds)} WARNING migration: Live migration not completed after ${seconds} sec`;
  const log = upstream(1, to500, `${fired(170)}\n${fired(171)}`);
  expect(await asked({ a: log }, "SELECT * FROM revealed WHERE name = 'timeout_s'")).toEqual([]);
});

test('one line alone reveals nothing', async () => {
  expect(await asked({ a: upstream(1, [[0, 50]]) }, 'SELECT * FROM revealed')).toEqual([]);
});

const DRIFT = 'SELECT host, option, value, fleet, migrations, other_hosts, different_hosts FROM host_drift';

test('host_drift names the host whose migrations show another limit', async () => {
  const hosts = { a: upstream(1, to500), b: upstream(2, to500), c: upstream(3, to1000) + upstream(4, to1000) };
  expect(await asked(hosts, DRIFT, sized())).toEqual([
    {
      host: 'c',
      option: 'live_migration_downtime',
      value: expect.stringContaining('1000 to 1009'),
      fleet: expect.stringContaining('500 to 509'),
      migrations: 2,
      other_hosts: 2,
      different_hosts: 2,
    },
  ]);
});

test('what most migrations of a host show is what counts', async () => {
  const mixed = upstream(3, to1000) + upstream(4, to500) + upstream(5, to500);
  expect(await asked({ a: upstream(1, to500), b: upstream(2, to500), c: mixed }, DRIFT, sized())).toEqual([]);
});

test('half of the hosts is no majority: of two, each differs from the other', async () => {
  const hosts = { a: upstream(1, to500), b: upstream(2, to1000) };
  expect((await asked(hosts, DRIFT, sized())).map(({ host }) => host)).toEqual(['a', 'b']);
});

test("the newest option dump of a host says more than its migrations; words differ too, and each host's address may", async () => {
  const option = (downtime: string, converge: string, address: string) =>
    dump({
      'libvirt.live_migration_downtime': downtime,
      'libvirt.live_migration_permit_auto_converge': converge,
      'libvirt.live_migration_inbound_addr': address,
    });
  const hosts = {
    a: option('500', 'True', '10.0.0.1') + upstream(1, to1000),
    b: upstream(2, to500),
    c:
      dump({ 'libvirt.live_migration_downtime': '900' }).replaceAll('09:58', '09:57') +
      option('500', 'True', '10.0.0.3'),
    d: option('800', 'False', '10.0.0.4'),
  };
  expect(await asked(hosts, 'SELECT host, option, value, fleet FROM host_drift', sized())).toEqual([
    { host: 'd', option: 'live_migration_downtime', value: '800', fleet: '500' },
    { host: 'd', option: 'live_migration_permit_auto_converge', value: 'False', fleet: 'True' },
  ]);
});

test("the fork's limit is nova.conf's only where a declared instance leaves it to nova.conf", async () => {
  const fork500: Steps = [
    [0, 50],
    [12, 95],
  ];
  const fork1000: Steps = [
    [0, 100],
    [12, 190],
  ];
  const hosts = { a: fork(1, fork500), b: fork(2, fork500), c: fork(3, fork1000) };
  const declared = (flavor: object) => ({
    profile: 'stx-2018',
    instances: {
      one: { id: uuid(1) },
      two: { id: uuid(2) },
      three: { id: uuid(3), flavor },
    },
  });
  const sql = 'SELECT host, option FROM host_drift';
  expect(await asked(hosts, sql, declared({}))).toEqual([{ host: 'c', option: 'live_migration_downtime' }]);
  expect(await asked(hosts, sql, declared({ 'hw:wrs:live_migration_max_downtime': 1000 }))).toEqual([]);
  expect(await asked(hosts, sql, { profile: 'stx-2018' })).toEqual([]);
});

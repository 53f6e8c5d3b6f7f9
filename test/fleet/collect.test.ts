import { copyFileSync, cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ALL_PARTITIONS } from '../../src/fleet/consumers.ts';
import { partitionOf } from '../../src/fleet/subject.ts';
import { until } from '../faults/running-tail.ts';
import { append, eventLines } from '../faults/writer.ts';
import { logPath, type ReportedMigration } from '../running.ts';
import { novatrail, rows, scratch } from '../scratch.ts';
import { auditOf, initFleet, isCollected, isPublished, started } from './programs.ts';
import { describeWithBroker, startServer } from './servers.ts';

const HOSTS = ['compute-0', 'compute-1', 'compute-2'];

describeWithBroker('collectors', () => {
  test('a new store is filled from the beginning; two that share the instances judge what one judges', async () => {
    const { folder, nats } = await publishedFleet();
    const quiet = auditOf(folder, HOSTS);
    await collected(folder, nats, 'whole.db', null);
    expect(auditOf(folder, ['--db', 'whole.db'])).toEqual(quiet);
    await collected(folder, [...nats, '--from', 'all'], 'whole.db', null);
    expect(auditOf(folder, ['--db', 'whole.db']), 'a second time changes nothing').toEqual(quiet);

    await collected(folder, [...nats, '--partitions', '0-7'], 'low.db', ALL_PARTITIONS.slice(0, 8));
    await collected(folder, [...nats, '--partitions', '8-14,15'], 'high.db', ALL_PARTITIONS.slice(8));
    const [low, high] = ['low.db', 'high.db'].map((db) => auditOf(folder, ['--db', db]));
    expect(low?.migrations.length).toBeGreaterThan(0);
    expect(high?.migrations.length).toBeGreaterThan(0);
    const both = [...(low?.migrations ?? []), ...(high?.migrations ?? [])];
    expect(both.sort(byId).map(judged)).toEqual(quiet.migrations.toSorted(byId).map(judged));
  });

  test('a store that is put back from a copy gets again what came after the copy', async () => {
    const folder = scratch({ 'compute-0/nova-compute.log': '' });
    const server = await startServer(folder, 'n1');
    await until(() => initFleet(folder, server.url, 1).code === 0, 'a broker that is ready');
    const nats = ['--nats', server.url];
    const tail = started(folder, ['tail', 'compute-0', '--db', 'node.db', '--node', 'compute-0', ...nats]);
    const central = join(folder, 'fleet.db');
    const events = () => Number(rows(central, 'SELECT count(*) AS n FROM events')[0]?.n);
    const log = join(folder, 'compute-0/nova-compute.log');

    append(log, eventLines(5));
    const first = started(folder, ['collect', '--db', 'fleet.db', ...nats]);
    await until(() => isCollected(central, { 'compute-0': join(folder, 'node.db') }) && events() === 5, 'five events');
    expect(await first.end()).toBe(0);
    copyFileSync(central, join(folder, 'copy.db'));

    append(log, eventLines(5, 100));
    const second = started(folder, ['collect', '--db', 'fleet.db', ...nats]);
    await until(() => events() === 10, 'ten events');
    expect(await second.end()).toBe(0);
    for (const end of ['', '-wal', '-shm']) rmSync(central + end, { force: true });
    copyFileSync(join(folder, 'copy.db'), central);
    expect(events()).toBe(5);

    const third = started(folder, ['collect', '--db', 'fleet.db', ...nats]);
    await until(() => events() === 10, 'ten events again');
    for (const each of [third, tail]) expect(await each.end()).toBe(0);
  });

  test('nodes and collectors tell what waits', async () => {
    const folder = scratch({ 'compute-0/nova-compute.log': `${eventLines(4).join('\n')}\n` });
    const server = await startServer(folder, 'n1');
    const nats = ['--nats', server.url, '--metrics', '127.0.0.1:0'];
    const tail = started(folder, ['tail', 'compute-0', '--db', 'node.db', '--node', 'compute-0', ...nats]);
    const scraped = async (program: typeof tail) => {
      await until(() => program.printed.err.includes('metrics at'), 'metrics');
      return (await fetch(`${/metrics at (\S+)/.exec(program.printed.err)?.[1]}`)).text();
    };
    await until(() => tail.printed.err.includes('were not acknowledged'), 'a stream that is not there');
    const waiting = await scraped(tail);
    expect(waiting).toContain('novatrail_outbox_pending_events 3\n');
    expect(waiting).toMatch(/novatrail_outbox_oldest_timestamp_seconds 1530540000\n/);
    expect(waiting).toMatch(/novatrail_publish_total\{result="failed"\} [1-9]/);
    await until(() => initFleet(folder, server.url, 1).code === 0, 'a broker that is ready');
    await until(() => isPublished(join(folder, 'node.db')), 'everything published');
    expect(await scraped(tail)).toContain('novatrail_outbox_pending_events 0\n');
    const collector = started(folder, ['collect', '--db', 'fleet.db', ...nats]);
    await until(() => isCollected(join(folder, 'fleet.db'), { 'compute-0': join(folder, 'node.db') }), 'all of it');
    expect(await scraped(collector)).toMatch(/novatrail_collect_total\{result="stored"\} [4-9]\n/);
    for (const each of [collector, tail]) expect(await each.end()).toBe(0);
  });
});

describeWithBroker('fleet init', () => {
  test('makes the stream, finds it as it is, changes it, and makes nothing smaller unasked', async () => {
    const folder = scratch();
    const { url } = await startServer(folder, 'n1');
    const init = (...more: string[]) =>
      novatrail(folder, ['fleet', 'init', '--nats', url, '--replicas', '1', '--max-gib', '0.1', ...more]);
    expect(init('--dry-run')).toMatchObject({ code: 3, stdout: expect.stringContaining('would make the stream') });
    expect(init()).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^made the stream NOVATRAIL\n {2}storage: file\n/),
    });
    expect(init()).toMatchObject({ code: 0, stdout: expect.stringContaining('is as wanted') });
    const longer = init('--max-age', '60d');
    expect(longer).toMatchObject({ code: 0, stderr: '' });
    expect(longer.stdout).toBe('changed the stream NOVATRAIL\n  max_age: 2592000 s, wanted 5184000 s\n');
    const shorter = init('--max-age', '10d');
    expect(shorter).toMatchObject({ code: 3 });
    expect(shorter.stdout).toBe(
      'the stream NOVATRAIL is left as it is\n  max_age: 5184000 s, wanted 864000 s (makes it smaller: give --shrink)\n',
    );
    expect(init('--max-age', '10d', '--shrink')).toMatchObject({ code: 0 });
    expect(init('--max-age', '10d')).toMatchObject({ code: 0, stdout: expect.stringContaining('is as wanted') });
  });

  test('shows consumers, and mends one that somebody changed', async () => {
    const folder = scratch({ 'compute-0/nova-compute.log': `${eventLines(4).join('\n')}\n` });
    const { url } = await startServer(folder, 'n1');
    await until(() => initFleet(folder, url, 1).code === 0, 'a broker that is ready');
    const collector = started(folder, ['collect', '--db', 'fleet.db', '--nats', url]);
    await until(() => initFleet(folder, url, 1).stdout.includes('consumer collect_'), 'a consumer');
    expect(await collector.end()).toBe(0);
    expect(initFleet(folder, url, 1).stdout).toMatch(/consumer collect_[0-9a-f]{16}_any: 0 messages wait for it\n/);
  });
});

/** Three hosts of which everything is published, by tails that have ended. */
async function publishedFleet() {
  const folder = scratch();
  for (const host of HOSTS)
    cpSync(logPath(`genuine/zed3/${host}.nova-compute.log`), join(folder, host, 'nova-compute.log'));
  const server = await startServer(folder, 'n1');
  const nats = ['--nats', server.url];
  await until(() => initFleet(folder, server.url, 1).code === 0, 'a broker that is ready');
  const tails = HOSTS.map((host) =>
    started(folder, ['tail', host, '--db', `${host}.db`, '--node', host, '--region', 'north', ...nats]),
  );
  await until(() => HOSTS.every((host) => isPublished(join(folder, `${host}.db`))), 'everything published');
  for (const tail of tails) expect(await tail.end()).toBe(0);
  return { folder, nats };
}

/** Collects until the store has all events of the wanted partitions. */
async function collected(
  folder: string,
  flags: readonly string[],
  db: string,
  wanted: readonly string[] | null,
): Promise<void> {
  const events = HOSTS.flatMap((host) => rows(join(folder, `${host}.db`), 'SELECT instance FROM events'));
  const isWanted = ({ instance }: Record<string, unknown>) => {
    const partition = partitionOf(instance as string | null);
    return wanted === null || partition === 'all' || wanted.includes(partition);
  };
  const count = events.filter(isWanted).length;
  const collector = started(folder, ['collect', '--db', db, ...flags]);
  const whole = () => rows(join(folder, db), 'SELECT count(*) AS n FROM events')[0]?.n === count;
  await until(() => collector.printed.err.includes('connected') && whole(), `${count} events in ${db}`);
  expect(await collector.end()).toBe(0);
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** How a migration was judged. How well hosts' clocks are known depends on how many migrations a store holds, and so does the wording. */
function judged({ verdicts, ...migration }: ReportedMigration) {
  return { ...migration, verdicts: verdicts.map(({ rule, status }) => ({ rule, status })) };
}

// What a fleet costs: npm run build && node bench/fleet.ts [events] (100,000)
// Three real brokers that keep three copies, a real collector, and one process that publishes as 10, 100 and 1,000 nodes would;
// then what publishing costs one real tail. All on this machine. Linux only: processor times are read from /proc.

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { jetstream } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { encode, idOf } from '../src/fleet/message.ts';
import { subjectOf } from '../src/fleet/subject.ts';
import { openStore } from '../src/store/open.ts';
import { Surroundings } from '../src/surroundings.ts';
import { type Cluster, startCluster } from './fleet-brokers.ts';
import { type Fact, factsOf, writeLog } from './fleet-input.ts';
import { countIn, ended, peak_mib, processor_s, start } from './fleet-programs.ts';

const EVENTS = Number(process.argv[2] ?? 100_000);
/** Messages on their way at once, as a tail has. */
const BATCH = 500;
const folder = mkdtempSync(join(tmpdir(), 'novatrail-bench-'));

try {
  for (const hosts of [10, 100, 1000]) await fleetOf(hosts);
  await node();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The same number of events, from so many hosts. */
async function fleetOf(hosts: number): Promise<void> {
  const cluster = await startCluster(join(folder, `brokers-${hosts}`));
  try {
    const facts = factsOf(hosts, EVENTS);
    const db = join(folder, `live-${hosts}.db`);
    const live = start(folder, ['collect', '--db', db, ...cluster.flags]);
    await live.says('connected');
    const [begun, before] = [performance.now(), cluster.used_s()];
    const own = process.cpuUsage();
    await publish(cluster, facts);
    const { user, system } = process.cpuUsage(own);
    const published_s = (performance.now() - begun) / 1000;
    const events = facts.filter(({ message }) => message.type === 'event').length;
    await until(() => countIn(db, 'events') >= events);
    const stored_s = (performance.now() - begun) / 1000;
    const migrations = facts.filter(
      ({ message }) => message.type === 'event' && message.fact.type === 'completed',
    ).length;
    await until(() => countIn(db, "migrations WHERE outcome <> 'running'") >= migrations);
    const judged_s = (performance.now() - begun) / 1000;
    const used = processor_s(live);
    console.log(
      `${hosts} hosts, ${events} events: published in ${published_s.toFixed(1)} s (${rate(events, published_s)}/s), ` +
        `stored after ${stored_s.toFixed(1)} s (${rate(events, stored_s)}/s from publish to commit), ` +
        `${migrations} migrations judged after ${judged_s.toFixed(1)} s; ` +
        `processor an event: ${micro((user + system) / 1e6, events)} us who publishes, ` +
        `${micro(cluster.used_s() - before, events)} us the three brokers, ${micro(used, events)} us the collector; ${peak_mib(live)} MiB`,
    );
    await ended(live);
    await replay(cluster, hosts, events);
  } finally {
    await cluster.stop();
  }
}

/** What a collector takes that has the processor almost for itself: everything lies in the stream already. */
async function replay(cluster: Cluster, hosts: number, events: number): Promise<void> {
  const db = join(folder, `replay-${hosts}.db`);
  const collector = start(folder, ['collect', '--db', db, ...cluster.flags]);
  await collector.says('connected');
  const begun = performance.now();
  await until(() => countIn(db, 'events') >= events);
  const seconds = (performance.now() - begun) / 1000;
  const used = processor_s(collector);
  await ended(collector);
  const store = openStore(db);
  const looking = performance.now();
  new Surroundings(store);
  const looked_ms = performance.now() - looking;
  store.close();
  console.log(
    `${hosts} hosts, replayed into a new store: ${rate(events, seconds)} events/s, ${micro(used, events)} us of processor an event; ` +
      `one look around ${looked_ms.toFixed(0)} ms; ${(statSync(db).size / events).toFixed(0)} bytes an event in the store`,
  );
}

/** What a node spends on publishing: a tail that publishes, beside one that does not. */
async function node(): Promise<void> {
  const cluster = await startCluster(join(folder, 'brokers-node'));
  try {
    const log = join(folder, 'compute-0/nova-compute.log');
    const events = writeLog(log, 20_000);
    const alone = await followed(log, 'alone.db', events, []);
    const publishing = await followed(log, 'publishing.db', events, [...cluster.flags, '--node', 'compute-0']);
    console.log(
      `one node, ${events} events: ${alone.used.toFixed(2)} s of processor alone, ${publishing.used.toFixed(2)} s publishing: ` +
        `${micro(publishing.used - alone.used, events)} us an event; idle ${alone.idle.toFixed(2)} % alone, ` +
        `${publishing.idle.toFixed(2)} % publishing; ${alone.mib} and ${publishing.mib} MiB`,
    );
  } finally {
    await cluster.stop();
  }
}

async function followed(log: string, db: string, events: number, flags: readonly string[]) {
  const tail = start(folder, ['tail', log, '--db', db, ...flags]);
  const path = join(folder, db);
  await until(() => countIn(path, 'events') >= events);
  const waiting = 'events e JOIN sources s ON s.id = e.source LEFT JOIN outbox o ON o.source = s.id';
  if (flags.length > 0)
    await until(
      () => countIn(path, `${waiting} WHERE e.offset < s.checkpoint AND e.offset >= coalesce(o.published_to, 0)`) === 0,
    );
  const used = processor_s(tail);
  await pause(20_000);
  const idle = ((processor_s(tail) - used) / 20) * 100;
  const mib = peak_mib(tail);
  await ended(tail);
  return { used, idle, mib };
}

async function publish({ ports }: Cluster, facts: readonly Fact[]): Promise<void> {
  const connection = await connect({ servers: ports.map((port) => `127.0.0.1:${port}`) });
  const stream = jetstream(connection);
  for (let first = 0; first < facts.length; first += BATCH) {
    await Promise.all(
      facts.slice(first, first + BATCH).map(({ node: name, message, instance }) =>
        stream.publish(subjectOf({ region: 'bench', node: name }, instance, message.type), encode(message), {
          msgID: idOf(name, message),
          timeout: 30_000,
        }),
      ),
    );
  }
  await connection.close();
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await pause(100);
}

function rate(count: number, seconds: number): string {
  return (count / seconds).toFixed(0);
}

function micro(seconds: number, count: number): string {
  return ((seconds / count) * 1e6).toFixed(0);
}

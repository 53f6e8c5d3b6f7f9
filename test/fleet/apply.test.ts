import { join } from 'node:path';
import { expect, test } from 'vitest';
import { collectedPath } from '../../src/fleet/apply.ts';
import { Collector, type Delivery } from '../../src/fleet/collect.ts';
import { encode, idOf, type Message } from '../../src/fleet/message.ts';
import { Outbox } from '../../src/fleet/outbox.ts';
import { subjectOf } from '../../src/fleet/subject.ts';
import { LiveJudge } from '../../src/follow/live-judge.ts';
import { Writer } from '../../src/follow/writer.ts';
import { NO_CAMPAIGN } from '../../src/settings/campaign.ts';
import type { Announcement } from '../../src/store/announced.ts';
import { type Handle, openStore } from '../../src/store/open.ts';
import { prune } from '../../src/store/retention.ts';
import { append, eventLines } from '../faults/writer.ts';
import { follow } from '../follow-rig.ts';
import { line, logOf, uuid } from '../sample-log.ts';
import { remove, scratch } from '../scratch.ts';
import { applied, known, type Sent } from './central-store.ts';

const NOW = Date.UTC(2026, 0, 1);

test('a log that is read again, because its zone is known now, counts as it was read last', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': '' });
  const log = join(folder, 'compute-0/nova-compute.log');
  const reading = { hostOf: () => null, zoneOf: () => null, user: null, everyTurn: false };
  const rig = await follow(join(folder, 'node.db'), [join(folder, 'compute-0')], { reading, now0: NOW });
  const first = `[instance: ${uuid(1)}] VM Paused (Lifecycle Event)`;
  append(log, [line(0, first), line(1, first.replace('Paused', 'Resumed')), line(2, 'nothing of note')]);
  rig.look();
  const before = published(rig.store, NOW);
  // Stamps are two hours before the epoch: so the host's clock shows.
  const epoch = Date.UTC(2018, 6, 2, 16, 0, 3) / 1000;
  append(log, [line(3, `Emitting event <LifecycleEvent: ${epoch}, ${uuid(1)} => Paused>`), line(4, 'nothing of note')]);
  rig.look();
  const after = published(rig.store, NOW + 60_000);
  expect(before.length).toBeGreaterThan(1);
  expect(new Set([...before, ...after].map(({ data }) => (JSON.parse(data) as Message).reading)).size).toBe(2);
  const central = openStore(null);
  applied(central, [...after, ...before, ...after]);
  expect(known(central)).toEqual(known(rig.store));
  expect(known(central).events).toContainEqual(expect.objectContaining({ at_ms: Date.UTC(2018, 6, 2, 16, 0, 0) }));
  central.close();
});

test('a node that lost its store publishes again what it still has, and nothing is there twice', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': `${eventLines(20).join('\n')}\n` });
  const paths = [join(folder, 'compute-0')];
  const first = await follow(join(folder, 'first.db'), paths, { now0: NOW });
  first.look();
  const before = published(first.store, NOW);
  first.kill();
  remove(join(folder, 'first.db'));
  append(join(folder, 'compute-0/nova-compute.log'), eventLines(5, 20));
  const second = await follow(join(folder, 'second.db'), paths, { now0: NOW + 1000 });
  second.look();
  const central = openStore(null);
  applied(central, [...before, ...published(second.store, NOW + 1000)]);
  expect(known(central)).toEqual(known(second.store));
  expect(known(central).events).toHaveLength(25);
  central.close();
});

test('an event that comes before the statement about its log has a log to stand in', () => {
  const central = openStore(null);
  expect(applied(central, [sent('compute-0', EVENT)])).toBe(1);
  expect(known(central).events).toEqual([
    expect.objectContaining({ path: 'compute-0:/var/log/nova/nova-compute.log', offset: 10, type: 'completed' }),
  ]);
  central.close();
});

test('logs of the same name on two nodes are two', () => {
  const central = openStore(null);
  expect(applied(central, [sent('compute-0', EVENT), sent('compute-1', EVENT)])).toBe(2);
  expect(known(central).events.map((event) => (event as { path: string }).path)).toEqual([
    'compute-0:/var/log/nova/nova-compute.log',
    'compute-1:/var/log/nova/nova-compute.log',
  ]);
  central.close();
});

test.each([
  ['compute-0', '/var/log/nova/nova-compute.log', 'compute-0:/var/log/nova/nova-compute.log'],
  ['compute-0', 'logs/compute-0/nova-compute.log', 'logs/compute-0/nova-compute.log'],
  ['compute-0', 'compute-0.nova-compute.log', 'compute-0.nova-compute.log'],
  ['compute-1', 'compute-10/nova-compute.log', 'compute-1:compute-10/nova-compute.log'],
])('of %s, %s is %s', (node, path, shown) => {
  expect(collectedPath(node, path)).toBe(shown);
});

test('what is stored is judged, told once, and acknowledged; what is none of ours is told and acknowledged', async () => {
  const rig = collector();
  const failing = logOf([{ instance: uuid(1), request: 'req-1', from: 60, lasts: 90, steps: [[0, 500]] }]);
  const folder = scratch({ 'compute-0/nova-compute.log': failing });
  const node = await follow(join(folder, 'node.db'), [join(folder, 'compute-0')], { now0: NOW });
  node.look();
  const batch = published(node.store, NOW);
  rig.take(
    batch.map(({ node: name, data }) => ({ subject: subjectOf({ region: 'r', node: name }, null, 'event'), data })),
  );
  expect(rig.acknowledged).toBe(batch.length);
  rig.pass(1000);
  expect(rig.store.prepare('SELECT outcome FROM migrations').pluck().all()).toEqual(['completed']);
  const told = rig.announced.length;
  rig.take([
    { subject: 'novatrail.v1.r.all.compute-0.event', data: 'no JSON' },
    { subject: 'somebody.else', data: batch[0]?.data ?? '' },
  ]);
  expect(rig.acknowledged).toBe(batch.length + 2);
  expect(rig.warnings).toHaveLength(2);
  expect(rig.counted).toMatchObject({ refused: 2 });
  rig.pass(1000);
  expect(rig.announced).toHaveLength(told);
});

test('what cannot be stored is not acknowledged, and is stored when it comes again', () => {
  const path = join(scratch(), 'central.db');
  const rig = collector(path);
  const delivery = { subject: 'novatrail.v1.r.all.compute-0.event', data: encode(EVENT) };
  const other = openStore(path);
  rig.store.pragma('busy_timeout = 0');
  other.exec('BEGIN IMMEDIATE');
  expect(rig.take([delivery])).toBe(false);
  expect(rig.acknowledged).toBe(0);
  other.exec('COMMIT');
  other.close();
  rig.pass(1000);
  expect(rig.take([delivery])).toBe(true);
  expect(rig.acknowledged).toBe(1);
  expect(known(rig.store).events).toHaveLength(1);
});

test('open records that a node tells twice are one', () => {
  const central = openStore(null);
  const { fact } = EVENT as Extract<Message, { type: 'event' }>;
  const { v, log, reading, kind, path, host } = EVENT;
  const statement: Message = {
    ...{ v, log, reading, kind, path, host, type: 'source' },
    fact: {
      ...{ revision: 1, head_length: 0, head_sha256: '', checkpoint: 10, checkpoint_line: 2, bytes: 50, lines: 2 },
      ...{ first_at: NOW, last_at: NOW, overlong: 0, generation: null, lost: [], domains: [], open_unmatched: [] },
      open_events: [fact, fact],
    },
  };
  applied(central, [sent('compute-0', statement)]);
  expect(known(central).events).toHaveLength(1);
  applied(central, [sent('compute-0', { ...EVENT, fact: { ...fact, text: 'the whole record' } } as Message)]);
  expect(known(central).events).toEqual([expect.objectContaining({ text: 'the whole record' })]);
  central.close();
});

test('events that come again after their time leave the result that is kept of them as it is', async () => {
  const rig = collector();
  const log = logOf([{ instance: uuid(1), request: 'req-1', from: 60, lasts: 90, steps: [[0, 50]] }]);
  const folder = scratch({ 'compute-0/nova-compute.log': log });
  const node = await follow(join(folder, 'node.db'), [join(folder, 'compute-0')], { now0: NOW });
  node.look();
  const subject = 'novatrail.v1.r.all.compute-0.event';
  const deliveries = published(node.store, NOW).map(({ data }) => ({ subject, data }));
  rig.take(deliveries);
  rig.pass(1000);
  const kept = () => rig.store.prepare('SELECT * FROM verdicts ORDER BY rule').all();
  const before = kept();
  expect(before.length).toBeGreaterThan(10);
  while (prune(rig.store, { eventsSince: NOW, migrationsSince: null }, () => false));
  expect(known(rig.store).events).toEqual([]);
  rig.take(deliveries.slice(0, 3));
  rig.pass(1000);
  expect(known(rig.store).events.length).toBeGreaterThan(0);
  expect(kept()).toEqual(before);
});

test('a line without an instance that comes last is judged with the migration of its request', async () => {
  const rig = collector();
  const log = logOf([{ instance: uuid(1), request: 'req-1', from: 60, lasts: 90, tunnel: true }]);
  const folder = scratch({ 'compute-0/nova-compute.log': log });
  const node = await follow(join(folder, 'node.db'), [join(folder, 'compute-0')], { now0: NOW });
  node.look();
  const deliveries = published(node.store, NOW).map(({ data }) => ({
    subject: 'novatrail.v1.r.all.compute-0.event',
    data,
  }));
  const isDecision = ({ data }: { data: string }) => data.includes('"tunnel-enabled"');
  rig.take(deliveries.filter((each) => !isDecision(each)));
  rig.pass(1000);
  const tunnelled = () => rig.store.prepare('SELECT tunnelled FROM migrations').pluck().all();
  expect(tunnelled()).toEqual([0]);
  rig.take(deliveries.filter(isDecision));
  rig.pass(1000);
  expect(tunnelled()).toEqual([1]);
});

const EVENT: Message = {
  v: 1,
  log: 'abc',
  reading: 1,
  kind: 'log',
  path: '/var/log/nova/nova-compute.log',
  host: null,
  type: 'event',
  fact: {
    ...{ offset: 10, line: 2, at: NOW, host: null, level: 'INFO', logger: null, pid: null, request_id: null },
    ...{ instance: uuid(1), type: 'completed', fields: {}, text: 'Migration operation has completed' },
  },
};

function sent(node: string, message: Message): Sent {
  return { node, id: idOf(node, message), data: encode(message) };
}

/** Everything that a node's store has to say, all of it acknowledged. */
function published(store: Handle, now: number): Sent[] {
  const outbox = new Outbox(store, () => now);
  const batch = store.transaction(() => outbox.next(10_000, { all: true })).immediate();
  store.transaction(() => outbox.acknowledge(batch, () => true)).immediate();
  return batch.map(({ message }) => sent('compute-0', message));
}

/** A collector with a store of its own and a clock that the test holds. */
function collector(path: string | null = null) {
  const store = openStore(path);
  let time = 0;
  const announced: Announcement[] = [];
  const warnings: string[] = [];
  const counted: Record<string, number> = {};
  const clocks = { now: () => time, stopwatch: () => time };
  const declared = { campaign: NO_CAMPAIGN, set: {}, profile: null };
  const live = new LiveJudge(store, declared, clocks.stopwatch);
  const events = { announce: (each: Announcement) => announced.push(each), trouble: () => {}, stored: () => {} };
  const writer = new Writer({ db: store, path: '(test)', live }, clocks, events);
  const collecting = new Collector({
    ...{ db: store, live, writer, partitions: null },
    taken: (how, count) => {
      counted[how] = (counted[how] ?? 0) + count;
    },
    warn: (message) => warnings.push(message),
  });
  const rig = {
    ...{ store, announced, warnings, counted, acknowledged: 0 },
    take(deliveries: readonly Omit<Delivery, 'ack'>[]) {
      const ack = () => {
        rig.acknowledged += 1;
      };
      return collecting.take(deliveries.map((each) => ({ ...each, ack })));
    },
    pass(ms: number) {
      time += ms;
      while (collecting.judge());
    },
  };
  return rig;
}

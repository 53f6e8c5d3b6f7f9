import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decode, type Message, type Statement } from '../../src/fleet/message.ts';
import { Publisher, type Sending } from '../../src/fleet/publish.ts';
import { openStore } from '../../src/store/open.ts';
import { droppedCount, outboxState } from '../../src/store/outbox.ts';
import { append, eventLines } from '../faults/writer.ts';
import { follow } from '../follow-rig.ts';
import { line } from '../sample-log.ts';
import { scratch } from '../scratch.ts';
import { applied, known } from './central-store.ts';

const NOW = Date.UTC(2026, 0, 1);

test('while there is no broker nothing is tried and logs are read on; then all is published, in batches and in order', async () => {
  const { rig, log, stream, publisher } = await node();
  stream.connected = false;
  for (let turn = 0; turn < 13; turn += 1) {
    append(log, eventLines(100, turn * 100));
    rig.look();
    expect(await publisher.drain()).toBe(false);
  }
  expect(stream.tried).toEqual([]);
  expect(outboxState(rig.store)).toEqual({ pending: 1299, oldestAt: Date.UTC(2018, 6, 2, 14) });
  stream.connected = true;
  while (await publisher.drain());
  expect(Math.max(...stream.atOnce)).toBeLessThanOrEqual(501);
  const offsets = stream.kept().flatMap((message) => (message.type === 'event' ? message.fact.offset : []));
  expect(offsets).toHaveLength(1299);
  expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
  expect(outboxState(rig.store)).toEqual({ pending: 0, oldestAt: null });
  expect(await publisher.drain()).toBe(false);
});

test('what is not acknowledged is sent again under the same id, and nothing is skipped', async () => {
  const { rig, log, stream, publisher } = await node();
  append(log, eventLines(60));
  rig.look();
  let turn = 0;
  stream.refuses = () => {
    turn += 1;
    return turn % 7 === 0;
  };
  for (let drains = 0; drains < 40 && outboxState(rig.store).pending > 0; drains += 1) await publisher.drain();
  stream.refuses = () => false;
  while (await publisher.drain());
  const ids = stream.tried.map(({ id }) => id);
  expect(ids.length).toBeGreaterThan(new Set(ids).size);
  for (const [, same] of Map.groupBy(stream.tried, ({ id }) => id))
    expect(new Set(same.map(({ data }) => data)).size).toBe(1);
  const central = openStore(null);
  applied(
    central,
    stream.taken.map(({ id, data }) => ({ node: 'compute-0', id, data })),
  );
  expect(known(central)).toEqual(known(rig.store));
  expect(stream.counted).toMatchObject({ failed: expect.any(Number), duplicate: expect.any(Number) });
  central.close();
});

test('a broker that refuses is asked less and less often, and at once again when it has taken something', async () => {
  const { rig, log, stream, publisher, pauses } = await node();
  append(log, eventLines(3));
  rig.look();
  stream.refuses = () => true;
  const stop = new AbortController();
  stream.paused = () => {
    if (pauses.length === 9) stream.refuses = () => false;
    if (pauses.length === 12) stop.abort();
  };
  await publisher.run(stop.signal);
  expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000, 1000, 1000, 1000]);
  expect(stream.warnings[0]).toMatch(/^\d messages were not acknowledged \(no\); they stay in the store/);
});

test('what is not published is kept past its time; where there is no room it goes, is counted, and the fleet is told', async () => {
  const { rig, log, stream, publisher } = await node();
  append(log, eventLines(30));
  rig.look();
  stream.refuses = ({ subject }) => subject.endsWith('.event');
  await publisher.drain({ all: true });
  const old = { eventsSince: NOW, migrationsSince: null };
  while (rig.tail.prune({ ...old, unpublished: true }));
  expect(known(rig.store).events).toHaveLength(30);
  while (rig.tail.prune({ ...old, unpublished: false }));
  expect(known(rig.store).events).toHaveLength(0);
  expect(droppedCount(rig.store)).toBe(30);
  stream.refuses = () => false;
  while (await publisher.drain({ all: true }));
  const last = stream.kept().findLast(({ type }) => type === 'source')?.fact as Statement;
  expect(last.lost).toEqual([
    expect.objectContaining({ from: 0, reason: 'delete', after: Date.UTC(2018, 6, 2, 14), before: expect.any(Number) }),
  ]);
});

test('that a log goes on is told soon after it said something, and seldom later', async () => {
  const { rig, log, stream, publisher } = await node();
  append(log, eventLines(2));
  rig.look();
  while (await publisher.drain());
  const told: number[] = [];
  const begun = rig.now;
  for (let second = 0; second < 1200; second += 5) {
    rig.now += 5000;
    append(log, [line(100 + second, 'nothing of note')]);
    rig.look();
    const before = stream.taken.length;
    while (await publisher.drain());
    if (stream.taken.length > before) told.push((rig.now - begun) / 1000);
  }
  const gaps = told.map((at, index) => at - (told[index - 1] ?? 0));
  expect(Math.max(...gaps.slice(0, 8))).toBeLessThanOrEqual(15);
  expect(gaps.slice(-2)).toEqual([300, 300]);
});

test('what is published goes in its time', async () => {
  const { rig, log, publisher } = await node();
  append(log, eventLines(30));
  rig.look();
  while (await publisher.drain({ all: true }));
  while (rig.tail.prune({ eventsSince: NOW, migrationsSince: null, unpublished: true }));
  expect(known(rig.store).events).toHaveLength(1);
  expect(droppedCount(rig.store)).toBe(0);
});

/** A node whose log the test writes, and a stream that takes what it likes. */
async function node() {
  const folder = scratch({ 'compute-0/nova-compute.log': '' });
  const rig = await follow(join(folder, 'node.db'), [join(folder, 'compute-0')], { now0: NOW });
  rig.look();
  const stream = new Stream();
  const pauses: number[] = [];
  const publisher = new Publisher({
    ...{ db: rig.store, storePath: '(test)', region: 'r', node: 'compute-0', now: () => rig.now },
    connected: () => stream.connected,
    send: (sending) => stream.send(sending),
    sent: (result, count) => {
      stream.counted[result] = (stream.counted[result] ?? 0) + count;
    },
    warn: (message) => stream.warnings.push(message),
    pause: async (ms) => {
      pauses.push(ms);
      stream.paused();
    },
  });
  return { rig, log: join(folder, 'compute-0/nova-compute.log'), stream, publisher, pauses };
}

/** Takes messages as a stream does; what it refuses it may have taken all the same. */
class Stream {
  connected = true;
  refuses: (sending: Sending) => boolean = () => false;
  paused: () => void = () => {};
  readonly tried: Sending[] = [];
  readonly taken: Sending[] = [];
  readonly atOnce: number[] = [];
  readonly counted: Record<string, number> = {};
  readonly warnings: string[] = [];
  #onTheWay = 0;

  async send(sending: Sending): Promise<boolean> {
    this.#onTheWay += 1;
    this.atOnce.push(this.#onTheWay);
    this.tried.push(sending);
    await Promise.resolve();
    this.#onTheWay -= 1;
    const known = this.taken.some(({ id }) => id === sending.id);
    const refused = this.refuses(sending);
    if (!known && (!refused || this.tried.length % 2 === 0)) this.taken.push(sending);
    if (refused) throw new Error('no');
    return known;
  }

  kept(): Message[] {
    return this.taken.map(({ data }) => decode(data) as Message);
  }
}

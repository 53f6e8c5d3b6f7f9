import { beforeEach, describe, expect, test } from 'vitest';
import { Board, type Snapshot } from '../../src/dashboard/board.ts';
import { EventClients } from '../../src/dashboard/events.ts';
import type { Report } from '../../src/judgement.ts';
import { StoreError } from '../../src/store/open.ts';
import { PASSING, reportOf } from '../report/sample-report.ts';

let report: Report;
/** A store, a clock and a judge that the test holds. */
let world: {
  version: number;
  now: number;
  takes_ms: number;
  broken: string | null;
  judged: number;
  watched: boolean;
  warned: string[];
};

beforeEach(async () => {
  report ??= await reportOf([PASSING]);
  world = { version: 1, now: 0, takes_ms: 0, broken: null, judged: 0, watched: true, warned: [] };
});

function board(): Board {
  return new Board({
    version: () => {
      if (world.broken !== null) throw new StoreError(world.broken);
      return world.version;
    },
    judge: async () => {
      world.judged += 1;
      world.now += world.takes_ms;
      return report;
    },
    isWatched: () => world.watched,
    stopwatch: () => world.now,
    warn: (message) => world.warned.push(message),
  });
}

describe('the board', () => {
  test('judges once for each change, however often it is looked at and asked', async () => {
    const one = board();
    for (let turn = 0; turn < 5; turn += 1) await one.look();
    expect((await one.snapshot()).number).toBe(1);
    expect(await one.snapshot()).toBe(await one.snapshot());
    world.version = 2;
    await one.look();
    await one.look();
    expect((await one.snapshot()).number).toBe(2);
    expect(world.judged).toBe(2);
  });

  test('judges a store that never rests for a tenth of the time at most', async () => {
    const one = board();
    world.takes_ms = 1000;
    for (; world.now < 40_000; world.now += 100) {
      world.version += 1;
      await one.look();
    }
    expect(world.judged).toBe(4);
  });

  test('rests while nobody looks, and judges anew for who comes then', async () => {
    const one = board();
    world.watched = false;
    await one.look();
    expect((await one.snapshot()).number).toBe(1);
    for (let turn = 0; turn < 100; turn += 1) {
      world.now += 1000;
      world.version += 1;
      await one.look();
    }
    const looked = world.judged;
    expect(looked).toBeLessThan(35);
    expect((await one.snapshot()).number).toBe(looked + 1);
    expect(world.judged).toBe(looked + 1);
    world.now += 1000;
    world.version += 1;
    await one.look();
    expect(world.judged).toBe(looked + 2);
  });

  test('has who asks first wait for the first snapshot', async () => {
    const one = board();
    const first = one.snapshot();
    await one.look();
    expect((await first).number).toBe(1);
  });

  test('tells what is wrong with the store, and shows what it had', async () => {
    const one = board();
    world.broken = 'a.db: is damaged';
    const first = one.snapshot();
    const refused = expect(first).rejects.toThrow('a.db: is damaged');
    await one.look();
    await refused;
    await expect(one.snapshot()).rejects.toThrow('a.db: is damaged');
    world.broken = null;
    await one.look();
    const shown = await one.snapshot();
    world.broken = 'a.db: is locked';
    await one.look();
    expect(await one.snapshot()).toBe(shown);
    expect(world.warned).toEqual(['a.db: is damaged', 'a.db: is locked']);
  });

  test('does not hide what is wrong with itself', async () => {
    const one = board();
    report = { ...report, migrations: null as never };
    await expect(one.look()).rejects.toThrow(TypeError);
    report = await reportOf([PASSING]);
  });

  test('tells who listens, until they listen no more', async () => {
    const one = board();
    const told: Snapshot['number'][] = [];
    const stop = one.listen(({ number }) => told.push(number));
    await one.look();
    world.version = 2;
    await one.look();
    stop();
    world.version = 3;
    await one.look();
    expect(told).toEqual([1, 2]);
  });
});

describe('those who wait for changes', () => {
  const text = async (reader: ReadableStreamDefaultReader<Uint8Array>) =>
    new TextDecoder().decode((await reader.read()).value);

  test('are told at once, at each change, and that it goes on', async () => {
    const one = board();
    const clients = new EventClients(one);
    await one.look();
    const reader = (await clients.stream()).getReader();
    expect(await text(reader)).toBe('data: {"snapshot":1}\n\n');
    world.version = 2;
    await one.look();
    expect(await text(reader)).toBe('data: {"snapshot":2}\n\n');
    clients.ping();
    expect(await text(reader)).toMatch(/^: .*\n\n$/);
    clients.close();
    expect((await reader.read()).done).toBe(true);
  });

  test('are forgotten when they go', async () => {
    const one = board();
    const clients = new EventClients(one);
    await one.look();
    const stream = await clients.stream();
    expect(clients.count).toBe(1);
    await stream.cancel();
    expect(clients.count).toBe(0);
    clients.ping();
  });

  test('are let go when they do not read', async () => {
    const one = board();
    const clients = new EventClients(one);
    await one.look();
    await clients.stream();
    for (let turn = 0; turn < 200; turn += 1) clients.ping();
    expect(clients.count).toBe(0);
  });

  test('are no more than 64', async () => {
    const one = board();
    const clients = new EventClients(one);
    await one.look();
    for (let count = 0; count < 64; count += 1) {
      expect(clients.isFull).toBe(false);
      await clients.stream();
    }
    expect(clients.isFull).toBe(true);
  });
});

import { appendFileSync, copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encode, idOf } from '../../src/fleet/message.ts';
import { Outbox } from '../../src/fleet/outbox.ts';
import { openStore } from '../../src/store/open.ts';
import { follow, type Rig } from '../follow-rig.ts';
import { logPath } from '../running.ts';
import { remove, temporary } from '../scratch.ts';
import { applied, known, type Sent } from './central-store.ts';

/** Histories a run; more with NOVATRAIL_HISTORIES, the same again with NOVATRAIL_SEED. */
const HISTORIES = Number(process.env.NOVATRAIL_HISTORIES ?? 40);
const MEMORY = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const TIMEOUT_MS = 120_000 + HISTORIES * 1000;

type Action =
  | { readonly do: 'write'; readonly log: number; readonly bytes: number }
  | { readonly do: 'publish'; readonly most: number; readonly lost: number }
  | { readonly do: 'rename' | 'copytruncate'; readonly log: number }
  | { readonly do: 'restart' | 'kill' }
  | { readonly do: 'pass'; readonly seconds: number };

const log = fc.nat(1);
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('write' as const), log, bytes: fc.integer({ min: 1, max: 4000 }) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('publish' as const),
      most: fc.integer({ min: 1, max: 20 }),
      lost: fc.nat(3),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('rename' as const, 'copytruncate' as const), log }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('restart' as const, 'kill' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pass' as const), seconds: fc.constantFrom(1, 20, 90) }) },
);

const TEXTS = ['compute-0', 'compute-2'].map((host) =>
  readFileSync(join(logPath('../../sample-logs/upstream-two-hosts'), host, 'nova-compute.log')),
);

test(
  'in whatever order and however often its messages come, a store is what the nodes saw',
  async () => {
    const history = fc.array(action, { minLength: 5, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(history, fc.infiniteStream(fc.nat()), async (actions, random) => {
        const node = await Node.start();
        try {
          for (const each of actions) await node.act(each);
          await node.finish();
          const inOrder = openStore(null);
          const shuffled = openStore(null);
          applied(inOrder, node.sent);
          applied(shuffled, disordered(node.sent, random));
          expect(known(shuffled)).toEqual(known(inOrder));
          const { quiet: _, ...seen } = known(node.rig.store);
          expect(known(shuffled)).toMatchObject(asCollected(seen));
          expect(applied(shuffled, node.sent), 'nothing is new in what was stored').toBe(0);
          inOrder.close();
          shuffled.close();
        } finally {
          node.end();
        }
      }),
      { numRuns: HISTORIES, ...(process.env.NOVATRAIL_SEED ? { seed: Number(process.env.NOVATRAIL_SEED) } : {}) },
    );
  },
  TIMEOUT_MS,
);

/** A node whose logs the test writes, and all that it has sent, as often as it sent it. */
class Node {
  readonly sent: Sent[] = [];
  rig!: Rig;
  readonly #folder = temporary({ 'compute-0/x': '', 'compute-2/x': '' }, MEMORY);
  readonly #written = [0, 0];
  #now = Date.UTC(2026, 0, 1);
  #outbox!: Outbox;
  #rotations = 0;

  static async start(): Promise<Node> {
    const node = new Node();
    await node.#follow();
    return node;
  }

  async act(action: Action): Promise<void> {
    if (action.do === 'write') this.#write(action.log, action.bytes);
    else if (action.do === 'publish') this.#publish(action.most, action.lost);
    else if (action.do === 'rename') this.#rename(action.log);
    else if (action.do === 'copytruncate') this.#copytruncate(action.log);
    else if (action.do === 'pass') {
      this.#now += action.seconds * 1000;
      this.rig.pass(action.seconds);
    } else {
      if (action.do === 'kill') this.rig.kill();
      else this.rig.stop();
      await this.#follow();
    }
  }

  /** All is written, read, and published. */
  async finish(): Promise<void> {
    for (const log of [0, 1]) this.#write(log, Number.MAX_SAFE_INTEGER);
    while (this.#publish(1000, 0, true) > 0);
  }

  end(): void {
    this.rig.stop();
    remove(this.#folder);
  }

  async #follow(): Promise<void> {
    const paths = ['compute-0', 'compute-2'].map((host) => join(this.#folder, host));
    this.rig = await follow(join(this.#folder, 'node.db'), paths, { now0: this.#now, finishing: false });
    this.#outbox = new Outbox(this.rig.store, () => this.#now);
    this.rig.look();
  }

  #path(log: number): string {
    return join(this.#folder, log === 0 ? 'compute-0' : 'compute-2', 'nova-compute.log');
  }

  #write(log: number, bytes: number): void {
    const text = TEXTS[log] as Buffer;
    const from = this.#written[log] as number;
    const to = Math.min(text.length, from + bytes);
    appendFileSync(this.#path(log), text.subarray(from, to));
    this.#written[log] = to;
    this.rig.look();
  }

  #rename(log: number): void {
    if (!existsSync(this.#path(log))) return;
    this.#rotations += 1;
    renameSync(this.#path(log), `${this.#path(log)}.${100 - this.#rotations}`);
    this.rig.look();
  }

  #copytruncate(log: number): void {
    if (!existsSync(this.#path(log))) return;
    mkdirSync(join(this.#folder, 'kept'), { recursive: true });
    this.#rotations += 1;
    copyFileSync(this.#path(log), join(this.#folder, 'kept', String(this.#rotations)));
    truncateSync(this.#path(log));
    this.rig.look();
  }

  /** Every so many messages the acknowledgement of one is lost (0: of none). Gives how many were sent. */
  #publish(most: number, lost: number, all = false): number {
    const { store } = this.rig;
    const batch = store.transaction(() => this.#outbox.next(most, { all })).immediate();
    for (const { message } of batch)
      this.sent.push({ node: 'compute-0', id: idOf('compute-0', message), data: encode(message) });
    const acknowledged = batch.filter((_, index) => lost === 0 || (index + 1) % (lost + 1) !== 0);
    store.transaction(() => this.#outbox.acknowledge(batch, (each) => acknowledged.includes(each))).immediate();
    return batch.length;
  }
}

/** The messages in another order, some of them twice. */
function disordered(sent: readonly Sent[], random: fc.Stream<number>): Sent[] {
  const keys = [...random.take(sent.length * 2)];
  const twice = [...sent, ...sent.filter((_, index) => (keys[sent.length + index] ?? 0) % 3 === 0)];
  const place = (index: number) => ((keys[index % keys.length] ?? 0) * 31 + index * 7919) % 1_000_003;
  return twice
    .map((each, index) => ({ each, at: place(index) }))
    .sort((a, b) => a.at - b.at)
    .map(({ each }) => each);
}

/** The node's paths say compute-0 and compute-2; those that do not name the node get its name. */
function asCollected(seen: Record<string, unknown[]>): Record<string, unknown[]> {
  const renamed = (row: unknown) => {
    const { path, ...rest } = row as { path: string };
    return { ...rest, path: path.split('/').includes('compute-0') ? path : `compute-0:${path}` };
  };
  return Object.fromEntries(Object.entries(seen).map(([name, rows]) => [name, rows.map(renamed).sort(byPath)]));
}

function byPath(a: { path: string }, b: { path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

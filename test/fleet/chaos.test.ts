import { appendFileSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { until } from '../faults/running-tail.ts';
import { logPath } from '../running.ts';
import { scratch } from '../scratch.ts';
import { type Wire, wireTo } from './cut.ts';
import { auditOf, initFleet, isCollected, isPublished, type Program, started } from './programs.ts';
import { describeWithBroker, leaderOf, type Server, startCluster } from './servers.ts';

/** Runs with these seeds; more with NOVATRAIL_SEEDS=1,2,3. */
const SEEDS = (process.env.NOVATRAIL_SEEDS ?? '20260501').split(',').map(Number);
const HOSTS = ['compute-0', 'compute-1', 'compute-2'];
const STEPS = 36;
/** The longest time between two faults: the moment of each is the fault. */
const STEP_MS = 500;

describeWithBroker('brokers, tails and collectors that die', () => {
  test.each(SEEDS)('change nothing in what is found (seed %i)', async (seed) => {
    const folder = scratch();
    const servers = await startCluster(folder);
    await initialised(folder, servers);
    const fleet = new Fleet(folder, servers, seed);
    await fleet.begin();
    for (let step = 0; step < STEPS; step += 1) await fleet.step(step);
    await fleet.finish();
    const quiet = auditOf(folder, HOSTS);
    expect(quiet.migrations.length).toBeGreaterThan(10);
    expect(auditOf(folder, ['--db', 'fleet.db'])).toEqual(quiet);
    expect(fleet.faults, 'every kind of fault was there').toEqual(
      new Set(['leader killed', 'wire cut', 'tail killed', 'collector killed', 'log rotated']),
    );
  });
});

async function initialised(folder: string, servers: readonly Server[]): Promise<void> {
  await until(() => initFleet(folder, servers[0]?.url ?? '', 3).code === 0, 'a cluster that is ready');
}

/** Three hosts whose logs are written, with a tail each, and a collector; what happens to them a seed decides. */
class Fleet {
  readonly faults = new Set<string>();
  readonly #folder: string;
  readonly #servers: readonly Server[];
  readonly #random: () => number;
  readonly #texts = HOSTS.map((host) => readFileSync(logPath(`genuine/zed3/${host}.nova-compute.log`)));
  readonly #written = HOSTS.map(() => 0);
  readonly #tails: (Program | null)[] = HOSTS.map(() => null);
  #wires: Wire[][] = [];
  #collector: Program | null = null;
  #dead: Server | null = null;

  constructor(folder: string, servers: readonly Server[], seed: number) {
    this.#folder = folder;
    this.#servers = servers;
    this.#random = seeded(seed);
  }

  async begin(): Promise<void> {
    this.#wires = await Promise.all(HOSTS.map(() => Promise.all(this.#servers.map(({ port }) => wireTo(port)))));
    for (const [index, host] of HOSTS.entries()) {
      mkdirSync(join(this.#folder, host));
      this.#write(index);
      this.#startTail(index);
    }
    this.#startCollector();
  }

  async step(step: number): Promise<void> {
    const chosen = Math.floor(this.#random() * HOSTS.length);
    for (const index of HOSTS.keys()) this.#write(index);
    if (step === 8) await this.#killLeader();
    else if (step === 20) await this.#dead?.start();
    else if (step === 4) this.#cut(chosen);
    else if (step === 14) this.#mend();
    else if (step === 12) this.#rotate(chosen);
    else if (step % 3 === 0) await this.#killTail(chosen);
    else if (step % 5 === 0) await this.#killCollector();
    await new Promise((over) => setTimeout(over, this.#random() * STEP_MS));
  }

  /** Everything is written, read, published and collected; everything ends as it should. */
  async finish(): Promise<void> {
    for (const index of HOSTS.keys()) this.#write(index, Number.MAX_SAFE_INTEGER);
    const stores = Object.fromEntries(HOSTS.map((host) => [host, join(this.#folder, `${host}.db`)]));
    const bytes = () => HOSTS.every((host) => this.#tails[HOSTS.indexOf(host)]?.printed.err.includes('connected'));
    await until(bytes, 'tails that are connected');
    await until(() => Object.values(stores).every(isPublished), 'everything published');
    for (const tail of this.#tails) expect(await tail?.end()).toBe(0);
    await until(() => isCollected(join(this.#folder, 'fleet.db'), stores), 'everything collected');
    expect(await this.#collector?.end()).toBe(0);
  }

  #write(index: number, bytes = 2 * Math.ceil((this.#texts[index]?.length ?? 0) / STEPS) * this.#random()): void {
    const [text, from] = [this.#texts[index] as Buffer, this.#written[index] as number];
    const to = Math.min(text.length, from + Math.ceil(bytes));
    appendFileSync(join(this.#folder, HOSTS[index] as string, 'nova-compute.log'), text.subarray(from, to));
    this.#written[index] = to;
  }

  #startTail(index: number): void {
    const host = HOSTS[index] as string;
    const brokers = (this.#wires[index] ?? []).flatMap(({ url }) => ['--nats', url]);
    this.#tails[index] = started(this.#folder, ['tail', host, '--db', `${host}.db`, '--node', host, ...brokers]);
  }

  #startCollector(): void {
    const brokers = this.#servers.flatMap(({ url }) => ['--nats', url]);
    this.#collector = started(this.#folder, ['collect', '--db', 'fleet.db', ...brokers]);
  }

  async #killTail(index: number): Promise<void> {
    this.faults.add('tail killed');
    await this.#tails[index]?.end('SIGKILL');
    this.#startTail(index);
  }

  async #killCollector(): Promise<void> {
    this.faults.add('collector killed');
    await this.#collector?.end('SIGKILL');
    this.#startCollector();
  }

  async #killLeader(): Promise<void> {
    this.faults.add('leader killed');
    this.#dead = await leaderOf(this.#servers);
    await this.#dead.kill();
  }

  #cut(index: number): void {
    this.faults.add('wire cut');
    for (const wire of this.#wires[index] ?? []) wire.cut();
  }

  #mend(): void {
    for (const wire of this.#wires.flat()) wire.mend();
  }

  #rotate(index: number): void {
    this.faults.add('log rotated');
    // nova writes whole lines.
    const rest = this.#texts[index]?.indexOf('\n', this.#written[index]) ?? -1;
    this.#write(index, rest + 1 - (this.#written[index] as number));
    const log = join(this.#folder, HOSTS[index] as string, 'nova-compute.log');
    renameSync(log, `${log}.1`);
  }
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
}

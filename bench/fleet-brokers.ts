// Three brokers on this machine, for bench/fleet.ts.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { processor_s, start } from './fleet-programs.ts';

const NAMES = ['n1', 'n2', 'n3'];

export interface Cluster {
  readonly ports: readonly number[];
  /** What tells a command where the brokers are. */
  readonly flags: readonly string[];
  /** Processor time that the three have used. */
  readonly used_s: () => number;
  readonly stop: () => Promise<void>;
}

/** Starts three brokers that know each other, with a stream of three copies. */
export async function startCluster(folder: string): Promise<Cluster> {
  const ports = await Promise.all(NAMES.map(freePort));
  const routes = await Promise.all(NAMES.map(freePort));
  const listed = routes.map((port) => `nats-route://127.0.0.1:${port}`).join(', ');
  const brokers = NAMES.map((name, index): ChildProcess => {
    mkdirSync(join(folder, name), { recursive: true });
    const path = join(folder, `${name}.conf`);
    writeFileSync(
      path,
      `server_name: ${name}\nlisten: 127.0.0.1:${ports[index]}\njetstream { store_dir: "${join(folder, name)}" }
cluster { name: bench, listen: "127.0.0.1:${routes[index]}", routes: [${listed}] }\n`,
    );
    return spawn('nats-server', ['-c', path], { stdio: 'ignore', env: { PATH: `${process.env.PATH}:/usr/sbin` } });
  });
  const flags = ports.flatMap((port) => ['--nats', `nats://127.0.0.1:${port}`]);
  for (let made = false; !made; ) {
    await pause(500);
    made = (await start(folder, ['fleet', 'init', ...flags, '--max-gib', '2']).code) === 0;
  }
  const stop = async () => {
    for (const broker of brokers) broker.kill();
    await Promise.all(brokers.map((broker) => new Promise((over) => broker.once('exit', over))));
    rmSync(folder, { recursive: true, force: true });
  };
  const used_s = () => brokers.reduce((sum, child) => sum + processor_s({ child }), 0);
  return { ports, flags, used_s, stop };
}

function freePort(): Promise<number> {
  return new Promise((found) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => found(port));
    });
  });
}

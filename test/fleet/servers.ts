import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { describe, onTestFinished, vi } from 'vitest';
import { STREAM } from '../../src/fleet/subject.ts';

/** The broker's program. */
export const BROKER =
  ['nats-server', '/usr/sbin/nats-server'].find((program) => spawnSync(program, ['--version']).error === undefined) ??
  '';

/** Tests with real brokers: in CI they must be there, elsewhere they are left out, and it is said how to get them. */
export const describeWithBroker: typeof describe = (() => {
  if (BROKER !== '' || process.env.CI) return describe;
  process.stderr.write('nats-server is not installed, and tests with it are left out: apt-get install nats-server\n');
  return describe.skip as typeof describe;
})();

/** A broker's process. */
export interface Server {
  readonly url: string;
  readonly port: number;
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
}

/** Starts a broker with a configuration of its own, beside what every broker of a test needs. */
export async function startServer(folder: string, name: string, more = '', port?: number): Promise<Server> {
  const at = port ?? (await freePort());
  const path = join(folder, `${name}.conf`);
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(
    path,
    `server_name: ${name}\nlisten: 127.0.0.1:${at}\njetstream { store_dir: "${join(folder, name)}" }\n${more}\n`,
  );
  return runServer(path, at);
}

/** Runs a broker by a file of configuration that lets it listen at a port. */
export async function runServer(path: string, port: number): Promise<Server> {
  let child: ChildProcess | null = null;
  const start = async () => {
    child = spawn(BROKER, ['-c', path], { stdio: 'ignore' });
    await untilOpen(port);
  };
  const kill = async () => {
    const over = new Promise((ended) => child?.once('exit', ended));
    child?.kill('SIGKILL');
    await over;
  };
  onTestFinished(() => {
    child?.kill('SIGKILL');
  });
  await start();
  return { url: `nats://127.0.0.1:${port}`, port, kill, start };
}

/** Three brokers that keep three copies of everything; clients are not told of the others. */
export async function startCluster(folder: string): Promise<readonly Server[]> {
  const names = ['n1', 'n2', 'n3'];
  const routes = await Promise.all(names.map(() => freePort()));
  const listed = routes.map((port) => `nats-route://127.0.0.1:${port}`).join(', ');
  return Promise.all(
    names.map((name, index) =>
      startServer(
        folder,
        name,
        `cluster { name: test, listen: "127.0.0.1:${routes[index]}", routes: [${listed}], no_advertise: true }`,
      ),
    ),
  );
}

/** The broker that leads the stream. */
export async function leaderOf(servers: readonly Server[]): Promise<Server> {
  const connection = await connect({ servers: servers.map(({ port }) => `127.0.0.1:${port}`) });
  try {
    const { cluster } = await (await jetstreamManager(connection)).streams.info(STREAM);
    return servers[['n1', 'n2', 'n3'].indexOf(cluster?.leader ?? '')] as Server;
  } finally {
    await connection.close();
  }
}

/** A port that nobody uses just now. */
export function freePort(): Promise<number> {
  return new Promise((found) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => found(port));
    });
  });
}

/** Waits until somebody listens. */
async function untilOpen(port: number): Promise<void> {
  const look = () =>
    new Promise<void>((open, closed) => {
      const socket = createConnection(port, '127.0.0.1');
      socket.once('connect', () => open());
      socket.once('error', closed);
      socket.once('close', () => socket.destroy());
      socket.once('data', () => socket.destroy());
    });
  await vi.waitFor(look, { timeout: 20_000, interval: 50 });
}

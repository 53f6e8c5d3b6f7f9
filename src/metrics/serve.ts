import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from './metrics.ts';

/** How the tail is. */
export interface Health {
  /** False where it does not go round any more. */
  readonly alive: () => boolean;
  /** False before all that was there at the start is read, and while the store cannot be written. */
  readonly ready: () => boolean;
}

/** `HOST:PORT` taken apart; null for what is none. `isLoopback`: only this machine can ask there. */
export function addressIn(text: string): { host: string; port: number; isLoopback: boolean } | null {
  const [, host = '', port = ''] = /^\[?(.*?)\]?:(\d{1,5})$/.exec(text) ?? [];
  if (host === '' || Number(port) > 65_535) return null;
  const isLoopback = host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
  return { host, port: Number(port), isLoopback };
}

/** An address to serve metrics at, which must be of this machine alone. Throws RangeError. */
export function loopbackAddress(text: string): { host: string; port: number } {
  const address = addressIn(text);
  if (!address?.isLoopback) {
    throw new RangeError(
      `--metrics ${text}: write HOST:PORT with a host of this machine, as 127.0.0.1:9477; a proxy may serve it to others`,
    );
  }
  return { host: address.host, port: address.port };
}

/** Serves /metrics, /healthz and /readyz. Gives the address it listens at, and what ends it. Rejects where it cannot listen. */
export async function serveMetrics(
  address: { host: string; port: number },
  metrics: Pick<Metrics, 'text'>,
  health: Health,
): Promise<{ readonly at: string; readonly close: () => void }> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    if (request.method !== 'GET' && request.method !== 'HEAD') answer(response, 405, 'GET only\n');
    else if (path === '/metrics') void answerMetrics(response, metrics);
    else if (path === '/healthz') answer(response, health.alive() ? 200 : 503, health.alive() ? 'ok\n' : 'stuck\n');
    else if (path === '/readyz') answer(response, health.ready() ? 200 : 503, health.ready() ? 'ok\n' : 'not ready\n');
    else answer(response, 404, '/metrics, /healthz or /readyz\n');
  });
  server.requestTimeout = 10_000;
  await listening(server, address);
  const { address: host, port } = server.address() as AddressInfo;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { at: `http://${host.includes(':') ? `[${host}]` : host}:${port}`, close };
}

async function answerMetrics(response: ServerResponse, metrics: Pick<Metrics, 'text'>): Promise<void> {
  try {
    answer(response, 200, await metrics.text(), 'text/plain; version=0.0.4; charset=utf-8');
  } catch (error) {
    answer(response, 500, `${(error as Error).message}\n`);
  }
}

function answer(response: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8'): void {
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(text);
}

function listening(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((listens, fails) => {
    server.once('error', fails);
    server.listen(port, host, () => listens());
  });
}

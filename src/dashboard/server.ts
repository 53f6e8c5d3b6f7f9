import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { policyOf } from '../report/html.ts';
import { StoreError } from '../store/open.ts';
import { type GuardOptions, guards } from './guard.ts';
import { DESCRIPTION_PATH, openApi } from './openapi.ts';
import { ROUTES, type Shown } from './routes.ts';

export interface DashboardOptions extends Omit<GuardOptions, 'policy'> {
  readonly version: string;
  /** What could not be answered, each time anew. */
  readonly warn: (message: string) => void;
}

/** A dashboard that listens. */
export interface Dashboard {
  /** `http://127.0.0.1:9480` */
  readonly at: string;
  readonly close: () => void;
}

/** Connections at a time. */
const MOST = 256;
const PING_MS = 15_000;

/** Serves the pages and the API. Rejects with what the system says where it cannot listen. */
export async function serveDashboard(
  address: { readonly host: string; readonly port: number },
  shown: Shown,
  options: DashboardOptions,
): Promise<Dashboard> {
  const server = createAdaptorServer({ fetch: appOf(shown, options).fetch }) as Server;
  server.requestTimeout = 10_000;
  server.maxConnections = MOST;
  await listening(server, address);
  const pings = setInterval(() => shown.events.ping(), PING_MS);
  const { address: host, port } = server.address() as AddressInfo;
  return {
    at: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    close: () => {
      clearInterval(pings);
      shown.events.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

/** What answers, without a server around it. */
export function appOf(shown: Shown, { names, token, version, warn }: DashboardOptions): Hono {
  const app = new Hono();
  app.use('*', ...guards({ names, token, policy: policyOf(null) }));
  for (const { path, answer } of ROUTES)
    app.get(path.replace(/\{(\w+)\}/g, ':$1'), (context) => answer(context, shown));
  const description = openApi(ROUTES, version, token !== null);
  app.get(DESCRIPTION_PATH, (context) => context.json(description));
  app.notFound((context) => context.json({ error: `there is nothing here; see ${DESCRIPTION_PATH}` }, 404));
  app.onError((error, context) => {
    warn(`${context.req.path}: ${error.message}`);
    // What is wrong with the store may be told; what is wrong with us is for our own log.
    return context.json({ error: error instanceof StoreError ? error.message : 'this could not be answered' }, 500);
  });
  return app;
}

function listening(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((listens, fails) => {
    server.once('error', fails);
    server.listen(port, host, () => listens());
  });
}

import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ingest } from '../../src/commands/ingest.ts';
import { type ServeFlags, shownOf } from '../../src/commands/serve.ts';
import type { Shown } from '../../src/dashboard/routes.ts';
import { appOf, type Dashboard, type DashboardOptions, serveDashboard } from '../../src/dashboard/server.ts';
import { openReadOnly } from '../../src/store/open.ts';
import { ROOT, scratch } from '../scratch.ts';

/** A store of a folder of sample-logs, read with its campaign; gives the paths of both. */
export async function storeOf(sample: string): Promise<{ db: string; campaign: string }> {
  const folder = scratch();
  cpSync(join(ROOT, 'sample-logs', sample), folder, { recursive: true });
  const [db, campaign] = [join(folder, 'a.db'), join(folder, 'campaign.yaml')];
  await ingest({ paths: [folder], db, campaign, quiet: true });
  return { db, campaign };
}

/** What is shown of a store, looked at once; what is warned of. */
export async function shownIn(
  db: string,
  flags: Partial<ServeFlags> = {},
): Promise<{ shown: Shown; warnings: string[] }> {
  const handle = openReadOnly(db);
  const warnings: string[] = [];
  const warn = (message: string) => warnings.push(message);
  const stop = new AbortController();
  const shown = shownOf(handle, { db, listen: '', ...flags }, { stop: stop.signal, warn });
  onTestFinished(() => {
    handle.close();
  });
  await shown.board.look();
  return { shown, warnings };
}

const OPTIONS: DashboardOptions = { names: [], token: null, version: '0.0.0', warn: () => {} };

/** What answers a request, without a socket. */
export function asking(shown: Shown, options: Partial<DashboardOptions> = {}) {
  const app = appOf(shown, { ...OPTIONS, ...options });
  return async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = { host: '127.0.0.1:9480', ...(init.headers as Record<string, string>) };
    return app.request(`http://127.0.0.1:9480${path}`, { ...init, headers });
  };
}

/** A dashboard on a port of its own. */
export async function listening(shown: Shown, options: Partial<DashboardOptions> = {}): Promise<Dashboard> {
  const dashboard = await serveDashboard({ host: '127.0.0.1', port: 0 }, shown, { ...OPTIONS, ...options });
  onTestFinished(() => dashboard.close());
  return dashboard;
}

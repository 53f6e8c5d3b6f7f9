import { statSync } from 'node:fs';
import { hostname } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { Board, type Snapshot } from '../dashboard/board.ts';
import { EventClients } from '../dashboard/events.ts';
import { JudgedStore } from '../dashboard/judged-store.ts';
import type { Shown } from '../dashboard/routes.ts';
import { type Dashboard, serveDashboard } from '../dashboard/server.ts';
import { type StoreFigures, storeMetrics } from '../metrics/store-metrics.ts';
import { detailOf, type PageDetail } from '../report/index.ts';
import { versionOf } from '../root.ts';
import { type OwnLog, ownLog } from '../service/log.ts';
import { openFailures } from '../store/announced.ts';
import { storeCounts } from '../store/counts.ts';
import { versionSeen } from '../store/marks.ts';
import { guarded, type Handle, openReadOnly, versionOf as schemaOf } from '../store/open.ts';
import { InputError } from '../tail/bytes.ts';
import { reportOf, waiversOf } from './audit-report.ts';
import { loadCampaign } from './campaign-files.ts';
import { tell } from './output.ts';
import { type Listening, listeningOf } from './serve-flags.ts';
import { declaredBy, type SharedFlags } from './shared.ts';

export interface ServeFlags extends SharedFlags {
  readonly db: string;
  readonly listen: string;
  readonly token?: string | undefined;
}

/** The store is looked at so often. */
const LOOK_MS = 1000;

/** Shows a store in the browser, while others write to it, until it is told to end. Exit 0, 2, 3. */
export async function serve(flags: ServeFlags): Promise<number> {
  const listening = listeningOf(flags.listen, flags.token ?? process.env.NOVATRAIL_TOKEN ?? null);
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
  const log = ownLog('text', process.stderr, Date.now);
  const db = openReadOnly(flags.db);
  let looking = Promise.resolve();
  try {
    const shown = shownOf(db, flags, { stop: stopping.signal, warn: log.warn });
    const dashboard = await listen(listening, shown, log);
    const look = () => {
      looking = shown.board.look().catch((error) => {
        if (!stopping.signal.aborted) throw error;
      });
    };
    look();
    const looks = setInterval(look, LOOK_MS);
    log.info(`${flags.db} is shown at ${dashboard.at}/${listening.token === null ? '' : '?token=TOKEN'}`);
    if (!stopping.signal.aborted)
      await new Promise<void>((stop) => stopping.signal.addEventListener('abort', () => stop(), { once: true }));
    clearInterval(looks);
    dashboard.close();
  } finally {
    await looking;
    db.close();
  }
  return 0;
}

async function listen(listening: Listening, shown: Shown, { warn }: OwnLog): Promise<Dashboard> {
  const { host, port, isLoopback, token } = listening;
  const names = isLoopback ? [] : [host, hostname()];
  try {
    return await serveDashboard(listening, shown, { names, token, version: versionOf(), warn });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'another program listens there; give another --listen' : message;
    throw new InputError(`${host}:${port}: ${why}`, { cause: error });
  }
}

/** What a dashboard shows of an open store. Throws what is wrong with the flags. */
export function shownOf(
  db: Handle,
  flags: ServeFlags,
  { stop, warn }: { stop: AbortSignal; warn: OwnLog['warn'] },
): Shown {
  const { campaign, plan, notes } = loadCampaign(flags.campaign);
  tell(notes);
  const declaresNow = flags.campaign !== undefined || flags.profile !== undefined || (flags.set ?? []).length > 0;
  const declared = declaredBy(flags, campaign, plan);
  const store = new JudgedStore({ db, path: flags.db, declared: declaresNow ? declared : null, pause: turns(stop) });
  const about = {
    campaign: campaign.name,
    profile: declared.profile ?? ('auto' as const),
    waivers: waiversOf(campaign),
    ...{ hosts: [], instances: [], problems: [], cases: () => [] },
  };
  const board: Board = new Board({
    version: () => guarded(flags.db, () => versionSeen(db)),
    judge: async () => reportOf([{ ...about, ...(await store.judge()) }], null, ALWAYS),
    isWatched: () => events.count > 0,
    stopwatch: () => performance.now(),
    warn,
  });
  const events: EventClients = new EventClients(board);
  const metrics = storeMetrics(versionOf(), schemaOf(db), () => figuresOf(db, flags.db, events.count));
  return { board, events, metrics, detail: (snapshot, id) => detailIn(snapshot, id, store) };
}

const ALWAYS = { since: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };

/** Longer (ms) nobody is to wait while the store is judged. */
const TURN_MS = 15;

/** Lets requests be answered in between. Rejects once all is to end. */
function turns(stop: AbortSignal): () => Promise<void> {
  let begun = performance.now();
  return async () => {
    if (performance.now() - begun < TURN_MS) return;
    await setImmediate();
    stop.throwIfAborted();
    begun = performance.now();
  };
}

function detailIn({ report }: Snapshot, id: string, store: JudgedStore): PageDetail | null {
  const judged = report.migrations.find(({ migration }) => migration.id === id);
  const explained = judged === undefined ? null : store.explained(id, judged.migration.instance);
  if (judged === undefined || explained === null) return null;
  return detailOf({ ...explained, verdicts: judged.verdicts }, judged.cut);
}

function figuresOf(db: Handle, path: string, clients: number): StoreFigures {
  const sizes = ['', '-wal'].map((end) => statSync(path + end, { throwIfNoEntry: false })?.size ?? 0);
  return guarded(path, () => ({
    ...storeCounts(db),
    openFindings: openFailures(db),
    store_bytes: sizes.reduce((sum, size) => sum + size, 0),
    clients,
  }));
}

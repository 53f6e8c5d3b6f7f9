import { drive } from '../follow/drive.ts';
import { Tail, type TailOptions } from '../follow/tail.ts';
import { type Block, DomjobinfoSampler } from '../sampler/domjobinfo.ts';
import type { Handle } from '../store/open.ts';
import { watchFolders } from '../tail/watch.ts';
import { loadCampaign } from './campaign-files.ts';
import { tell } from './output.ts';
import { withOwnStore } from './own-store.ts';
import { declaredBy, readOptions, type SharedFlags } from './shared.ts';
import { Kept } from './tail-kept.ts';
import type { PublishFlags, Publishing } from './tail-publishing.ts';
import { Reporting, type ReportingFlags } from './tail-reporting.ts';
import { followStdin } from './tail-stdin.ts';
import { UsageError } from './usage-error.ts';

export interface TailFlags extends SharedFlags, ReportingFlags, PublishFlags {
  readonly paths: readonly string[];
  readonly db: string;
  readonly from: 'start' | 'end';
  readonly poll: number;
  readonly domjobinfo?: boolean | undefined;
  readonly keepEvents?: string | undefined;
  readonly keepMigrations?: string | undefined;
}

/** What a tail reads again are the last migrations; the memory is the node's. */
const CACHE_KIB = 8192;

/** Follows logs until it is told to end, and prints each new failing verdict once. Exit 0, 2, 3. */
export async function tail(flags: TailFlags): Promise<number> {
  if (!(flags.poll >= 0.1)) throw new UsageError(`--poll ${flags.poll}: write seconds, 0.1 or more`);
  const { campaign, plan, notes } = loadCampaign(flags.campaign);
  tell(notes);
  const reading = await readOptions(flags, campaign, flags.campaign ?? null);
  const declared = declaredBy(flags, campaign, plan);
  const kept = new Kept(flags.keepEvents, flags.keepMigrations);
  const reporting = new Reporting(flags);
  await withOwnStore(flags.db, CACHE_KIB, (db) => follow(flags, { reading, declared, db }, { reporting, kept }));
  return 0;
}

async function follow(
  flags: TailFlags,
  setup: Pick<TailOptions, 'reading' | 'declared'> & { db: Handle },
  { reporting, kept }: { reporting: Reporting; kept: Kept },
): Promise<void> {
  const stopping = stopSignal();
  const options = { ...setup, storePath: flags.db, paths: flags.paths, from: flags.from };
  const clocks = { now: Date.now, stopwatch: () => performance.now() };
  reporting.open(setup.db);
  const publishing = await publishingFor(flags, setup.db, reporting);
  const tail = await Tail.open({ ...options, ...clocks }, reporting.events);
  await reporting.begin(tail);
  reporting.show(tail);
  const { warn } = reporting.log;
  const sampler = flags.domjobinfo ? samplerFor(tail, warn) : null;
  const feed = followStdin(tail, () => tail.places.isEmpty && stopping.abort());
  try {
    for (const path of tail.places.missing()) warn(`${path}: leads to no log yet; it is looked for again and again`);
    await drive(tail, {
      wakers: watchFolders,
      poll_ms: flags.poll * 1000,
      stop: stopping.signal,
      warn,
      beat: () => reporting.beat(),
      second: () => {
        sampler?.sample(tail.runningHere);
        feed?.retry();
        kept.prune(tail, Date.now(), publishing?.keepsUnpublished() ?? false);
      },
      ready: () => reporting.ready(),
    });
  } finally {
    sampler?.close();
    feed?.close();
    await publishing?.end();
    await reporting.end();
  }
}

/** What is only needed where a fleet is told is only loaded there. */
async function publishingFor(flags: TailFlags, db: Handle, reporting: Reporting): Promise<Publishing | null> {
  if (flags.nats === undefined) return null;
  const { Publishing } = await import('./tail-publishing.ts');
  return new Publishing(flags, db, reporting);
}

function samplerFor(tail: Tail, warn: (message: string) => void): DomjobinfoSampler {
  const store = (block: Block) => tail.storeSample(block);
  return new DomjobinfoSampler({ command: ['virsh', '-r'], now: Date.now, store, warn });
}

/** What SIGINT and SIGTERM abort. */
export function stopSignal(): AbortController {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
  return controller;
}

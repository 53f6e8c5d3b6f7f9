import { Central } from '../fleet/central.ts';
import { ALL_PARTITIONS, type From } from '../fleet/consumers.ts';
import { collectMetrics } from '../metrics/fleet.ts';
import { pausing } from '../service/pause.ts';
import type { Handle } from '../store/open.ts';
import { loadCampaign } from './campaign-files.ts';
import { brokerOf, type NatsFlags } from './nats-flags.ts';
import { tell } from './output.ts';
import { withOwnStore } from './own-store.ts';
import { declaredBy, type SharedFlags, timeOf } from './shared.ts';
import { stopSignal } from './tail.ts';
import { Kept } from './tail-kept.ts';
import { Reporting, type ReportingFlags } from './tail-reporting.ts';
import { UsageError } from './usage-error.ts';

export interface CollectFlags extends SharedFlags, ReportingFlags, NatsFlags {
  readonly region?: string | undefined;
  readonly partitions?: string | undefined;
  readonly from?: string | undefined;
  readonly keepEvents?: string | undefined;
  readonly keepMigrations?: string | undefined;
}

const CACHE_KIB = 65_536;

/** Stores and judges what the nodes of a fleet publish, until it is told to end. Exit 0, 2, 3. */
export async function collect(flags: CollectFlags): Promise<number> {
  const { campaign, plan, notes } = loadCampaign(flags.campaign);
  tell(notes);
  const setup = {
    declared: declaredBy(flags, campaign, plan),
    broker: brokerOf(flags),
    region: flags.region ?? null,
    partitions: partitionsOf(flags.partitions),
    from: fromOf(flags.from),
  };
  const kept = new Kept(flags.keepEvents, flags.keepMigrations);
  const reporting = new Reporting(flags);
  await withOwnStore(flags.db, CACHE_KIB, (db) => follow(flags.db, { ...setup, db }, reporting, kept));
  return 0;
}

async function follow(
  storePath: string,
  setup: Pick<ConstructorParameters<typeof Central>[0], 'declared' | 'broker' | 'region' | 'partitions' | 'from'> & {
    db: Handle;
  },
  reporting: Reporting,
  kept: Kept,
): Promise<void> {
  const stopping = stopSignal();
  const clocks = { now: Date.now, stopwatch: () => performance.now(), pause: pausing(stopping.signal) };
  const { events, log } = reporting;
  reporting.open(setup.db);
  const taken = collectMetrics(reporting.registry, () => central.pending);
  const central: Central = new Central({ ...setup, storePath, ...clocks }, { ...events, info: log.info, taken });
  central.open();
  await reporting.begin(central);
  const second = () => {
    central.second();
    kept.prune(central, Date.now());
    reporting.beat();
  };
  const timer = setInterval(second, 1000);
  reporting.ready();
  try {
    await central.run(stopping.signal);
  } finally {
    clearInterval(timer);
    await reporting.end();
  }
}

function partitionsOf(text: string | undefined): ReadonlySet<string> | null {
  if (text === undefined) return null;
  const chosen = text.split(',').flatMap((part) => {
    const [, first, last = first] = /^(\d{1,3})(?:-(\d{1,3}))?$/.exec(part) ?? [];
    const some = ALL_PARTITIONS.filter((each) => Number(each) >= Number(first) && Number(each) <= Number(last));
    if (some.length === 0 || Number(last) >= ALL_PARTITIONS.length)
      throw new UsageError(`--partitions ${text}: write numbers from 0 to ${ALL_PARTITIONS.length - 1}, as 0-3,7`);
    return some;
  });
  return new Set(chosen);
}

function fromOf(text: string | undefined): From | null {
  if (text === undefined) return null;
  if (text === 'all') return 'all';
  if (/^\d{1,15}$/.test(text)) return { sequence: Number(text) };
  try {
    return { time: timeOf(text, '--from') as number };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const forms = 'all, a time with its zone as 2024-05-01T09:00:00Z, or a sequence number of the stream';
    throw new UsageError(`--from ${text}: write ${forms}`, { cause: error });
  }
}

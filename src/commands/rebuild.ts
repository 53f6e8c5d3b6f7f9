import { existsSync } from 'node:fs';
import { judgeAll } from '../judging.ts';
import { guarded, noStore, openStore } from '../store/open.ts';
import { widenYoungGeneration } from '../young-generation.ts';
import { loadCampaign } from './campaign-files.ts';
import { declaredBy, type SharedFlags } from './shared.ts';

export interface RebuildFlags extends SharedFlags {
  readonly db: string;
}

/** Drops the derived rows of a store and derives them again from its facts. Exit 0. */
export async function rebuild(flags: RebuildFlags): Promise<number> {
  const { campaign, plan } = loadCampaign(flags.campaign);
  const declared = declaredBy(flags, campaign, plan);
  if (!existsSync(flags.db)) throw noStore(flags.db);
  widenYoungGeneration();
  const db = openStore(flags.db);
  try {
    const { migrations } = guarded(flags.db, () => judgeAll(db, declared));
    if (!flags.quiet) process.stdout.write(`${flags.db}: ${migrations} migrations derived again\n`);
    return 0;
  } finally {
    db.close();
  }
}

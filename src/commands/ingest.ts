import { ingestLogs } from '../ingest.ts';
import { ingestSamples } from '../ingest-samples.ts';
import { judgedCount } from '../judged-before.ts';
import { eventCount } from '../store/judged.ts';
import { guarded, openStore } from '../store/open.ts';
import { areLarge } from '../threads.ts';
import { widenYoungGeneration } from '../young-generation.ts';
import { loadCampaign } from './campaign-files.ts';
import { tell } from './output.ts';
import { progressBar } from './progress-bar.ts';
import { sampleFiles } from './sample-files.ts';
import { declaredBy, logsOf, readOptions, type SharedFlags } from './shared.ts';
import { type Unpacking, unpacking } from './unpacking.ts';

export interface IngestFlags extends SharedFlags {
  readonly paths: readonly string[];
  readonly db: string;
}

/** Reads logs into the store and nothing else; what is there already is not read again. Exit 0, or 3. */
export async function ingest(flags: IngestFlags): Promise<number> {
  const unpacked = await unpacking(flags.paths);
  try {
    return await ingestPaths(flags, unpacked);
  } finally {
    unpacked.remove();
  }
}

async function ingestPaths(flags: IngestFlags, { paths, nameOf, problems: damaged }: Unpacking): Promise<number> {
  const { campaign, plan, notes } = loadCampaign(flags.campaign);
  const declared = declaredBy(flags, campaign, plan);
  const options = await readOptions(flags, campaign, flags.campaign ?? null);
  const { files, problems } = logsOf(paths);
  problems.push(...damaged);
  if (areLarge(files)) widenYoungGeneration();
  const samples = sampleFiles(flags, campaign, flags.campaign ?? null);
  const db = openStore(flags.db);
  const bar = progressBar(flags, [...files, ...samples.files]);
  try {
    const read = await ingestLogs(db, files, {
      ...options,
      nameOf,
      storePath: flags.db,
      progress: bar.show,
    });
    const reading = { ...options, storePath: flags.db, progress: bar.show };
    problems.push(...samples.problems, ...(await ingestSamples(db, samples.files, reading)));
    bar.done();
    const migrations = guarded(flags.db, () => judgedCount(db, declared));
    const events = eventCount(db);
    if (!flags.quiet)
      process.stdout.write(
        `${flags.db}: ${read.sources.length} logs read; the store holds ${events} events of ${migrations} migrations\n`,
      );
    problems.push(...read.problems);
    tell([...notes, ...read.notes, ...problems]);
    return problems.length > 0 ? 3 : 0;
  } finally {
    bar.done();
    db.close();
  }
}

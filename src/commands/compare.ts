import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { ingestLogs } from '../ingest.ts';
import { judgeAll } from '../judging.ts';
import { comparisonJson, comparisonText } from '../report/index.ts';
import { compareBenchmarks, isBenchmark } from '../statistics/benchmark.ts';
import {
  type Compared,
  compareAutoConverge,
  compareCampaigns,
  compareTunnel,
  type MigrationFigures,
} from '../statistics/comparisons.ts';
import { type FigureRow, figureRows } from '../store/figures.ts';
import { guarded, openReadOnly, openStore } from '../store/open.ts';
import type { InputError } from '../tail/bytes.ts';
import { loadCampaign } from './campaign-files.ts';
import { groupsOf } from './log-groups.ts';
import { tell } from './output.ts';
import { progressBar } from './progress-bar.ts';
import { declaredBy, readOptions, readText, type SharedFlags } from './shared.ts';
import { paintFor } from './terminal.ts';
import { type Unpacking, unpacking } from './unpacking.ts';
import { UsageError } from './usage-error.ts';

export interface CompareFlags extends SharedFlags {
  readonly what: string;
  readonly paths: readonly string[];
  readonly db?: string | undefined;
  readonly format: string;
}

/** Puts groups of migrations side by side: of a store, of logs, of benchmark files, or of two campaigns. Exit 0, or 3. */
export async function compare(flags: CompareFlags): Promise<number> {
  const problems: InputError[] = [];
  const compared = await comparedBy(flags, problems);
  process.stdout.write(flags.format === 'json' ? comparisonJson(compared) : comparisonText(compared, paintFor(flags)));
  tell(problems);
  return problems.length > 0 ? 3 : 0;
}

async function comparedBy(flags: CompareFlags, problems: InputError[]): Promise<Compared> {
  const { what, paths } = flags;
  if (what === 'campaigns') {
    const [a, b, ...more] = paths;
    if (a === undefined || b === undefined || more.length > 0)
      throw new UsageError('compare campaigns takes two of them: each a store, a folder of logs or a log');
    const first = await figuresOf({ ...flags, paths: [a] }, problems);
    return compareCampaigns([a, b], first, await figuresOf({ ...flags, paths: [b] }, problems));
  }
  const benchmarks = what === 'tunnel' ? benchmarksIn(paths) : null;
  if (benchmarks !== null) return compareBenchmarks(benchmarks);
  const figures = await figuresOf(flags, problems);
  return what === 'tunnel' ? compareTunnel(figures) : compareAutoConverge(figures);
}

/** Benchmark files, where all that is given are such; null where none is. Throws UsageError for a mixture. */
function benchmarksIn(paths: readonly string[]): { path: string; value: unknown }[] | null {
  const read = paths.filter((path) => path.endsWith('.json')).map((path) => ({ path, value: jsonIn(path) }));
  const found = read.filter(({ value }) => isBenchmark(value));
  if (found.length === 0) return null;
  if (found.length === paths.length) return found;
  throw new UsageError('benchmark files and logs cannot be compared together; give one kind at a time');
}

function jsonIn(path: string): unknown {
  try {
    return JSON.parse(readText(path));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

async function figuresOf(flags: CompareFlags, problems: InputError[]): Promise<MigrationFigures[]> {
  const [only] = flags.paths;
  const store =
    flags.paths.length === 0 ? (flags.db ?? 'novatrail.db') : only !== undefined && isStore(only) ? only : null;
  if (store === null) return await figuresOfLogs(flags, problems);
  const db = openReadOnly(store);
  try {
    return guarded(store, () => figureRows(db)).map(asFigures);
  } finally {
    db.close();
  }
}

/** Each campaign below the paths is read by itself, as an audit does. */
async function figuresOfLogs(flags: CompareFlags, problems: InputError[]): Promise<MigrationFigures[]> {
  const unpacked = await unpacking(flags.paths);
  problems.push(...unpacked.problems);
  try {
    return await figuresOfPaths(flags, unpacked, problems);
  } finally {
    unpacked.remove();
  }
}

async function figuresOfPaths(
  flags: CompareFlags,
  { paths, nameOf, campaigns }: Unpacking,
  problems: InputError[],
): Promise<MigrationFigures[]> {
  const figures: MigrationFigures[] = [];
  for (const { campaignPath, files, problems: unread } of groupsOf({ ...flags, paths, campaigns })) {
    problems.push(...unread);
    const { campaign, plan, notes } = loadCampaign(campaignPath ?? undefined);
    const options = await readOptions(flags, campaign, campaignPath);
    const db = openStore(null);
    const bar = progressBar(flags, files);
    try {
      const storePath = '(throwaway store)';
      const read = await ingestLogs(db, files, { ...options, nameOf, storePath, progress: bar.show });
      bar.done();
      guarded(storePath, () => judgeAll(db, declaredBy(flags, campaign, plan)));
      figures.push(...figureRows(db).map(asFigures));
      problems.push(...read.problems);
      tell([...notes, ...read.notes]);
    } finally {
      bar.done();
      db.close();
    }
  }
  return figures;
}

function asFigures({ tunnelled, auto_converge, outcome, ...row }: FigureRow): MigrationFigures {
  const truth = (value: number | null) => (value === null ? null : value === 1);
  return {
    ...row,
    tunnelled: truth(tunnelled),
    auto_converge: truth(auto_converge),
    completed: outcome === 'completed',
  };
}

const MAGIC = 'SQLite format 3\0';

function isStore(path: string): boolean {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return false;
  const fd = openSync(path, 'r');
  try {
    const head = Buffer.alloc(MAGIC.length);
    readSync(fd, head, 0, head.length, 0);
    return head.toString('latin1') === MAGIC;
  } finally {
    closeSync(fd);
  }
}

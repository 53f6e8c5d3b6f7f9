import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { archivesIn, isArchive, unpackLogs } from '../tail/archives.ts';
import { attempt, type InputError } from '../tail/bytes.ts';
import { discoverLogs } from '../tail/discover.ts';
import { campaignIn } from './shared.ts';

/** Logs out of archives among the paths of a command, in a folder that is gone after `remove`. */
export interface Unpacking {
  /** What to read: the paths without archives, and what was in these. */
  readonly paths: readonly string[];
  /** What a path is called in reports. */
  readonly nameOf: (path: string) => string;
  /** The campaign of the folder in which an archive was found, by what was unpacked from it. */
  readonly campaigns: ReadonlyMap<string, string>;
  readonly problems: readonly InputError[];
  readonly remove: () => void;
}

/** Unpacks the archives that are given, and those in folders that are given. */
export async function unpacking(paths: readonly string[]): Promise<Unpacking> {
  const found = paths.flatMap((path) => archivesAt(path).map((archive) => ({ archive, given: path })));
  if (found.length === 0) {
    return { paths, nameOf: (path) => path, campaigns: new Map(), problems: [], remove: () => {} };
  }
  const folder = mkdtempSync(join(tmpdir(), 'novatrail-unpacked-'));
  const problems: InputError[] = [];
  const names = new Map<string, string>();
  const campaigns = new Map<string, string>();
  const unpacked: string[] = [];
  for (const [index, { archive, given }] of found.entries()) {
    await attempt(problems, async () => {
      const { folder: into, names: inside, problem } = await unpackLogs(archive, join(folder, String(index)));
      if (problem !== null) problems.push(problem);
      for (const [path, name] of inside) names.set(path, name);
      unpacked.push(into);
      const campaign = isFolder(given) ? campaignIn(given) : null;
      if (campaign !== null) campaigns.set(into, campaign);
    });
  }
  return {
    paths: [...paths.filter((path) => !isArchive(path) && (!isFolder(path) || holdsLogs(path))), ...unpacked],
    nameOf: (path) => names.get(path) ?? path,
    campaigns,
    problems,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function archivesAt(path: string): string[] {
  if (path === '-') return [];
  return isFolder(path) ? archivesIn(path) : isArchive(path) ? [path] : [];
}

function isFolder(path: string): boolean {
  return path !== '-' && (statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false);
}

/** A folder of nothing but archives is no mistake. */
function holdsLogs(folder: string): boolean {
  const unsearched: InputError[] = [];
  try {
    return discoverLogs([folder], unsearched).length > 0;
  } catch {
    return false;
  }
}

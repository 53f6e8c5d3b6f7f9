import { globSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { SampleFile } from '../ingest-samples.ts';
import type { Campaign, SampleFiles } from '../settings/campaign.ts';
import { InputError } from '../tail/bytes.ts';
import type { SharedFlags } from './shared.ts';

/** The files of samples that `--samples` and the campaign name, each once, and what was not found. */
export function sampleFiles(
  flags: SharedFlags,
  campaign: Campaign,
  campaignPath: string | null,
): { files: SampleFile[]; problems: InputError[] } {
  const problems: InputError[] = [];
  const folder = campaignPath === null ? '.' : dirname(campaignPath);
  const declared = campaign.samples.flatMap((entry) =>
    found(entry.path, folder, problems).map((file) => ({ ...file, ...whatIsDeclared(entry, campaign) })),
  );
  const given = (flags.samples ?? []).flatMap((pattern) => found(pattern, '.', problems));
  const files = new Map([...given, ...declared].map((file) => [resolve(file.path), file]));
  return { files: [...files.values()], problems };
}

function whatIsDeclared({ instance, host, date }: SampleFiles, { instances }: Campaign) {
  const named = [...instances.values()].find(({ name }) => name === instance)?.id;
  return { instance: named ?? instance?.toLowerCase() ?? null, host: host ?? null, date: date ?? null };
}

/** A file, the files of a folder, or what a pattern means. */
function found(pattern: string, folder: string, problems: InputError[]): SampleFile[] {
  const at = (path: string) => (folder === '.' ? path : resolve(folder, path) === path ? path : join(folder, path));
  const paths = kindAt(at(pattern)) !== null ? [pattern] : globSync(pattern, { cwd: folder }).toSorted();
  if (paths.length === 0)
    problems.push(
      new InputError(`${pattern}: there is no such file of samples (from ${resolve(folder)}); check the path`),
    );
  const file = { instance: null, host: null, date: null };
  return paths.map(at).flatMap((path): SampleFile[] => {
    if (kindAt(path) !== 'folder') return [{ path, named: true, ...file }];
    return filesIn(path, problems).map((each) => ({ path: each, named: false, ...file }));
  });
}

function filesIn(folder: string, problems: InputError[]): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.'));
    return files.map(({ name }) => join(folder, name)).sort();
  } catch (error) {
    problems.push(new InputError(`${folder}: cannot be searched (${(error as Error).message})`, { cause: error }));
    return [];
  }
}

/** Null where there is nothing, or nothing that this user may see. */
function kindAt(path: string): 'folder' | 'file' | null {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat === undefined ? null : stat.isDirectory() ? 'folder' : 'file';
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
}

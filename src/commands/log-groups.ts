import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { noStore } from '../store/open.ts';
import type { InputError } from '../tail/bytes.ts';
import { discoverLogs, type LogFile } from '../tail/discover.ts';
import { campaignAt, campaignIn, campaignLogs, eachPath, type SharedFlags } from './shared.ts';
import { UsageError } from './usage-error.ts';

/** What says which logs are meant. */
export interface GroupFlags extends Pick<SharedFlags, 'campaign'> {
  readonly paths: readonly string[];
  readonly db?: string | undefined;
  /** Campaigns of folders that came out of archives. */
  readonly campaigns?: ReadonlyMap<string, string> | undefined;
}

/** Logs that one campaign declares; each group is judged by itself, for hosts of two campaigns may share a name. */
export interface Group {
  readonly campaignPath: string | null;
  readonly files: readonly LogFile[];
  readonly problems: readonly InputError[];
}

/** The logs that the flags mean, a group for each campaign that lies above them. Throws UsageError where they mean none. */
export function groupsOf(flags: GroupFlags): Group[] {
  if (flags.paths.length === 0) return [withoutPaths(flags)];
  const { problems, found } = eachPath(flags.paths, (path, unsearched) =>
    discoverLogs([path], unsearched).map((file) => ({
      file,
      campaign: flags.campaign ?? flags.campaigns?.get(path) ?? campaignFor(file.path, path),
    })),
  );
  const byCampaign = Map.groupBy(found, ({ campaign }) => campaign);
  const groups = [...byCampaign].map(([campaignPath, members]) => {
    const paths = members.map(({ file }) => file.path);
    return { campaignPath, files: discoverLogs(paths), problems: [] as InputError[] };
  });
  return groups.length === 0
    ? [{ campaignPath: flags.campaign ?? null, files: [], problems }]
    : [{ ...(groups[0] as Group), problems }, ...groups.slice(1)];
}

function withoutPaths(flags: GroupFlags): Group {
  if (flags.campaign !== undefined) {
    const paths = campaignLogs(campaignAt(flags.campaign), flags.campaign);
    if (paths.length === 0 && flags.db === undefined)
      throw new UsageError(`${flags.campaign}: names no log that is there; give paths`);
    return { campaignPath: flags.campaign, files: discoverLogs(paths), problems: [] };
  }
  if (flags.db === undefined)
    throw new UsageError('give logs or folders to audit, a --campaign that names them, or a --db that holds them');
  if (!existsSync(flags.db)) throw noStore(flags.db);
  return { campaignPath: null, files: [], problems: [] };
}

/** The campaign.yaml nearest above a log, inside the folder that was given. */
function campaignFor(log: string, given: string): string | null {
  if (given === '-' || !statSync(given).isDirectory()) return null;
  const top = resolve(given);
  for (let folder = dirname(log); ; folder = dirname(folder)) {
    const found = campaignIn(folder);
    if (found !== null || resolve(folder) === top) return found;
  }
}

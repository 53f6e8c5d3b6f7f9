import { type Dirent, readdirSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { byAge } from '../nova/rotation.ts';
import { InputError } from './bytes.ts';

/** One log to read: its path, and the host its name or folder gives it (null where they give none). */
export interface LogFile {
  readonly path: string;
  readonly host: string | null;
}

/** Names under which nova-compute's log is found: nova's own, devstack's, with a host in front, rotated, compressed. */
const LOG_NAME =
  /^(?:(?!screen-n-cpu)(.+?)[.-])?(?:nova[-_]compute|nova-cpu|screen-n-cpu|n-cpu)\.(?:log|txt)(?:\.txt)?(?:[.-][\d_:T-]+(?:\.[\d_:T-]+)*)?(?:\.(?:gz|zst|zstd|bz2|xz))?$/i;
const NO_HOST_FOLDERS = new Set(['log', 'logs', 'nova', 'var', 'kolla', 'containers', 'pods', '', '.', '..']);
const DEEPEST = 32;

/** True for a name under which nova-compute's log is found. */
export function isLogName(name: string): boolean {
  return LOG_NAME.test(name);
}

/**
 * The logs that the given paths mean, rotated sets oldest first. A folder is searched for nova-compute logs; a file is
 * taken as it is. What cannot be searched is added to `unsearched`. Throws InputError for what is missing and for a folder
 * without such a log.
 */
export function discoverLogs(paths: readonly string[], unsearched: InputError[] = []): LogFile[] {
  const found = paths.flatMap((path) => (path === '-' ? ['-'] : logsAt(path, unsearched)));
  return [...new Set(found)].sort(byAge).map((path) => ({ path, host: hostOfPath(path) }));
}

/** The host that a file's name (`compute-0.nova-compute.log`) or its nearest telling folder names; null where none does. */
export function hostOfPath(path: string): string | null {
  if (path === '-') return null;
  const prefix = LOG_NAME.exec(basename(path))?.[1];
  if (prefix !== undefined) return prefix;
  let folder = dirname(resolve(path));
  for (; folder !== dirname(folder); folder = dirname(folder)) {
    if (!NO_HOST_FOLDERS.has(basename(folder))) return basename(folder);
  }
  return null;
}

/** The nova-compute logs in a folder and `deepest` levels below; what cannot be searched now is passed over. */
export function searchFolder(folder: string, deepest = DEEPEST): string[] {
  return search(folder, DEEPEST - deepest, []);
}

function logsAt(path: string, unsearched: InputError[]): string[] {
  const stat = statOrNull(path);
  if (!stat) throw new InputError(`${path}: there is no such file or folder; check the path`);
  if (!stat.isDirectory()) return [path];
  const before = unsearched.length;
  const logs = search(path, 0, unsearched);
  if (logs.length > 0 || unsearched.length > before) return logs;
  throw new InputError(
    `${path}: holds no nova-compute log (nova-compute.log, nova-compute.log.1, HOST.nova-compute.log, n-cpu.log, …, also .gz and .zst).\n` +
      '  Name the files themselves if they are called otherwise.',
  );
}

/** A folder inside that cannot be searched is told in `unsearched`, and the others are searched all the same. */
function search(folder: string, depth: number, unsearched: InputError[]): string[] {
  if (depth > DEEPEST) return [];
  return entriesOf(folder, unsearched).flatMap((entry) => {
    const path = join(folder, entry.name);
    const kind = entry.isSymbolicLink() ? statOrNull(path) : entry;
    if (kind?.isDirectory() && !entry.isSymbolicLink()) return search(path, depth + 1, unsearched);
    return kind?.isFile() && LOG_NAME.test(entry.name) ? [path] : [];
  });
}

function entriesOf(folder: string, unsearched: InputError[]): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    unsearched.push(new InputError(`${folder}: cannot be searched (${(error as Error).message})`, { cause: error }));
    return [];
  }
}

/** Null where there is nothing, or nothing that this user may see (a folder above is closed, a link leads in a circle). */
function statOrNull(path: string): Stats | null {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
}

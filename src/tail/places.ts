import { globSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { byAge, rotationOf } from '../nova/rotation.ts';
import { InputError } from './bytes.ts';
import { hostOfPath, type LogFile, searchFolder } from './discover.ts';

const GLOB = /[*?[\]{}]/;

/**
 * What the paths on a command line mean, again and again: files that may appear later, folders, patterns; and always the
 * rotated files beside a log, for its last lines may stand there.
 */
export class Places {
  readonly #paths: readonly string[];

  constructor(paths: readonly string[]) {
    this.#paths = paths;
  }

  get isEmpty(): boolean {
    return this.#paths.length === 0;
  }

  /** The logs that there are now, rotated sets oldest first; `under` limits it to files right in some folders. */
  scan(under: ReadonlySet<string> | null = null): LogFile[] {
    const found = new Set(this.#paths.flatMap((path) => this.#at(path, under)));
    return [...found].sort(byAge).map((path) => ({ path, host: hostOfPath(path) }));
  }

  /** The folders to watch: where there are logs, and where some may appear. */
  folders(): string[] {
    const named = this.#paths.flatMap((path) => (isFolder(path) ? [path] : [dirname(baseOf(path))]));
    const held = this.scan().map(({ path }) => dirname(path));
    return [...new Set([...named, ...held].filter(isFolder).map((folder) => resolve(folder)))];
  }

  /** Paths that lead to nothing yet. */
  missing(): string[] {
    return this.#paths.filter((path) => this.#at(path, null).length === 0);
  }

  #at(path: string, under: ReadonlySet<string> | null): string[] {
    const inside = (file: string) => under === null || under.has(resolve(dirname(file)));
    if (isFolder(path)) return (under === null ? searchFolder(path) : searchKnown(path, under)).filter(inside);
    const named = GLOB.test(path) ? globSync(path).filter((file) => !isFolder(file)) : [path];
    const folders = Map.groupBy(named.filter(inside), (file) => dirname(file));
    return [...folders].flatMap(([folder, files]) => rotatedSets(folder, files));
  }
}

/** The part of a pattern before its first wildcard; the path itself where it has none. */
function baseOf(path: string): string {
  const parts = path.split('/');
  const first = parts.findIndex((part) => GLOB.test(part));
  return first < 0 ? path : join(parts.slice(0, first).join('/') || (path.startsWith('/') ? '/' : '.'), 'x');
}

function searchKnown(root: string, under: ReadonlySet<string>): string[] {
  const top = resolve(root);
  return [...under]
    .filter((folder) => folder === top || folder.startsWith(`${top}/`))
    .flatMap((folder) => searchFolder(folder, 0).map((file) => join(root, file.slice(top.length))));
}

/** The files themselves, where there are such, and what was rotated away from them. */
function rotatedSets(folder: string, files: readonly string[]): string[] {
  const names = new Set(files.map((file) => basename(file)));
  const isOf = (entry: string) => names.has(entry) || names.has(rotationOf(entry).set);
  return entriesOf(folder)
    .filter(isOf)
    .map((entry) => join(folder, entry));
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (
      ['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ESTALE', 'EIO'].includes(String((error as NodeJS.ErrnoException).code))
    )
      return [];
    throw new InputError(`${folder}: cannot be listed (${(error as Error).message})`, { cause: error });
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch {
    // Closed to this user, or a link in a circle: nothing to follow there now.
    return false;
  }
}

import { createWriteStream, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar-stream';
import { blocksOf, InputError, unpacked } from './bytes.ts';
import { isLogName } from './discover.ts';

/** An archive whose logs were unpacked: where they lie, and how each is called (`archive!/path inside`). */
export interface Unpacked {
  readonly archive: string;
  readonly folder: string;
  readonly names: ReadonlyMap<string, string>;
  /** What is wrong with the archive; what stood whole before that was unpacked. */
  readonly problem: InputError | null;
}

/** True for a tar archive by its name. */
export function isArchive(path: string): boolean {
  return /\.(?:tar|tgz|tar\.(?:gz|zst|xz|bz2))$/i.test(path);
}

const DEEPEST = 8;

/** The archives in a folder and those below it. */
export function archivesIn(folder: string, depth = 0): string[] {
  if (depth > DEEPEST) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return archivesIn(path, depth + 1);
    return entry.isFile() && isArchive(entry.name) ? [path] : [];
  });
}

/**
 * Unpacks nova-compute's logs out of an archive as StarlingX's collect, sosreport and must-gather leave them, archives inside
 * it included, each into a folder named as its host. Nothing else is unpacked. Throws InputError where there is none in it.
 */
export async function unpackLogs(archive: string, into: string): Promise<Unpacked> {
  if (!statSync(archive, { throwIfNoEntry: false })?.isFile())
    throw new InputError(`${archive}: there is no such archive; check the path`);
  const names = new Map<string, string>();
  const problem = await unpack(copied(blocksOf(archive)), archive, { into, names, depth: 0 }).then(
    () => null,
    (error: Error) => damage(archive, error),
  );
  if (names.size === 0) throw problem ?? new InputError(`${archive}: holds no nova-compute log`);
  return { archive, folder: into, names, problem };
}

function damage(archive: string, error: Error): InputError {
  if (error instanceof InputError) return error;
  const why = `is no tar archive, or a damaged one (${error.message}); copy it again`;
  return new InputError(`${archive}: ${why}`, { cause: error });
}

function copied(blocks: AsyncIterable<Buffer>): Readable {
  async function* copies() {
    for await (const block of blocks) yield Buffer.from(block);
  }
  return Readable.from(copies());
}

interface Target {
  readonly into: string;
  readonly names: Map<string, string>;
  readonly depth: number;
}

async function unpack(bytes: Readable, called: string, target: Target): Promise<void> {
  const members = extract();
  const sort = async () => {
    for await (const entry of members) {
      const { name, type } = entry.header;
      const member = entry as unknown as Readable;
      const shown = `${called}!/${name}`;
      const place = type === 'file' ? placeOf(name) : null;
      if (place !== null) await keep(member, join(target.into, place), shown, target);
      else if (type === 'file' && isArchive(name) && target.depth < DEEPEST)
        await unpack(copied(unpacked(member, shown)), shown, { ...target, depth: target.depth + 1 });
      else member.resume();
    }
  };
  const sorted = sort().catch((error: Error) => {
    members.destroy(error);
    throw error;
  });
  // Both, for a log of which only a part was there is removed at the end.
  const failed = (await Promise.allSettled([pipeline(bytes, members), sorted])).find(
    ({ status }) => status === 'rejected',
  );
  if (failed?.status === 'rejected') throw failed.reason;
}

async function keep(member: Readable, path: string, shown: string, { names }: Target): Promise<void> {
  let free = path;
  for (let copy = 2; names.has(free); copy += 1) free = join(dirname(path), String(copy), basename(path));
  mkdirSync(dirname(free), { recursive: true, mode: 0o700 });
  try {
    await pipeline(member, createWriteStream(free, { mode: 0o600 }));
  } catch (error) {
    rmSync(free, { force: true });
    throw error;
  }
  names.set(free, shown);
}

/** Where a log goes, its host's folder first; null for what is no log of nova-compute. Dots lead nowhere. */
function placeOf(name: string): string | null {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
  const file = parts.at(-1) ?? '';
  const pod = /^current\.log/.test(file)
    ? parts.find((part) => /^nova(?:cell\d+)?-compute|nova-compute/.test(part))
    : undefined;
  if (pod !== undefined) return join(pod, 'nova-compute.log');
  if (!isLogName(file)) return null;
  return join(...parts.map(hostPart));
}

/** collect: `compute-0_20190520.130000`; sosreport: `sosreport-compute-0-2024-01-02-abcdefg`, with a case's number or without. */
function hostPart(part: string): string {
  const [, collected] = /^(.+)_\d{8}\.\d{6}$/.exec(part) ?? [];
  const [, reported] = /^sosreport-(.+?)(?:-\d{5,})?-\d{4}-\d\d-\d\d-\w+$/.exec(part) ?? [];
  return collected ?? reported ?? part;
}

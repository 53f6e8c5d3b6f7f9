import type { LogFile } from '../tail/discover.ts';
import { type FileId, keyOf } from '../tail/file-id.ts';

/** A compressed file is read when it has not changed for so long (ms): until then it may still be written. */
const STABLE_MS = 2000;

interface Archive {
  readonly file: LogFile;
  readonly size: number;
  readonly changedAt: number;
  read: boolean;
}

/** Compressed files beside the logs. Each is read once: lines that were rotated away unread may stand only there. */
export class Archives {
  readonly #now: () => number;
  readonly #known = new Map<string, Archive>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** True where the file is one of these, and has not changed. */
  knows({ id, size, changedAt }: { id: FileId; size: number; changedAt: number }): boolean {
    const known = this.#known.get(keyOf(id));
    return known?.size === size && known.changedAt === changedAt;
  }

  /** Takes note of a compressed file as it is now. */
  see(file: LogFile, { id, size, changedAt }: { id: FileId; size: number; changedAt: number }): void {
    const known = this.#known.get(keyOf(id));
    const same = known?.size === size && known.changedAt === changedAt;
    this.#known.set(keyOf(id), { file, size, changedAt, read: same && known.read });
  }

  /** The files to be read now, oldest first; `open` tells of the plain file that one is being made of. */
  due(open: (path: string) => boolean): LogFile[] {
    const ripe = [...this.#known.values()].filter(
      ({ file, changedAt, read }) => !read && this.#now() - changedAt >= STABLE_MS && !open(plainName(file.path)),
    );
    return ripe.sort((a, b) => a.changedAt - b.changedAt).map(({ file }) => file);
  }

  /** A file was read, whatever came of it: it is read again only after it has changed. */
  done({ path }: LogFile): void {
    for (const archive of this.#known.values()) if (archive.file.path === path) archive.read = true;
  }

  /** What is there now is not wanted. */
  skipAll(): void {
    for (const archive of this.#known.values()) archive.read = true;
  }

  /** Forgets files that are gone. */
  keep(present: ReadonlySet<string>): void {
    for (const key of this.#known.keys()) if (!present.has(key)) this.#known.delete(key);
  }
}

function plainName(path: string): string {
  return path.replace(/\.(?:gz|zst|zstd)$/i, '');
}

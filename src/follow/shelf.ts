import { rotationOf } from '../nova/rotation.ts';
import type { LogFile } from '../tail/discover.ts';
import { keyOf, lookAt } from '../tail/file-id.ts';
import type { Generation } from './generation.ts';
import type { Holder } from './identify.ts';

/** What is known of a file that is not open: the log in it, and its size when it was looked at. */
interface Known {
  readonly source: number;
  readonly path: string;
  readonly size: number;
}

/** The files at hand, by device and inode: open ones, those that were read and closed, copies of open ones. */
export class Shelf {
  readonly #open = new Map<string, Generation>();
  readonly #closed = new Map<string, Known>();
  readonly #copies = new Map<string, Known>();

  get open(): Generation[] {
    return [...this.#open.values()];
  }

  isOpen(key: string): boolean {
    return this.#open.has(key);
  }

  /** True where a file need not be opened: it is open, it has not changed since it was closed, or it is a copy. */
  isSettled(key: string, size: number): boolean {
    if (this.#open.has(key) || this.#closed.get(key)?.size === size) return true;
    const copy = this.#copies.get(key);
    return copy?.size === size && this.holding(copy.source) !== null;
  }

  add(generation: Generation): void {
    this.#open.set(keyOf(generation.id), generation);
    this.#closed.delete(keyOf(generation.id));
  }

  addCopy(key: string, known: Known): void {
    this.#copies.set(key, known);
  }

  /** Takes an open file out; `size` where it is closed for good and need not be opened again as long as it has it. */
  remove({ id, row, path }: Generation, size: number | null): void {
    this.#open.delete(keyOf(id));
    if (size !== null) this.#closed.set(keyOf(id), { source: row.id, path, size });
  }

  /** Takes note of the names that a file has now; where it had another, says so. */
  move(key: string, files: readonly LogFile[]): { source: number; from: string; to: string } | null {
    const open = this.#open.get(key);
    const known = open === undefined ? this.#closed.get(key) : { source: open.row.id, path: open.path, size: 0 };
    const to = files[0]?.path;
    if (known === undefined || to === undefined || files.some(({ path }) => path === known.path)) return null;
    if (open !== undefined) open.path = to;
    else this.#closed.set(key, { ...known, path: to });
    return { source: known.source, from: known.path, to };
  }

  /** The open file that holds a log. */
  holding(source: number): Generation | null {
    return this.open.find(({ row }) => row.id === source) ?? null;
  }

  /** The file that holds a log, open or not. */
  holderOf(source: number): Holder | null {
    const open = this.holding(source);
    if (open !== null) return { path: open.path, file: open.file, unlinked: open.file.state().links === 0 };
    for (const [key, { source: held, path }] of this.#closed) {
      const seen = held === source ? lookAt(path) : null;
      if (seen?.kind === 'file' && keyOf(seen.id) === key) return { path, file: null, unlinked: false };
    }
    return null;
  }

  /** The log written before this one on the same host: it tells the offset of the host's clock. */
  predecessor({ path }: LogFile): Generation | null {
    const { set } = rotationOf(path);
    return this.open.findLast((other) => rotationOf(other.path).set === set) ?? null;
  }

  /** Forgets files that are not open and gone. */
  keep(present: ReadonlySet<string>): void {
    for (const known of [this.#closed, this.#copies])
      for (const key of known.keys()) if (!present.has(key)) known.delete(key);
  }
}

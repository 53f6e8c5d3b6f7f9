import { dirname, resolve } from 'node:path';
import type { HostOffsets, ReadOptions } from '../log-context.ts';
import { rotationOf } from '../nova/rotation.ts';
import { renameSource } from '../store/derived.ts';
import { type EndedBy, endGeneration, generationRows } from '../store/generations.ts';
import type { Handle } from '../store/open.ts';
import { InputError, isCompressed } from '../tail/bytes.ts';
import type { LogFile } from '../tail/discover.ts';
import { keyOf, lookAt, type Seen } from '../tail/file-id.ts';
import type { Places } from '../tail/places.ts';
import { Archives } from './archives.ts';
import type { Generation, Turn } from './generation.ts';
import { Keeper } from './keeper.ts';
import type { LiveJudge } from './live-judge.ts';
import { Shelf } from './shelf.ts';
import type { Writer } from './writer.ts';

/** What a follower tells of itself, for the tool's own log and for metrics. */
export interface Observer {
  readonly read: (bytes: number, lines: number) => void;
  readonly rotated: (kind: EndedBy, path: string) => void;
  /** Something that the user may want to mend; the same words may come again and again. */
  readonly warn: (message: string) => void;
}

export interface FollowOptions {
  readonly db: Handle;
  readonly places: Places;
  readonly reading: { readonly options: ReadOptions; readonly offsets: HostOffsets };
  readonly live: LiveJudge;
  readonly writer: Writer;
  readonly now: () => number;
  /** `end`: of logs that are there at the first look only what comes later. */
  readonly from: 'start' | 'end';
  readonly observer: Observer;
}

/** Facts that make a commit of their own; large batches cost least. */
const BATCH = 10_000;
/** Bytes that one look reads of all files. */
const MOST_BYTES = 32 * 1024 * 1024;
/** Most time (ms) between a byte that says nothing and the commit that tells that it was read. */
const SAVE_AFTER_MS = 1000;
/** So long (ms) after the last byte a file that was renamed or deleted is let go; whoever has it open may write on. */
const GRACE_MS = { renamed: 60_000, deleted: 15_000 };

/**
 * Follows every log that its places lead to, whatever happens to the files. Synchronous: who knows that something may have
 * changed calls `look`, and `tick` about once a second.
 */
export class Follower {
  readonly archives: Archives;
  readonly shelf = new Shelf();
  readonly #on: FollowOptions;
  readonly #keeper: Keeper;
  #first = true;
  #bytesRead = 0;

  constructor(options: FollowOptions) {
    this.#on = options;
    this.archives = new Archives(options.now);
    this.#keeper = new Keeper(options, this.shelf);
  }

  /** True where a log right in the folder has grown in the last so many ms. */
  grewIn(folder: string, within_ms: number): boolean {
    const since = this.#on.now() - within_ms;
    return this.shelf.open.some(({ path, grownAt }) => grownAt >= since && folderOf(path) === folder);
  }

  /** True where bytes are known to wait, as after the store could not be written. */
  get behind(): boolean {
    return this.shelf.open.some(({ caughtUp }) => !caughtUp);
  }

  /**
   * Looks again: at the files right in some folders, or everywhere. True where more is to be read than one turn takes: then
   * look again at once.
   */
  look(under: ReadonlySet<string> | null = null): boolean {
    if (!this.#on.writer.ready) return false;
    const found = this.#on.places.scan(under);
    const files = found.flatMap((file) => this.#regular(file));
    const plain = files.filter((file) => !this.#isArchive(file));
    const paths = Map.groupBy(plain, ({ seen }) => keyOf(seen.id));
    this.#follow(paths);
    this.#rename(paths);
    for (const generation of this.shelf.open) {
      if (under === null || under.has(folderOf(generation.path)))
        this.#place(generation, paths.has(keyOf(generation.id)));
    }
    if (this.#keeper.fromEnd) this.archives.skipAll();
    this.#keeper.fromEnd = false;
    this.#first = false;
    if (under === null) this.#keep(new Set(files.map(({ seen }) => keyOf(seen.id))));
    return this.#readAll(under);
  }

  /** Compressed files to be read now. */
  archivesDue(): LogFile[] {
    return this.archives.due((path) => this.shelf.open.some((generation) => generation.path === path));
  }

  /** What is due by the clock: commits, silence that says something, files that are to be let go. */
  tick(): void {
    if (!this.#on.writer.ready) return;
    const now = this.#on.now();
    for (const generation of this.shelf.open) {
      if (generation.unsaved && now - generation.savedAt >= SAVE_AFTER_MS) this.#on.writer.save(generation);
      this.#listen(generation, now);
      this.#letGo(generation, now);
    }
    if (this.#on.live.isBehind && !this.#on.writer.attempt(() => this.#on.live.refresh())) this.#on.live.redo();
  }

  /** Stores what was read and closes every file. */
  close(): void {
    for (const generation of this.shelf.open) {
      if (generation.unsaved) this.#on.writer.save(generation);
      this.shelf.remove(generation, null);
      generation.file.close();
    }
  }

  #regular(file: LogFile): (LogFile & { seen: Extract<Seen, { kind: 'file' }> })[] {
    const seen = lookAt(file.path);
    if (seen.kind === 'file') return [{ ...file, seen }];
    if (seen.kind === 'other') this.#on.observer.warn(`${file.path}: is no regular file, and is not followed`);
    return [];
  }

  #isArchive({ path, host, seen }: LogFile & { seen: Extract<Seen, { kind: 'file' }> }): boolean {
    if (this.shelf.isSettled(keyOf(seen.id), seen.size)) return false;
    if (this.archives.knows(seen)) return true;
    try {
      if (!isCompressed(path)) return false;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.#on.observer.warn(error.message);
      return true;
    }
    this.archives.see({ path, host }, seen);
    return true;
  }

  /** Opens what is not open: files that were followed before come first, then rotated sets from the oldest file on. */
  #follow(paths: ReadonlyMap<string, readonly (LogFile & { seen: Extract<Seen, { kind: 'file' }> })[]>): void {
    const unknown = [...paths].filter(([key, files]) => {
      const size = files[0]?.seen.size;
      return !this.shelf.isSettled(key, size ?? -1);
    });
    if (unknown.length === 0) return;
    // What was read of a log tells its copies.
    for (const generation of this.shelf.open) if (generation.unsaved) this.#on.writer.save(generation);
    const held = new Set(generationRows(this.#on.db).map(keyOf));
    const rank = ([key]: (typeof unknown)[number]) => (held.has(key) ? 0 : 1);
    for (const [, files] of unknown.sort((a, b) => rank(a) - rank(b))) if (files[0]) this.#keeper.begin(files[0]);
  }

  /** What was rotated is found under its new name, and so is the evidence; the oldest first, for names move up. */
  #rename(paths: ReadonlyMap<string, readonly LogFile[]>): void {
    const moves = [...paths].flatMap(([key, files]) => this.shelf.move(key, files) ?? []);
    if (moves.length === 0) return;
    this.#on.writer.attempt(() => {
      for (const { source, from, to } of moves) renameSource(this.#on.db, source, from, to);
      return 0;
    });
  }

  /** Whether a file still is where its log is written. */
  #place(generation: Generation, isThere: boolean): void {
    if (isThere && rotationOf(generation.path).age === 0) generation.retiredAt = null;
    else if (generation.retiredAt === null) this.#retire(generation);
  }

  #retire(generation: Generation): void {
    const { db, now, writer, observer } = this.#on;
    const by: EndedBy = generation.file.state().links === 0 ? 'delete' : 'rename';
    generation.retiredAt = now();
    writer.attempt(() => {
      endGeneration(db, generation.row.id, by, now());
      return 0;
    });
    if (!this.#first) observer.rotated(by, generation.path);
  }

  #readAll(under: ReadonlySet<string> | null): boolean {
    let more = false;
    const begun = this.#bytesRead;
    for (const generation of this.shelf.open) {
      if (this.#bytesRead - begun > MOST_BYTES) return this.#on.writer.ready;
      if (under !== null && !under.has(folderOf(generation.path)) && generation.caughtUp) continue;
      more = this.#read(generation) === 'more' || more;
    }
    return more && this.#on.writer.ready;
  }

  #read(generation: Generation): Turn {
    const { now, writer, observer } = this.#on;
    const before = { bytes: generation.file.position, lines: generation.lines };
    const turn = generation.read(now());
    const bytes = Math.max(0, generation.file.position - before.bytes);
    this.#bytesRead += bytes;
    observer.read(bytes, Math.max(0, generation.lines - before.lines));
    if (turn === 'rewritten') this.#keeper.rewritten(generation);
    else if (generation.unsaved && (turn === 'end' ? generation.says : generation.waiting >= BATCH)) {
      if (!writer.save(generation)) return 'end';
    }
    return turn === 'rewritten' ? 'more' : turn;
  }

  /** What a log does not say, when it has said nothing for long enough. Its last line was written when the file was. */
  #listen(generation: Generation, now: number): void {
    const due = generation.retiredAt === null && generation.caughtUp ? this.#on.live.dueIn(generation.row) : null;
    if (due === null || generation.row.lastAt === null || generation.unsaved) return;
    const silent = now - generation.state.changedAt;
    if (generation.row.lastAt + silent < due || this.#read(generation) !== 'end' || generation.unsaved) return;
    this.#on.writer.saveSilence(generation, Math.trunc(generation.row.lastAt + silent));
  }

  #letGo(generation: Generation, now: number): void {
    if (generation.retiredAt === null || !generation.caughtUp) return;
    const grace = generation.state.links === 0 ? GRACE_MS.deleted : GRACE_MS.renamed;
    if (now - Math.max(generation.grownAt, generation.retiredAt) < grace) return;
    if (this.#read(generation) === 'end' && generation.grownAt < now) this.#keeper.release(generation);
  }

  #keep(present: ReadonlySet<string>): void {
    this.shelf.keep(present);
    this.archives.keep(present);
  }
}

function folderOf(path: string): string {
  return resolve(dirname(path));
}

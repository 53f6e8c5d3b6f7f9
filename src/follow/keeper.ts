import type { SourceRow } from '../store/facts.ts';
import { beginGeneration } from '../store/generations.ts';
import { InputError } from '../tail/bytes.ts';
import type { LogFile } from '../tail/discover.ts';
import { keyOf } from '../tail/file-id.ts';
import { GrowingFile } from '../tail/growing.ts';
import type { FollowOptions } from './follower.ts';
import { Generation } from './generation.ts';
import { type Identity, identify, keptPart, loseRest, newRow, rowFrom } from './identify.ts';
import type { Shelf } from './shelf.ts';

/** Takes files in, tells which log they hold, and lets them go. */
export class Keeper {
  readonly #on: FollowOptions;
  readonly shelf: Shelf;
  /** While true, of logs that are new only what will be appended is wanted. */
  fromEnd: boolean;

  constructor(options: FollowOptions, shelf: Shelf) {
    this.#on = options;
    this.shelf = shelf;
    this.fromEnd = options.from === 'end';
  }

  /** Begins with a file; what cannot be opened now is tried again at the next look. */
  begin(file: LogFile): void {
    try {
      const open = new GrowingFile(file.path);
      if (!this.#beginWith(file, open)) open.close();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.#on.observer.warn(error.message);
    }
  }

  #beginWith(file: LogFile, open: GrowingFile): boolean {
    const { db, writer, now } = this.#on;
    let found: Identity | null = null;
    const stored = writer.attempt(() => {
      found = identify(db, file, open, (source) => this.shelf.holderOf(source), now());
      if (found.kind === 'copy') return 0;
      if (found.kind === 'new' && this.fromEnd) found = { ...found, row: rowFrom(db, file, open, open.state().size) };
      beginGeneration(db, found.row.id, open.id, now());
      return 0;
    });
    // The compiler does not see that the transaction sets it.
    const identity = found as Identity | null;
    if (!stored || identity === null) return false;
    if (identity.kind !== 'copy') this.#add(file, open, identity);
    else if (this.#letHolderGo(identity.row.id)) return this.#beginWith(file, open);
    else this.shelf.addCopy(keyOf(open.id), { source: identity.row.id, path: file.path, size: open.state().size });
    return identity.kind !== 'copy';
  }

  #add(file: LogFile, open: GrowingFile, { row, replaces }: Pick<Identity, 'row' | 'replaces'>): void {
    const { reading, now, writer } = this.#on;
    const before = this.shelf.predecessor(file);
    const opened = { id: open.id, file: open, row, now: now(), replaces };
    const generation = new Generation(file, opened, reading, before);
    if (replaces !== null) writer.markIncomplete(replaces);
    this.shelf.add(generation);
  }

  /** A copy goes on where the file that it was made of is gone. */
  #letHolderGo(source: number): boolean {
    const holder = this.shelf.holding(source);
    if (holder === null || holder.file.state().links > 0) return false;
    this.release(holder);
    return !this.shelf.isOpen(keyOf(holder.id));
  }

  /** The file holds another log now, or was cut off at a place before the one that was read up to. */
  rewritten(generation: Generation): void {
    const { db, now, writer, observer } = this.#on;
    if (!writer.save(generation)) return;
    const { file, row, path } = generation;
    const host = generation.host;
    let next: SourceRow | null = null;
    const stored = writer.attempt(() => {
      loseRest(db, row, 'truncate', now());
      const kept = keptPart(db, row, file);
      next = kept > 0 ? rowFrom(db, { path, host }, file, kept) : newRow(db, { path, host });
      beginGeneration(db, next.id, generation.id, now());
      return 0;
    });
    if (!stored || next === null) return;
    this.shelf.remove(generation, null);
    writer.markIncomplete(row.id);
    observer.rotated('truncate', path);
    this.#add({ path, host }, file, { row: next, replaces: row.id });
  }

  /** Stores the rest and closes the file: nothing more is expected of it. */
  release(generation: Generation): void {
    if (!this.#on.writer.save(generation, { last: true })) return;
    this.shelf.remove(generation, generation.file.state().size);
    generation.file.close();
  }
}

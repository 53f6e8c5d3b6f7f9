import type { LogEvent, Unmatched } from './model.ts';
import type { Part } from './read-log.ts';
import { type Facts, forgetAfterCheckpoint, isProgress, type SourceRow, writeFacts } from './store/facts.ts';
import { guarded, type Handle } from './store/open.ts';
import { holdsFrom } from './store/records.ts';

/** Facts a transaction: ten times as many are not stored faster, and take 100 MiB more. */
const BATCH = 1000;

/** What a writer needs besides the log. */
export interface WriteOptions {
  readonly storePath: string;
  /** Called inside each transaction with the events it holds: derives what they touch again. */
  readonly derive?: (events: readonly LogEvent[]) => void;
}

/** Stores what is read of one log: facts and checkpoint of a batch in one transaction. */
export class BatchWriter {
  readonly #db: Handle;
  readonly #row: SourceRow;
  readonly #grown: Pick<SourceRow, 'headLength' | 'headHash' | 'firstAt'>;
  readonly #options: WriteOptions;
  #events: LogEvent[] = [];
  #unmatched: Unmatched[] = [];
  #begun = false;

  /** `grown`: the log's head as it is now, and the time of its first line. */
  constructor(
    db: Handle,
    row: SourceRow,
    grown: Pick<SourceRow, 'headLength' | 'headHash' | 'firstAt'>,
    options: WriteOptions,
  ) {
    this.#db = db;
    this.#row = row;
    this.#grown = grown;
    this.#options = options;
  }

  add(part: Part): void {
    this.#collect(part);
    if (this.#events.length + this.#unmatched.length >= BATCH) this.#write(part.checkpoint, null);
  }

  /**
   * Stores what the end of the input closes too, but goes on from before it: a last record may still grow. An input that
   * ends before what was read of the log already is an older copy, and adds nothing. What comes out of a damaged input is read
   * again when there is a better one. Gives the time of the log's last line.
   */
  finish(part: Part): number | null {
    const row = this.#row;
    if (part.end === null || (part.read < row.bytes && !part.end.isDamaged)) return row.lastAt;
    this.#collect(part);
    const firstAt = row.firstAt ?? this.#grown.firstAt;
    const lastAt = part.end.lastAt ?? row.lastAt ?? firstAt;
    const lines = Math.max(part.end.lines, row.lines);
    const overlong = row.overlong + part.end.overlong;
    const extent = { bytes: part.read, lines, overlong, firstAt, lastAt };
    this.#write(part.checkpoint, part.end.isDamaged ? { ...extent, ...this.#unread() } : extent);
    return lastAt;
  }

  /** As if nothing had been read: it may be wrong, and is kept until there is something better. */
  #unread(): Partial<Facts['progress']> {
    const { checkpoint, checkpointLine, bytes, lines } = this.#row;
    return { checkpoint, checkpointLine, bytes, lines };
  }

  #collect({ events, unmatched }: Part): void {
    for (const event of events) this.#events.push(event);
    for (const each of unmatched) this.#unmatched.push(each);
  }

  #write(checkpoint: Part['checkpoint'], extent: Partial<Facts['progress']> | null): void {
    const [events, unmatched] = [this.#events, this.#unmatched];
    this.#events = [];
    this.#unmatched = [];
    const { id, host: _host, ...row } = this.#row;
    const { headLength, headHash } = this.#grown.headLength > row.headLength ? this.#grown : row;
    const place = {
      checkpoint: Math.max(checkpoint.offset, row.checkpoint),
      checkpointLine: Math.max(checkpoint.line, row.checkpointLine),
    };
    const progress = { ...row, headLength, headHash, ...place, ...extent };
    const isWhole = !this.#begun && extent !== null;
    guarded(this.#options.storePath, () => {
      if (isWhole && this.#isStored({ events, unmatched, progress })) return;
      this.#db
        .transaction(() => {
          if (!this.#begun) forgetAfterCheckpoint(this.#db, this.#row);
          writeFacts(this.#db, { source: id, events, unmatched, progress });
          this.#options.derive?.(events);
        })
        .immediate();
    });
    this.#begun = true;
  }

  /** True of a log that was read before and says nothing new: nothing need be judged again for having looked at it. */
  #isStored({ events, unmatched, progress }: Omit<Facts, 'source'>): boolean {
    const { id: source, checkpoint: offset } = this.#row;
    return isProgress(this.#db, source, progress) && holdsFrom(this.#db, { source, offset }, { events, unmatched });
  }
}

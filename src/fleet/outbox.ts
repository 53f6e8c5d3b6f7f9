import { createHash } from 'node:crypto';
import type { Handle } from '../store/open.ts';
import { droppedOf, markPublished, markTold, nextRevision, type OutboxRow, outboxRows } from '../store/outbox.ts';
import {
  domainsOf,
  eventsIn,
  generationOf,
  lostOf,
  type Part,
  samplesIn,
  sourceRow,
  unmatchedIn,
} from '../store/publishable.ts';
import { eventFact, type Message, type Statement, sampleFact, unmatchedFact } from './message.ts';

/** A message that waits, and what it is of. */
export interface Outgoing {
  readonly message: Message;
  readonly instance: string | null;
  readonly row: OutboxRow;
  /** Hash of what a statement says; null for a fact. */
  readonly told: string | null;
}

/**
 * That a log goes on, saying nothing, is told so often (ms): verdicts on what it said a moment ago wait for that; of most
 * logs of a large fleet there is nothing else to tell.
 */
const RESTATE_MS = { soon: 15_000, later: 300_000 };
const A_MOMENT_MS = 180_000;
/** Records at the end of a log that may still grow; there is one, or a few where processes take turns. */
const MOST_OPEN = 5;
const NO_END = Number.MAX_SAFE_INTEGER;

/**
 * What a node's store holds and has not published, in the order of each log: the store itself is the outbox, and what
 * lies in it there is only what is acknowledged and how far.
 */
export class Outbox {
  readonly #db: Handle;
  readonly #now: () => number;
  readonly #statedAt = new Map<number, number>();
  readonly #newsAt = new Map<number, number>();

  constructor(db: Handle, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  /** The next messages, about so many at most; `all`: also what can wait. Call inside a transaction. */
  next(most: number, { all = false } = {}): Outgoing[] {
    const batch: Outgoing[] = [];
    for (const row of outboxRows(this.#db, this.#now())) {
      if (batch.length >= most) break;
      const facts = this.#facts(row, most - batch.length);
      batch.push(...facts);
      const statement = this.#statement(row, all || facts.length > 0);
      if (statement !== null) batch.push(statement);
    }
    return batch;
  }

  /** Notes what of a batch was acknowledged: of each log what comes before the first that was not. Call inside a transaction. */
  acknowledge(batch: readonly Outgoing[], isAcknowledged: (sent: Outgoing) => boolean): void {
    const stopped = new Set<number>();
    const reached = new Map<OutboxRow, number>();
    for (const sent of batch) {
      const { row, message, told } = sent;
      const acknowledged = isAcknowledged(sent);
      if (message.type === 'source') {
        if (acknowledged && told !== null) markTold(this.#db, row.source, message.fact.revision, told);
      } else if (!acknowledged) stopped.add(row.source);
      else if (!stopped.has(row.source)) reached.set(row, message.fact.offset + 1);
    }
    for (const [row, to] of reached) markPublished(this.#db, row, to);
  }

  #facts(row: OutboxRow, most: number): Outgoing[] {
    const { source, publishedTo: from, checkpoint: to } = row;
    if (from >= to) return [];
    const part: Part = { source, from, to, most };
    const facts = [
      ...eventsIn(this.#db, part).map((event) => ({ type: 'event' as const, fact: eventFact(event) })),
      ...unmatchedIn(this.#db, part).map((record) => ({ type: 'unmatched' as const, fact: unmatchedFact(record) })),
      ...samplesIn(this.#db, part).map((sample) => ({ type: 'sample' as const, fact: sampleFact(sample) })),
    ];
    facts.sort((a, b) => a.fact.offset - b.fact.offset);
    return facts.slice(0, most).map(({ type, fact }) => ({
      message: { ...this.#about(row), type, fact } as Message,
      // Records that no grammar took say something of their file.
      instance: type === 'unmatched' ? null : fact.instance,
      row,
      told: null,
    }));
  }

  /** What is to be said of a source now; null where nothing is new, or too little to say it already. */
  #statement(row: OutboxRow, hasNews: boolean): Outgoing | null {
    const said = this.#stated(row);
    const told = createHash('sha256').update(JSON.stringify(said)).digest('hex');
    if (told === row.told) return null;
    const open = said.fact.open_events.length + said.fact.open_unmatched.length;
    if (hasNews) this.#newsAt.set(row.source, this.#now());
    if (!hasNews && open === 0 && row.told !== null && !this.#mayRestate(row.source)) return null;
    this.#statedAt.set(row.source, this.#now());
    const fact = { ...said.fact, revision: nextRevision(this.#db, row.source) };
    return { message: { ...said, fact }, instance: null, row, told };
  }

  #mayRestate(source: number): boolean {
    const since = (times: ReadonlyMap<number, number>) => this.#now() - (times.get(source) ?? Number.NEGATIVE_INFINITY);
    return since(this.#statedAt) >= (since(this.#newsAt) < A_MOMENT_MS ? RESTATE_MS.soon : RESTATE_MS.later);
  }

  #stated(row: OutboxRow): Extract<Message, { type: 'source' }> {
    const { source } = row;
    const known = sourceRow(this.#db, source);
    const open: Part = { source, from: known.checkpoint, to: NO_END, most: MOST_OPEN };
    const fact: Statement = {
      revision: 0,
      head_length: known.headLength,
      head_sha256: known.headHash,
      checkpoint: known.checkpoint,
      checkpoint_line: known.checkpointLine,
      bytes: known.bytes,
      lines: known.lines,
      first_at: known.firstAt,
      last_at: known.lastAt,
      overlong: known.overlong,
      generation: this.#generation(source),
      lost: this.#lost(source),
      domains: domainsOf(this.#db, source),
      open_events: eventsIn(this.#db, open).map(eventFact),
      open_unmatched: unmatchedIn(this.#db, open).map(unmatchedFact),
    };
    return { ...this.#about(row), type: 'source', fact };
  }

  #about({ source, log, reading }: OutboxRow) {
    const { kind, path, host } = sourceRow(this.#db, source);
    return { v: 1 as const, log, reading, kind, path, host };
  }

  #generation(source: number): Statement['generation'] {
    const held = generationOf(this.#db, source);
    if (held === null) return null;
    const { device, inode, begunAt, endedAt, endedBy, quietUntil } = held;
    return { device, inode, begun_at: begunAt, ended_at: endedAt, ended_by: endedBy, quiet_until: quietUntil };
  }

  /** What was removed here before it was published is lost to the fleet. */
  #lost(source: number): Statement['lost'] {
    const lost = lostOf(this.#db, source).map(({ noticedAt, ...range }) => ({ ...range, noticed_at: noticedAt }));
    const dropped = droppedOf(this.#db, source);
    if (dropped === null || lost.some(({ from }) => from === dropped.from)) return lost;
    return [...lost, { ...dropped, reason: 'delete', noticed_at: dropped.before ?? 0 }];
  }
}

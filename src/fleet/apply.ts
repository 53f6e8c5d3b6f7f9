import { UNREAD } from '../known-source.ts';
import type { Fields, LogEvent, Sample, Unmatched } from '../model.ts';
import {
  addCollected,
  type CollectedRow,
  collectedRow,
  forgetFacts,
  forgetOpen,
  instancesOf,
  makeRoom,
  markOpen,
  type Stated,
  writeCollected,
  writeStated,
} from '../store/collected.ts';
import type { NewSource } from '../store/facts.ts';
import type { Handle } from '../store/open.ts';
import { sourceRow } from '../store/publishable.ts';
import { writeEvents, writeUnmatched } from '../store/records.ts';
import { writeSamples } from '../store/samples.ts';
import type { EventFact, Message, SampleFact, Statement, UnmatchedFact } from './message.ts';
import { partitionOf, SHARED } from './subject.ts';

/** What of a store a message changed. */
export interface Change {
  readonly source: number;
  /** Events that are new, to be judged with their instances. */
  readonly events: readonly LogEvent[];
  /** Instances that lost events, or of which something else than a line is new. */
  readonly instances: readonly string[];
  /** True where the statement about the source is new. */
  readonly stated: boolean;
}

/**
 * Stores what nodes publish. Messages may come in any order and any number of times: the same messages make the same store.
 * A fact is known by node, log and offset; of a log the newest reading counts, of statements about it the newest.
 */
export class Applier {
  readonly #db: Handle;
  readonly #wanted: (partition: string) => boolean;
  readonly #known = new Map<string, CollectedRow>();

  /** `partitions`: whose facts are wanted of a statement that holds those of several; null: all. */
  constructor(db: Handle, partitions: ReadonlySet<string> | null) {
    this.#db = db;
    this.#wanted = (partition) => partition === SHARED || partitions === null || partitions.has(partition);
  }

  /** Stores one message of a node. Null where nothing is new in it. Call inside a transaction; after one that failed call `forget`. */
  apply(node: string, message: Message): Change | null {
    const { row, dropped } = this.#reading(node, message);
    if (row === null) return null;
    const changed = message.type === 'source' ? this.#state(node, row, message) : this.#store(row, message, node);
    if (changed === null && dropped.length === 0) return null;
    const none = { source: row.source, events: [], instances: [], stated: false };
    return { ...(changed ?? none), instances: [...dropped, ...(changed?.instances ?? [])] };
  }

  /** What is remembered of the store may not be true any more. */
  forget(): void {
    this.#known.clear();
  }

  /** The row of the message's source, made where there is none; null where a newer reading of it is stored. */
  #reading(node: string, message: Message): { row: CollectedRow | null; dropped: readonly string[] } {
    const { log, reading } = message;
    const key = `${node}\n${log}`;
    const known =
      this.#known.get(key) ??
      collectedRow(this.#db, node, log) ??
      addCollected(this.#db, { node, log, reading }, unknownSource(node, message));
    this.#known.set(key, known);
    if (reading < known.reading) return { row: null, dropped: [] };
    if (reading === known.reading) return { row: known, dropped: [] };
    const row = { ...known, reading, revision: 0 };
    this.#remember(key, row);
    return { row, dropped: forgetFacts(this.#db, row.source) };
  }

  #remember(key: string, row: CollectedRow): void {
    writeCollected(this.#db, row);
    this.#known.set(key, row);
  }

  #store(row: CollectedRow, message: Exclude<Message, { type: 'source' }>, node: string): Change | null {
    const { source } = row;
    if (!makeRoom(this.#db, source, message.fact.offset)) return null;
    const path = collectedPath(node, message.path);
    const none = { source, events: [], instances: [], stated: false };
    if (message.type === 'event') {
      const event = eventOf(message.fact, path);
      writeEvents(this.#db, source, [event]);
      return { ...none, events: [event] };
    }
    if (message.type === 'unmatched') writeUnmatched(this.#db, source, [recordOf(message.fact, path)]);
    else writeSamples(this.#db, source, [sampleOf(message.fact, path)]);
    const instance = message.type === 'sample' ? message.fact.instance : null;
    return { ...none, instances: instance === null ? [] : [instance] };
  }

  #state(node: string, row: CollectedRow, message: Extract<Message, { type: 'source' }>): Change | null {
    const { fact, log } = message;
    if (fact.revision <= row.revision) return null;
    const { source } = row;
    const path = collectedPath(node, message.path);
    // The evidence of what is judged again has the new name.
    const renamed = sourceRow(this.#db, source).path === path ? [] : instancesOf(this.#db, source);
    writeStated(this.#db, source, stated(node, path, message));
    const instances = [...renamed, ...forgetOpen(this.#db, source)];
    const events = fact.open_events.filter(({ instance }) => this.#wanted(partitionOf(instance)));
    const isNew = ({ offset }: { offset: number }) => makeRoom(this.#db, source, offset);
    const open = events.filter(isNew).map((event) => eventOf(event, path));
    const records = fact.open_unmatched.filter(isNew).map((record) => recordOf(record, path));
    writeEvents(this.#db, source, open);
    writeUnmatched(this.#db, source, records);
    for (const { ref } of [...open, ...records]) markOpen(this.#db, source, ref.offset);
    this.#remember(`${node}\n${log}`, { ...row, revision: fact.revision });
    return { source, events: open, instances, stated: true };
  }
}

/** The path of a node's log among those of all nodes: with the node's name before it, unless a folder or the file is named so. */
export function collectedPath(node: string, path: string): string {
  const named = path.split('/').some((part) => part === node || part.startsWith(`${node}.`));
  return named ? path : `${node}:${path}`;
}

function unknownSource(node: string, { kind, path, host }: Message): NewSource {
  return {
    kind,
    path: collectedPath(node, path),
    host,
    headLength: 0,
    headHash: '',
    ...UNREAD,
  };
}

/** Device and inode are the node's: no file here is meant. */
function stated(node: string, path: string, { host, fact }: { host: string | null; fact: Statement }): Stated {
  const { generation: held, lost } = fact;
  return {
    host,
    progress: {
      path,
      headLength: fact.head_length,
      headHash: fact.head_sha256,
      checkpoint: fact.checkpoint,
      checkpointLine: fact.checkpoint_line,
      bytes: fact.bytes,
      lines: fact.lines,
      firstAt: fact.first_at,
      lastAt: fact.last_at,
      overlong: fact.overlong,
    },
    generation: held && {
      device: `${node} ${held.device}`,
      inode: held.inode,
      begunAt: held.begun_at,
      endedAt: held.ended_at,
      endedBy: held.ended_by,
      quietUntil: held.quiet_until,
    },
    lost: lost.map(({ noticed_at, ...range }) => ({ ...range, noticedAt: noticed_at })),
    domains: fact.domains,
  };
}

function eventOf({ offset, line, request_id, fields, ...event }: EventFact, path: string): LogEvent {
  return { ...event, requestId: request_id, fields: fields as Fields, ref: { path, line, offset } };
}

function recordOf({ offset, line, ...record }: UnmatchedFact, path: string): Unmatched {
  return { ...record, ref: { path, line, offset } };
}

function sampleOf({ offset, line, fields, ...sample }: SampleFact, path: string): Sample {
  return { ...sample, fields: fields as Fields, ref: { path, line, offset } };
}

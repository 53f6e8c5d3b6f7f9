import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Tail, type TailEvents, type TailOptions } from '../src/follow/tail.ts';
import { NO_CAMPAIGN } from '../src/settings/campaign.ts';
import type { Announcement } from '../src/store/announced.ts';
import type { EndedBy } from '../src/store/generations.ts';
import { type Handle, openStore } from '../src/store/open.ts';
import { ingestInto, rows } from './scratch.ts';

/** A tail under test, with a clock and looks that the test holds. */
export interface Rig {
  readonly tail: Tail;
  readonly store: Handle;
  /** The tail's clock (ms); the test sets it. */
  now: number;
  readonly announced: Announcement[];
  readonly warnings: string[];
  readonly rotations: { readonly kind: EndedBy; readonly path: string }[];
  readonly troubles: string[];
  /** Looks everywhere until all is read, then does what is due. */
  look(): void;
  /** Lets so many seconds pass, looking each of them. */
  pass(seconds: number): void;
  /** Ends as SIGTERM does. */
  stop(): void;
  /** Ends as kill -9 does: nothing is stored any more. */
  kill(): void;
}

/** Starts a tail on `paths` into `db`, as a program that was just started does. */
export async function follow(
  db: string,
  paths: readonly string[],
  options: Partial<TailOptions & Pick<TailEvents, 'announce'>> & { now0?: number; finishing?: boolean } = {},
): Promise<Rig> {
  const store = openStore(db);
  const told = { announced: [] as Announcement[], warnings: [] as string[], troubles: [] as string[] };
  const rotations: { kind: EndedBy; path: string }[] = [];
  let time = options.now0 ?? Date.now();
  let ended = false;
  const tail = await Tail.open(
    {
      db: store,
      storePath: db,
      paths,
      reading: { hostOf: () => null, zoneOf: () => 'UTC', user: null, everyTurn: false },
      declared: { campaign: NO_CAMPAIGN, set: {}, profile: null },
      from: 'start',
      now: () => time,
      stopwatch: () => time,
      ...options,
    },
    {
      announce: options.announce ?? ((each) => told.announced.push(each)),
      derived: () => {},
      trouble: (error) => told.troubles.push(error?.message ?? 'mended'),
      read: () => {},
      stored: () => {},
      rotated: (kind, path) => rotations.push({ kind, path }),
      warn: (message) => told.warnings.push(message),
    },
  );
  const end = (last: () => void) => {
    if (ended) return;
    ended = true;
    last();
    store.close();
  };
  const rig: Rig = {
    tail,
    store,
    ...told,
    rotations,
    get now() {
      return time;
    },
    set now(next: number) {
      time = next;
    },
    look() {
      tail.lookThrough();
      tail.tick();
    },
    pass(seconds) {
      for (let second = 0; second < seconds; second += 1) {
        time += 1000;
        rig.look();
      }
    },
    stop: () => end(() => tail.close()),
    kill: () =>
      end(() => {
        for (const { file } of tail.follower.shelf.open) file.close();
      }),
  };
  if (options.finishing !== false) onTestFinished(() => rig.stop());
  return rig;
}

/** Says that a file was written at a time of the test's clock. */
export function writtenAt(path: string, at: number): void {
  utimesSync(path, at / 1000, at / 1000);
}

/** What a store holds of logs: events with their places, unmatched records, migrations, verdicts. */
export function contents(db: string) {
  return {
    sources: rows(
      db,
      'SELECT path, host, head_length, head_sha256, bytes, lines, first_at_ms, last_at_ms FROM sources WHERE bytes > 0 ORDER BY path',
    ),
    events: rows(
      db,
      'SELECT path, e.* FROM (SELECT * FROM events) e JOIN sources ON id = source ORDER BY path, offset',
    ).map(({ source: _, ...event }) => event),
    unmatched: rows(
      db,
      'SELECT path, offset, message FROM unmatched JOIN sources ON id = source ORDER BY path, offset',
    ),
    migrations: rows(db, 'SELECT * FROM migrations ORDER BY id'),
    verdicts: rows(db, 'SELECT * FROM verdicts ORDER BY migration, rule'),
  };
}

/** What one quiet read of logs gives, in a store of its own. */
export async function quietRead(db: string, ...paths: readonly string[]) {
  await ingestInto(db, ...paths);
  return contents(db);
}

/** The texts of all stored events, in their order: each line once, wherever it lies. */
export function texts(db: string): string[] {
  return rows(db, 'SELECT text FROM events ORDER BY at_ms, text').map(({ text }) => String(text));
}

/** The paths that most tests use. */
export function placesIn(folder: string) {
  return {
    log: join(folder, 'compute-0/nova-compute.log'),
    db: join(folder, 'tail.db'),
    quiet: join(folder, 'quiet.db'),
  };
}

import { hasHeaders } from './parse/assemble.ts';
import { Clock, foldHours } from './parse/clock.ts';
import { kindOf, unwrap } from './parse/envelope.ts';
import { everyTurnLiterals, messageLiterals, messageNeedles } from './parse/generated/literals.js';
import { recognise } from './parse/recognise.ts';
import { type Sieve, sieveFor } from './parse/sieve.ts';
import type { UserGrammar } from './parse/user-grammar.ts';
import type { Dating, LogContext, Reading } from './pipeline.ts';
import { attempt, blocksOf, type InputError, statOf } from './tail/bytes.ts';
import type { LogFile } from './tail/discover.ts';
import { LineReader } from './tail/lines.ts';
import { lookAt } from './threads.ts';

/** What the command line and the campaign say about how logs are to be read. */
export interface ReadOptions {
  /** `--host NAME=PATH` and the campaign's `hosts`: the host of a file, or null. */
  readonly hostOf: (path: string) => string | null;
  /** Time zone of a host's stamps: `--tz` or the campaign's `tz`; null: from the epochs in the log, else UTC. */
  readonly zoneOf: (host: string | null) => string | null;
  /** What a path is called in reports, where it is called otherwise (a log out of an archive). */
  readonly nameOf?: (path: string) => string;
  readonly user: UserGrammar | null;
  readonly everyTurn: boolean;
}

/** Everything the pipeline needs to know of a log before its first line. `changedAt`: when the file was last written (ms). */
export function contextOf(
  file: LogFile,
  head: Buffer,
  options: ReadOptions,
  offsets: HostOffsets,
  changedAt: number | null,
): LogContext {
  const text = head.toString('utf8');
  const statedHost = options.hostOf(file.path);
  const zone = options.zoneOf(statedHost ?? file.host);
  const clock = new Clock({ zone, latest: changedAt === null ? null : changedAt + DAY_MS });
  if (zone === null) offsets.teach(statedHost ?? file.host ?? file.path, clock);
  const year = yearIn(text);
  const watched = zone === null || year === null ? [] : foldHours(zone, year, year + 1);
  const literals = [...(options.everyTurn ? everyTurnLiterals : []), ...(options.user?.literals ?? [])];
  const reading: Reading = {
    path: options.nameOf?.(file.path) ?? file.path,
    statedHost,
    pathHost: file.host,
    added: [...literals, ...watched, ...watched.map((hour) => hour.replace(' ', 'T'))],
    parts: kindOf(text) === 'parts',
    bare: !hasHeaders(text.includes('\n') ? text : `${text}\n`),
    everyTurn: options.everyTurn,
  };
  return contextFor(reading, clock, options.user);
}

/** A context of what is known: of the log, of time, and of what users look for. */
export function contextFor<Dates extends Dating>(
  reading: Reading,
  clock: Dates,
  user: UserGrammar | null,
): LogContext<Dates> {
  return { ...reading, sieve: sieveOf(reading.added), clock, user };
}

/** What of a context is plain data. */
export function readingOf({ sieve: _sieve, clock: _clock, user: _user, ...reading }: LogContext): Reading {
  return reading;
}

/** Most logs of a run share their sieve. */
function sieveOf(added: readonly string[]): Sieve {
  const key = JSON.stringify(added);
  const sieve = sieves.get(key) ?? sieveFor([...messageLiterals, ...added], messageNeedles);
  sieves.set(key, sieve);
  return sieve;
}

const sieves = new Map<string, Sieve>();
/** A local time, and the epoch in seconds that its line prints. */
type Lesson = Parameters<Clock['learn']>;

const DAY_MS = 86_400_000;
/** How far into a log an epoch that tells the host's offset is looked for. */
const SEARCHED_BYTES = 64 * 1024 * 1024;

/**
 * The offset of each host's clock from UTC, where nobody states its zone: told by the epoch inside LifecycleEvent lines of
 * any of its logs.
 */
export class HostOffsets {
  readonly #learnt = new Map<string, Lesson>();

  /** What the logs tell of their hosts, where nobody states the zone; what cannot be read is added to `problems`. */
  static async learn(files: readonly LogFile[], options: ReadOptions, problems: InputError[]): Promise<HostOffsets> {
    const offsets = new HostOffsets();
    const isPacked = new Map(files.map(({ path }) => [path, lookAt(path).isPacked]));
    // What is packed takes longer to look through, and need not be where another log of the host tells.
    for (const { path, host } of files.toSorted(
      (a, b) => Number(isPacked.get(a.path)) - Number(isPacked.get(b.path)),
    )) {
      const named = options.hostOf(path) ?? host;
      if (options.zoneOf(named) === null) await attempt(problems, () => offsets.learnFrom(path, named ?? path));
    }
    return offsets;
  }

  /** Looks through the beginning of a log, if its host's offset is not known yet; what can be read only once is left. */
  async learnFrom(path: string, host: string): Promise<void> {
    if (this.#learnt.has(host) || statOf(path).size === null) return;
    const reader = new LineReader(['LifecycleEvent: '], () => false, { offset: 0, line: 1 });
    let lesson: Lesson | null = null;
    let searched = 0;
    for await (const block of blocksOf(path)) {
      reader.push(block, ({ text }) => {
        lesson ??= lessonIn(text);
      });
      if (lesson !== null) {
        this.#learnt.set(host, lesson);
        return;
      }
      searched += block.length;
      if (searched >= SEARCHED_BYTES) return;
    }
  }

  teach(host: string, clock: Clock): void {
    const lesson = this.#learnt.get(host);
    if (lesson) clock.learn(...lesson);
  }
}

function lessonIn(text: string): Lesson | null {
  const read = unwrap(text);
  if (read.kind !== 'header' || read.header.stamp === null || 'epoch_ms' in read.header.stamp) return null;
  const epoch = recognise(read.header.message)?.fields.epoch_s;
  return typeof epoch === 'number' && read.header.stamp.zone_minutes === null ? [read.header.stamp, epoch] : null;
}

function yearIn(head: string): number | null {
  const year = /(?:^|\D)(20\d\d|19\d\d)-\d\d-\d\d[ T]\d\d:/.exec(head)?.[1];
  return year === undefined ? null : Number(year);
}

import type { LogEvent, LogLine, LogRecord, Recognised, Unmatched } from './model.ts';
import { fullMessage, RecordAssembler } from './parse/assemble.ts';
import type { Clock } from './parse/clock.ts';
import { PartJoiner } from './parse/envelope.ts';
import { recognise } from './parse/recognise.ts';
import type { Sieve } from './parse/sieve.ts';
import type { UserGrammar } from './parse/user-grammar.ts';
import { LineReader } from './tail/lines.ts';

/** How the lines of a log are read; plain data, so that any thread can. */
export interface Reading {
  readonly path: string;
  /** `--host` or the campaign: over what lines say. */
  readonly statedHost: string | null;
  /** From the file's name or folder: under what lines say. */
  readonly pathHost: string | null;
  /** Literals that are looked for besides those of the built-in grammars. */
  readonly added: readonly string[];
  /** Container logs: lines come in parts, which are joined before anything is searched in them. */
  readonly parts: boolean;
  /** No line of the log has a header. */
  readonly bare: boolean;
  readonly everyTurn: boolean;
}

/** What the pipeline asks of a clock, for each record in its turn. */
export type Dating = Pick<Clock, 'at' | 'learn'>;

/** What the stages between bytes and store need to know of one log. */
export interface LogContext<Dates extends Dating = Clock> extends Reading {
  readonly sieve: Sieve;
  readonly clock: Dates;
  readonly user: UserGrammar | null;
}

/** A record that means something, and where reading may begin again once it is stored. */
export type Fact =
  | { readonly kind: 'event'; readonly event: LogEvent }
  | { readonly kind: 'unmatched'; readonly unmatched: Unmatched };

/**
 * THE PICTURE: blocks of bytes become lines, lines records, records facts. Synchronous and pure between `push` and what it
 * returns; whoever reads the bytes and stores the facts calls it.
 */
export class Pipeline {
  readonly #context: LogContext<Dating>;
  readonly #reader: LineReader;
  readonly #assembler: RecordAssembler;
  readonly #joiner: PartJoiner | null;

  constructor(context: LogContext<Dating>, start: { offset: number; line: number }) {
    this.#context = context;
    this.#assembler = new RecordAssembler({ bare: context.bare });
    this.#joiner = context.parts ? new PartJoiner() : null;
    this.#reader = new LineReader(context.parts ? [] : context.sieve.needles, () => this.#assembler.open, start);
  }

  /** The facts in the records that this block closes. The block is not kept. */
  push(block: Buffer): Fact[] {
    const facts: Fact[] = [];
    this.#reader.push(block, (line, isCandidate) => facts.push(...this.line(line, isCandidate)));
    return facts;
  }

  /**
   * The facts in the records that this line closes: for who has lines; not to be mixed with `push`. `isCandidate`: false where
   * no needle of the sieve is in it.
   */
  line(line: LogLine, isCandidate = true): Fact[] {
    const whole = this.#joiner ? this.#joiner.take(line) : line;
    return whole === null ? [] : this.#take(whole, isCandidate);
  }

  /** The facts at the end of the input: a last line without a line feed, a last record. */
  end(): Fact[] {
    const facts: Fact[] = [];
    this.#reader.end((line, isCandidate) => facts.push(...this.line(line, isCandidate)));
    for (const line of this.#joiner?.flush() ?? []) facts.push(...this.#take(line, true));
    return [...facts, ...this.#fact(this.#assembler.flush())];
  }

  /** The facts of the record that is open, as it stands: for who cannot wait until the next one closes it. */
  peek(): Fact[] {
    return this.#fact(this.#assembler.peek());
  }

  /** Where to go on reading: after the last closed record. Ask before `end`, which closes what may still grow. */
  get checkpoint(): { offset: number; line: number } {
    const next = { offset: this.#reader.offset, line: this.#reader.line };
    const open = [this.#assembler.openAt, this.#joiner?.pendingAt ?? null].filter((place) => place !== null);
    return open.reduce((first, place) => (place.offset < first.offset ? place : first), next);
  }

  /** Lines read past so far; one that is not complete yet counts. */
  get lines(): number {
    return this.#reader.line - 1 + (this.#reader.insideLine ? 1 : 0);
  }

  /** Lines of more than 1 MiB, of which the rest was not looked at. */
  get overlong(): number {
    return this.#reader.overlong;
  }

  #take(line: LogLine, isCandidate: boolean): Fact[] {
    const wanted = isCandidate && this.#context.sieve.wanted(line.text);
    if (!wanted && !this.#assembler.open) return [];
    return this.#fact(wanted ? this.#assembler.take(line) : this.#assembler.passBy(line));
  }

  #fact(record: LogRecord | null): Fact[] {
    if (record === null) return [];
    const { clock, everyTurn, user } = this.#context;
    const message = fullMessage(record);
    const read = (text: string) =>
      ofNova(record) ? recognise(text, { everyTurn, user }) : (user?.recognise(text) ?? ofMessaging(record, text));
    // Lines of others may stand between: where the whole is no message, its first line may be.
    const found = read(message) ?? (message === record.message ? null : read(record.message));
    const epoch = found?.fields.epoch_s;
    if (typeof epoch === 'number' && record.stamp !== null && !('epoch_ms' in record.stamp))
      clock.learn(record.stamp, epoch);
    const common = this.#common(record, clock.at(record.stamp));
    if (found !== null) {
      const named = typeof found.fields.instance === 'string' ? found.fields.instance : null;
      const { requestId } = record;
      const pid = Number.isSafeInteger(record.pid) ? record.pid : null;
      const instance = (record.instance ?? named)?.toLowerCase() ?? null;
      return [{ kind: 'event', event: { ...common, ...found, pid, requestId, instance } }];
    }
    return isUnmatched(record)
      ? [{ kind: 'unmatched', unmatched: { ...common, instance: record.instance, message } }]
      : [];
  }

  #common(record: LogRecord, at: number | null) {
    const { statedHost, pathHost, path } = this.#context;
    const ref = { path, line: record.line, offset: record.offset };
    return {
      at,
      host: statedHost ?? record.host ?? pathHost,
      level: record.level,
      logger: record.logger,
      text: record.text,
      ref,
    };
  }
}

/**
 * Other services quote nova's messages; a line without a logger (as the test plan prints them) is taken at its word. The
 * option dump at the start of nova-compute is written by oslo.service since Liberty.
 */
function ofNova({ logger }: LogRecord): boolean {
  return logger === null || logger.startsWith('nova') || /^oslo[._]service/.test(logger);
}

/** What oslo.messaging says in nova-compute's log of a call that failed there, and nothing else of what it says. */
function ofMessaging({ logger }: LogRecord, text: string): Recognised | null {
  const found = /^oslo[._]messaging\b/.test(logger ?? '') ? recognise(text) : null;
  return found?.type === 'forbidden-message' ? found : null;
}

const INFO_OR_ABOVE = new Set(['INFO', 'AUDIT', 'WARN', 'WARNING', 'ERROR', 'CRITICAL']);

/** What log-unrecognised is about: of nova's libvirt driver or migration module, at INFO or above, with "igrat" in its message. */
function isUnmatched({ logger, level, message }: LogRecord): boolean {
  return (
    /^nova\.virt\.libvirt\.(?:driver|migration)$/.test(logger ?? '') &&
    INFO_OR_ABOVE.has(level ?? '') &&
    message.includes('igrat')
  );
}

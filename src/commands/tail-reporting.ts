import { statSync } from 'node:fs';
import type { Tail, TailEvents } from '../follow/tail.ts';
import { type Gauges, type Metrics, tailMetrics } from '../metrics/metrics.ts';
import { loopbackAddress, serveMetrics } from '../metrics/serve.ts';
import { writeTextfile } from '../metrics/textfile.ts';
import { announcementJson, announcementText } from '../report/index.ts';
import { versionOf } from '../root.ts';
import { type OwnLog, ownLog } from '../service/log.ts';
import { type Notifier, notifier } from '../service/notify.ts';
import { openFailures } from '../store/announced.ts';
import { type Handle, versionOf as schemaOf } from '../store/open.ts';
import { InputError } from '../tail/bytes.ts';
import type { Terminal } from './live-screen.ts';
import { LiveView } from './tail-live.ts';
import { paintFor } from './terminal.ts';
import { UsageError } from './usage-error.ts';

export interface ReportingFlags {
  readonly db: string;
  readonly metrics?: string | undefined;
  readonly textfile?: string | undefined;
  readonly format: 'text' | 'json';
  readonly logFormat: 'text' | 'json';
  readonly color?: boolean | undefined;
  readonly quiet?: boolean | undefined;
}

/** What is going on, for metrics. Times in ms. */
export type Watched = Pick<Gauges, 'lag_bytes' | 'lastLineAt' | 'running'>;

const TEXTFILE_EVERY_MS = 15_000;
/** Without a beat for so long it is stuck: a look takes a fraction of a second. */
const STUCK_AFTER_MS = 30_000;

/** What a running tail tells: verdicts on stdout, its own log on stderr, metrics, and systemd what it wants to hear. */
export class Reporting {
  readonly log: OwnLog;
  readonly events: TailEvents;
  readonly #flags: ReportingFlags;
  readonly #address: ReturnType<typeof loopbackAddress> | null;
  readonly #notifier: Notifier;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #live: LiveView | null;
  readonly #resized = () => this.#live?.resized();
  readonly #exits = () => this.#live?.close();
  #metrics: Metrics | null = null;
  #watched: Watched = { lag_bytes: 0, lastLineAt: null, running: [] };
  #close: () => void = () => {};
  #beatAt = Date.now();
  #isReady = false;
  #storeFails = false;

  /** Throws UsageError where a flag is wrong. */
  constructor(flags: ReportingFlags) {
    this.#flags = flags;
    this.#address = addressOf(flags.metrics);
    const paint = paintFor(flags);
    this.#live = isLive(flags) ? new LiveView(TERMINAL, paint, () => performance.now()) : null;
    this.log = ownLog(flags.logFormat, { write: (text) => this.#above(() => process.stderr.write(text)) }, Date.now);
    this.#notifier = notifier(process.env, (error) => this.log.warn(`systemd cannot be told: ${error.message}`));
    this.events = {
      announce: (each) => {
        const text = flags.format === 'json' ? announcementJson(each, Date.now()) : announcementText(each, paint);
        this.#above(() => process.stdout.write(text));
      },
      derived: (rows) => {
        this.#metrics?.derived(rows);
        this.#live?.take(rows);
      },
      trouble: (error) => this.#trouble(error),
      stored: (events, unmatched, took_ms) => this.#metrics?.stored(events, unmatched, took_ms),
      read: (bytes, lines) => this.#metrics?.read(bytes, lines),
      rotated: (kind) => this.#metrics?.rotated(kind),
      warn: (message) => this.log.warn(message),
    };
  }

  /** Before anything is derived. */
  open(db: Handle): void {
    this.#metrics = tailMetrics(versionOf(), schemaOf(db), () => this.#gauges(db));
  }

  /** Where more is counted. Call after `open`. */
  get registry(): Metrics['registry'] {
    return (this.#metrics as Metrics).registry;
  }

  /** From now on what ends counts, and metrics are served. Throws InputError where they cannot be. */
  async begin(watched: Watched): Promise<void> {
    this.#watched = watched;
    const metrics = this.#metrics as Metrics;
    metrics.begin();
    if (this.#address !== null) {
      const { at, close } = await this.#serve(this.#address, metrics);
      this.#close = close;
      this.log.info(`metrics at ${at}/metrics`);
    }
    if (this.#flags.textfile !== undefined) {
      await this.#writeTextfile();
      this.#timers.push(setInterval(() => void this.#writeTextfile(), TEXTFILE_EVERY_MS));
    }
    if (this.#notifier.watchdog_ms !== null)
      this.#timers.push(setInterval(() => this.#isAlive() && this.#notifier.alive(), this.#notifier.watchdog_ms));
  }

  /** A terminal shows what goes on there. */
  show(tail: Tail): void {
    this.#live?.begin(tail);
    process.stdout.on('resize', this.#resized);
    process.once('exit', this.#exits);
  }

  /** It goes round. */
  beat(): void {
    this.#beatAt = Date.now();
    this.#live?.draw();
  }

  /** All that was there at the start is read. */
  ready(): void {
    this.#isReady = true;
    this.#notifier.ready();
    this.log.info(`following; the store is ${this.#flags.db}`);
  }

  async end(): Promise<void> {
    this.#live?.close();
    process.stdout.off('resize', this.#resized);
    process.off('exit', this.#exits);
    this.#notifier.stopping();
    for (const timer of this.#timers) clearInterval(timer);
    if (this.#flags.textfile !== undefined) await this.#writeTextfile();
    this.#close();
  }

  #above(write: () => void): void {
    if (this.#live === null) write();
    else this.#live.above(write);
  }

  async #serve(address: { host: string; port: number }, metrics: Metrics) {
    try {
      return await serveMetrics(address, metrics, {
        alive: () => this.#isAlive(),
        ready: () => this.#isReady && !this.#storeFails,
      });
    } catch (error) {
      const { message } = error as Error;
      throw new InputError(`--metrics ${this.#flags.metrics}: cannot be served (${message})`, { cause: error });
    }
  }

  #isAlive(): boolean {
    return Date.now() - this.#beatAt < STUCK_AFTER_MS;
  }

  #trouble(error: Error | null): void {
    this.#storeFails = error !== null;
    if (error === null) this.log.info('the store can be written again; what was read meanwhile is read again');
    else this.log.error(`${error.message}. Reading waits at its place and is tried again every second`);
  }

  async #writeTextfile(): Promise<void> {
    const path = this.#flags.textfile as string;
    try {
      writeTextfile(path, await (this.#metrics as Metrics).text());
    } catch (error) {
      this.log.warn(`${path}: metrics cannot be written (${(error as Error).message})`);
    }
  }

  #gauges(db: Handle): Gauges {
    const { lag_bytes, lastLineAt, running } = this.#watched;
    return {
      lag_bytes,
      lastLineAt,
      running,
      openFindings: openFailures(db),
      store_bytes: ['', '-wal'].reduce((sum, end) => sum + sizeOf(this.#flags.db + end), 0),
    };
  }
}

/** Lines that are drawn over are for people who look on: never in a pipe, nor between lines of JSON. */
function isLive({ format, logFormat, quiet }: ReportingFlags): boolean {
  const isCapable = process.stdout.isTTY && process.env.TERM !== 'dumb';
  return isCapable && format === 'text' && logFormat === 'text' && !quiet;
}

const TERMINAL: Terminal = {
  write: (text) => process.stdout.write(text),
  size: () => ({ columns: process.stdout.columns || 80, rows: process.stdout.rows || 24 }),
};

function addressOf(metrics: string | undefined) {
  if (metrics === undefined) return null;
  try {
    return loopbackAddress(metrics);
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

import type { MakeWaker, Waker } from '../tail/watch.ts';
import type { Tail } from './tail.ts';

export interface Driving {
  readonly wakers: MakeWaker;
  /** Everything is looked at so often (ms), whatever the watching says or does not say. */
  readonly poll_ms: number;
  /** Ends it: what was read is stored, and `drive` returns. */
  readonly stop: AbortSignal;
  readonly warn: (message: string) => void;
  /** Called after each look: the program is alive. */
  readonly beat: () => void;
  /** Called once a second. */
  readonly second: () => void;
  /** Called once, when everything that was there at the start is read. */
  readonly ready: () => void;
}

/** Several changes within this time (ms) are one look. */
const TOGETHER_MS = 20;
/** When it is stopped, what has come is read for at most so long (ms); the rest at the next start. */
const LAST_LOOKS_MS = 500;
/** A folder that changes so often in a second is looked at every 80 ms instead of being watched: each notice costs. */
const BUSY = { notices: 60, look_ms: 80, calm_ms: 2000 };

/** Keeps a tail going until it is stopped: turns notices, the clock and the poll into looks. */
export async function drive(tail: Tail, driving: Driving): Promise<void> {
  const driver = new Driver(tail, driving);
  await driver.run();
}

class Driver {
  readonly #tail: Tail;
  readonly #on: Driving;
  readonly #waker: Waker;
  /** What the next look is at. */
  #everywhere = false;
  #folders = new Set<string>();
  #planned: (() => void) | null = null;
  readonly #notices = new Map<string, number>();
  /** Busy folders, and until when they count as such. */
  readonly #busy = new Map<string, number>();
  #busyTimer: NodeJS.Timeout | undefined;
  #archives: Promise<void> = Promise.resolve();
  #isReady = false;

  constructor(tail: Tail, driving: Driving) {
    this.#tail = tail;
    this.#on = driving;
    this.#waker = driving.wakers(
      (folder) => this.#noticed(folder),
      (error) =>
        driving.warn(`watching fails (${error.message}); logs are looked at every ${driving.poll_ms / 1000} s`),
    );
  }

  async run(): Promise<void> {
    const { stop, poll_ms } = this.#on;
    const timers = [setInterval(() => this.#second(), 1000), setInterval(() => this.#poll(), poll_ms)];
    this.#poll();
    if (!stop.aborted)
      await new Promise<void>((stopped) => stop.addEventListener('abort', () => stopped(), { once: true }));
    for (const timer of timers) clearInterval(timer);
    this.#planned?.();
    clearInterval(this.#busyTimer);
    await this.#waker.close();
    await this.#archives;
    const latest = Date.now() + LAST_LOOKS_MS;
    while (this.#tail.look() && Date.now() < latest);
    this.#tail.close();
  }

  #poll(): void {
    this.#waker.add(this.#tail.places.folders().filter((folder) => !this.#busy.has(folder)));
    this.#plan(null, 0);
    this.#archives = this.#archives.then(() => this.#tail.readArchives(this.#on.stop));
  }

  #noticed(folder: string): void {
    const notices = (this.#notices.get(folder) ?? 0) + 1;
    this.#notices.set(folder, notices);
    if (notices > BUSY.notices) {
      this.#waker.pause(folder);
      this.#busy.set(folder, Date.now() + BUSY.calm_ms);
      this.#busyTimer ??= setInterval(() => this.#lookAtBusy(), BUSY.look_ms);
    }
    this.#plan(folder, TOGETHER_MS);
  }

  #second(): void {
    this.#notices.clear();
    for (const [folder, until] of this.#busy) {
      if (this.#tail.follower.grewIn(folder, BUSY.calm_ms)) this.#busy.set(folder, Date.now() + BUSY.calm_ms);
      else if (Date.now() >= until) this.#calm(folder);
    }
    if (this.#tail.tick()) this.#plan(null, 0);
    this.#on.second();
    this.#on.beat();
  }

  /** What changed before the watching began again is looked at now. */
  #calm(folder: string): void {
    this.#busy.delete(folder);
    if (this.#busy.size === 0) {
      clearInterval(this.#busyTimer);
      this.#busyTimer = undefined;
    }
    this.#waker.add([folder]);
    this.#plan(folder, TOGETHER_MS);
  }

  #lookAtBusy(): void {
    for (const folder of this.#busy.keys()) this.#plan(folder, 0);
  }

  #plan(folder: string | null, wait_ms: number): void {
    if (folder === null) this.#everywhere = true;
    else this.#folders.add(folder);
    if (this.#planned !== null || this.#on.stop.aborted) return;
    if (wait_ms > 0) {
      const timer = setTimeout(() => this.#look(), wait_ms);
      this.#planned = () => clearTimeout(timer);
    } else {
      const turn = setImmediate(() => this.#look());
      this.#planned = () => clearImmediate(turn);
    }
  }

  #look(): void {
    this.#planned = null;
    const under = this.#everywhere ? null : this.#folders;
    this.#everywhere = false;
    this.#folders = new Set();
    const more = this.#tail.look(under);
    this.#on.beat();
    if (more) this.#plan(null, 0);
    else if (!this.#isReady) this.#caughtUp();
  }

  #caughtUp(): void {
    this.#isReady = true;
    this.#archives = this.#archives.then(() => this.#tail.noteMissing());
    this.#on.ready();
  }
}

import type { Tail } from '../follow/tail.ts';
import type { Derived } from '../judging.ts';
import { type LiveRow, liveLines, liveRow, type Paint } from '../report/index.ts';
import { LiveScreen, type Terminal } from './live-screen.ts';

/** What a tail shows at a terminal: the migrations that go on, below all that it prints. */
export class LiveView {
  readonly #screen: LiveScreen;
  readonly #now: () => number;
  readonly #rows = new Map<string, { readonly row: LiveRow; readonly heardAt: number }>();
  #running: () => Tail['running'] = () => [];

  constructor(terminal: Terminal, paint: Paint, now: () => number) {
    this.#now = now;
    this.#screen = new LiveScreen(terminal, (size) => liveLines(this.#shown(), size, paint), now);
  }

  /** From now on it shows what goes on there. */
  begin(tail: Tail): void {
    this.#running = () => tail.running;
  }

  /** Migrations that were derived again, by new lines or by silence. */
  take(rows: readonly Derived[]): void {
    for (const { migration, settings } of rows) {
      if (migration.outcome !== 'running') continue;
      const row = liveRow(migration, settings);
      const known = this.#rows.get(row.id);
      const heardAt = known !== undefined && known.row.told_s === row.told_s ? known.heardAt : this.#now();
      this.#rows.set(row.id, { row, heardAt });
    }
  }

  /** Shows what has changed; called after each look and once a second. */
  draw(): void {
    this.#screen.draw();
  }

  /** The terminal has another size. */
  resized(): void {
    this.#screen.resized();
  }

  /** Has `write` print whole lines above. */
  above(write: () => void): void {
    this.#screen.above(write);
  }

  close(): void {
    this.#screen.close();
  }

  #shown(): { row: LiveRow; since_s: number }[] {
    const running = new Set(this.#running().map(({ id }) => id));
    for (const id of this.#rows.keys()) if (!running.has(id)) this.#rows.delete(id);
    const now = this.#now();
    return [...this.#rows.values()].map(({ row, heardAt }) => ({ row, since_s: (now - heardAt) / 1000 }));
  }
}

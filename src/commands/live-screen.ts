import type { Size } from '../report/index.ts';

/** A terminal to draw on. */
export interface Terminal {
  readonly write: (text: string) => unknown;
  readonly size: () => Size;
}

/** So often (ms) it is drawn at most. */
const EVERY_MS = 250;

const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
/** Terminals that know it show what stands between the two at once; the others skip it. */
const [BEGIN, END] = ['\x1b[?2026h', '\x1b[?2026l'];

/** Lines at the bottom of a terminal that are drawn over in place, with everything else that is printed scrolling above them. */
export class LiveScreen {
  readonly #terminal: Terminal;
  readonly #lines: (size: Size) => readonly string[];
  readonly #now: () => number;
  #shown: readonly string[] = [];
  #drawnAt = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  /** `lines` gives what is to be shown, each line shorter than the terminal is wide; `now` ms that only go on. */
  constructor(terminal: Terminal, lines: (size: Size) => readonly string[], now: () => number) {
    this.#terminal = terminal;
    this.#lines = lines;
    this.#now = now;
  }

  /** Draws what has changed, unless it was drawn a moment ago. */
  draw(): void {
    if (this.#isClosed || this.#now() - this.#drawnAt < EVERY_MS) return;
    const lines = this.#lines(this.#terminal.size());
    if (lines.length === this.#shown.length && lines.every((line, index) => line === this.#shown[index])) return;
    this.#drawnAt = this.#now();
    this.#put(this.#over(lines));
  }

  /** Draws all anew: the terminal has another size. */
  resized(): void {
    if (this.#isClosed || this.#shown.length === 0) return;
    const lines = this.#lines(this.#terminal.size());
    this.#put(this.#erasing() + this.#below(lines));
  }

  /** Has whole lines printed above; `write` prints them, here or to another stream of the same terminal. */
  above(write: () => void): void {
    if (this.#shown.length === 0) {
      write();
      return;
    }
    const shown = this.#shown;
    this.#terminal.write(BEGIN + this.#erasing());
    write();
    this.#terminal.write(this.#below(shown) + END);
  }

  /** Takes the lines away and gives the cursor back. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (Number.isFinite(this.#drawnAt)) this.#terminal.write(this.#erasing() + SHOW_CURSOR);
  }

  #put(text: string): void {
    this.#terminal.write(BEGIN + HIDE_CURSOR + text + END);
  }

  /** Line over line: nothing is empty in between. */
  #over(lines: readonly string[]): string {
    const up = this.#up();
    this.#shown = lines;
    return `${up}${lines.map((line) => `${line}\x1b[K\n`).join('')}\x1b[J`;
  }

  #erasing(): string {
    const text = `${this.#up()}\x1b[J`;
    this.#shown = [];
    return text;
  }

  #below(lines: readonly string[]): string {
    this.#shown = lines;
    return lines.map((line) => `${line}\n`).join('');
  }

  /** To the first line shown; where the terminal has become narrower, each takes several rows. */
  #up(): string {
    const { columns } = this.#terminal.size();
    const rows = this.#shown.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / columns)), 0);
    return rows === 0 ? '' : `\r\x1b[${rows}A`;
  }
}

function widthOf(line: string): number {
  return line.replace(/\x1b\[[0-9;]*m/g, '').length;
}

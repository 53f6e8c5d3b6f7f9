import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LiveScreen } from '../../src/commands/live-screen.ts';

/** What a terminal of some columns shows of what is written to it; the newest row is the cursor's. */
class Shown {
  readonly rows: string[] = [''];
  columns = 20;
  cursorHidden = false;
  writes = 0;
  #row = 0;
  #column = 0;

  write(text: string): void {
    this.writes += 1;
    for (const [, sequence, argument = '', command] of text.matchAll(/(\x1b\[(\??\d*)([A-Za-z])|[^\x1b])/g)) {
      if (command === undefined) this.#character(sequence as string);
      else this.#command(argument, command);
    }
  }

  #character(character: string): void {
    if (character === '\n') {
      this.#row += 1;
      this.#column = 0;
    } else if (character === '\r') this.#column = 0;
    else {
      if (this.#column === this.columns) {
        this.#row += 1;
        this.#column = 0;
      }
      const row = this.rows[this.#row] ?? '';
      this.rows[this.#row] = row.slice(0, this.#column).padEnd(this.#column) + character + row.slice(this.#column + 1);
      this.#column += 1;
    }
    this.rows[this.#row] ??= '';
  }

  #command(argument: string, command: string): void {
    if (command === 'A') this.#row = Math.max(0, this.#row - Number(argument));
    else if (command === 'K') this.rows[this.#row] = (this.rows[this.#row] ?? '').slice(0, this.#column);
    else if (command === 'J') {
      this.rows.length = this.#row + 1;
      this.rows[this.#row] = (this.rows[this.#row] ?? '').slice(0, this.#column);
    } else if (argument === '?25') this.cursorHidden = command === 'l';
    else expect(`${argument}${command}`).toMatch(/^\?2026[hl]$/);
  }
}

function rig() {
  const terminal = new Shown();
  const state = { now: 0, lines: [] as string[] };
  const size = () => ({ columns: terminal.columns, rows: 24 });
  const write = (text: string) => terminal.write(text);
  const screen = new LiveScreen(
    { write, size },
    () => state.lines,
    () => state.now,
  );
  return { terminal, state, screen, write };
}

const line = fc.string({ unit: fc.constantFrom('a', 'b', ' '), maxLength: 19 });
const action = fc.oneof(
  fc.record({ print: line }),
  fc.record({ lines: fc.array(line, { maxLength: 4 }) }),
  fc.record({ pass: fc.integer({ min: 1, max: 400 }) }),
);

test('what is printed stands above, whole and in order, and the newest lines below', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 30 }), (actions) => {
      const { terminal, state, screen, write } = rig();
      const printed: string[] = [];
      for (const each of actions) {
        if ('print' in each) {
          printed.push(each.print);
          screen.above(() => write(`${each.print}\n`));
        } else if ('lines' in each) state.lines = each.lines;
        else state.now += each.pass;
        screen.draw();
      }
      state.now += 250;
      screen.draw();
      const trimmed = (rows: readonly string[]) => rows.map((row) => row.trimEnd());
      expect(trimmed(terminal.rows)).toEqual(trimmed([...printed, ...state.lines, '']));
      screen.close();
      expect(trimmed(terminal.rows)).toEqual(trimmed([...printed, '']));
      expect(terminal.cursorHidden).toBe(false);
    }),
  );
});

describe('drawing', () => {
  test('only what has changed, four times a second at most', () => {
    const { terminal, state, screen } = rig();
    for (state.now = 0; state.now < 1000; state.now += 10) {
      state.lines = [`at ${state.now}`];
      screen.draw();
    }
    expect(terminal.writes).toBe(4);
    state.now += 1000;
    screen.draw();
    for (let turn = 0; turn < 10; turn += 1) {
      state.now += 1000;
      screen.draw();
    }
    expect(terminal.writes).toBe(5);
  });

  test('nothing to show leaves the terminal as it is, cursor included', () => {
    const { terminal, screen } = rig();
    screen.draw();
    screen.resized();
    screen.close();
    expect(terminal.writes).toBe(0);
  });

  test('the cursor is hidden while lines are shown, and closing is for good', () => {
    const { terminal, state, screen } = rig();
    state.lines = ['one'];
    screen.draw();
    expect(terminal.cursorHidden).toBe(true);
    screen.close();
    state.lines = ['two'];
    state.now += 1000;
    screen.draw();
    screen.resized();
    expect(terminal.rows).toEqual(['']);
    expect(terminal.cursorHidden).toBe(false);
  });

  test('a terminal that became narrower is cleared of lines that take several rows now', () => {
    const { terminal, state, screen, write } = rig();
    screen.above(() => write('before\n'));
    state.lines = ['0123456789abcdef', 'short'];
    screen.draw();
    terminal.columns = 8;
    terminal.rows.splice(0, terminal.rows.length, 'before', '01234567', '89abcdef', 'short', '');
    terminal.write('\n');
    state.lines = ['tiny'];
    screen.resized();
    expect(terminal.rows.map((row) => row.trimEnd())).toEqual(['before', 'tiny', '']);
  });
});

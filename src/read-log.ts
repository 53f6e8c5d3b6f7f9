import { firstTime, headLines, LastBytes } from './log-extent.ts';
import type { LogEvent, Unmatched } from './model.ts';
import { type Dating, type Fact, type LogContext, Pipeline } from './pipeline.ts';
import { DamageError, InputError } from './tail/bytes.ts';
import type { Input } from './tail/input.ts';

/** What was read of a log since the part before. `read`: up to which byte; reading may begin again at `checkpoint`. */
export interface Part {
  readonly events: readonly LogEvent[];
  readonly unmatched: readonly Unmatched[];
  readonly read: number;
  readonly checkpoint: { readonly offset: number; readonly line: number };
  /** What is known once the input has ended; null before. */
  readonly end: Ended | null;
}

export interface Ended {
  readonly lines: number;
  readonly overlong: number;
  /** Time of the last line that prints one (ms). */
  readonly lastAt: number | null;
  /** Why reading ended before the input did. */
  readonly problem: string | null;
  /** What was read last may be wrong: it was packed, and is damaged. */
  readonly isDamaged: boolean;
}

/** Facts in a part; and bytes, so that who watches sees that it goes on. */
const FACTS = 250;
const BYTES = 16 * 1024 * 1024;

/** Reads a log part by part; a damaged input ends with what came before the damage. */
export async function* partsOf(
  input: Input,
  context: LogContext<Dating>,
  start: Part['checkpoint'],
): AsyncGenerator<Part, void, void> {
  const pipeline = new Pipeline(context, start);
  const tail = new LastBytes();
  let read = start.offset;
  let facts = new FactsRead();
  let problem: InputError | null = null;
  let told = read;
  try {
    for await (const block of input.blocks(start.offset)) {
      facts.add(pipeline.push(block));
      tail.add(block);
      read += block.length;
      if (facts.count < FACTS && read - told < BYTES) continue;
      yield { ...facts.taken, read, checkpoint: pipeline.checkpoint, end: null };
      facts = new FactsRead();
      told = read;
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    problem = error;
  }
  // Before `end`, which closes what may still grow.
  const { checkpoint } = pipeline;
  facts.add(pipeline.end());
  const lastAt = lastTime(tail.text, context);
  const { lines, overlong } = pipeline;
  const end = { lines, overlong, lastAt, problem: problem?.message ?? null, isDamaged: problem instanceof DamageError };
  yield { ...facts.taken, read, checkpoint, end };
}

export class FactsRead {
  readonly taken: { readonly events: LogEvent[]; readonly unmatched: Unmatched[] } = { events: [], unmatched: [] };

  get count(): number {
    return this.taken.events.length + this.taken.unmatched.length;
  }

  add(facts: readonly Fact[]): void {
    for (const fact of facts) {
      if (fact.kind === 'event') this.taken.events.push(fact.event);
      else this.taken.unmatched.push(fact.unmatched);
    }
  }
}

/** The time of a log's first line (ms), for which the one before it was; from here on the clock knows it. */
export function beginClock({ clock }: LogContext, head: Buffer, before: number | null): number | null {
  if (before !== null) clock.resumeAfter(before);
  return firstTime(headLines(head), clock);
}

/** The time of the last of a log's last lines that prints one (ms). */
export function lastTime(tail: string, { clock }: Pick<LogContext<Dating>, 'clock'>): number | null {
  return firstTime(tail.split('\n').reverse(), clock);
}

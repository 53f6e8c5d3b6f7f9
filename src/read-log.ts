import { contextOf, HostOffsets, type Lesson } from './log-context.ts';
import { firstTime, headLines, LastBytes } from './log-extent.ts';
import type { LogEvent, Unmatched } from './model.ts';
import { type LogContext, Pipeline } from './pipeline.ts';
import { InputError } from './tail/bytes.ts';
import type { LogFile } from './tail/discover.ts';
import { hashOf } from './tail/identity.ts';
import { Input } from './tail/input.ts';

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
}

/** Facts in a part; and bytes, so that who watches sees that it goes on. */
const FACTS = 250;
const BYTES = 16 * 1024 * 1024;

/** Reads a log part by part; a damaged input ends with what came before the damage. */
export async function* partsOf(
  input: Input,
  context: LogContext,
  start: Part['checkpoint'],
): AsyncGenerator<Part, void, void> {
  const pipeline = new Pipeline(context, start);
  const tail = new LastBytes();
  let read = start.offset;
  let facts = new Facts();
  let problem: string | null = null;
  let told = read;
  try {
    for await (const block of input.blocks(start.offset)) {
      facts.add(pipeline.push(block));
      tail.add(block);
      read += block.length;
      if (facts.count < FACTS && read - told < BYTES) continue;
      yield { ...facts.taken, read, checkpoint: pipeline.checkpoint, end: null };
      facts = new Facts();
      told = read;
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    problem = error.message;
  }
  // Before `end`, which closes what may still grow.
  const { checkpoint } = pipeline;
  facts.add(pipeline.end());
  const lastAt = firstTime(tail.text.split('\n').reverse(), context.clock);
  const end = { lines: pipeline.lines, overlong: pipeline.overlong, lastAt, problem };
  yield { ...facts.taken, read, checkpoint, end };
}

class Facts {
  readonly taken: { readonly events: LogEvent[]; readonly unmatched: Unmatched[] } = { events: [], unmatched: [] };

  get count(): number {
    return this.taken.events.length + this.taken.unmatched.length;
  }

  add(facts: ReturnType<Pipeline['push']>): void {
    for (const fact of facts) {
      if (fact.kind === 'event') this.taken.events.push(fact.event);
      else this.taken.unmatched.push(fact.unmatched);
    }
  }
}

/** What must be known to read a log in another thread; plain data. */
export interface LogJob {
  readonly file: LogFile;
  readonly statedHost: string | null;
  readonly zone: string | null;
  readonly lesson: Lesson | null;
  readonly everyTurn: boolean;
  readonly changedAt: number | null;
  /** Length and hash of the head by which the log was recognised. */
  readonly head: { readonly length: number; readonly hash: string };
  readonly start: Part['checkpoint'];
  /** Times of lines before the log's first, and before `start` (ms). */
  readonly before: number | null;
  readonly resumed: number | null;
}

/** Reads a log as the job says. Throws InputError where it is not the log any more that was recognised. */
export async function* partsOfJob(job: LogJob): AsyncGenerator<Part, void, void> {
  const { file, statedHost, zone, everyTurn, changedAt } = job;
  const input = await Input.open(file.path);
  if (hashOf(input.head.subarray(0, job.head.length)) !== job.head.hash) {
    throw new InputError(`${file.path}: was replaced while it was read; read it again`);
  }
  const offsets = HostOffsets.knowing(statedHost ?? file.host ?? file.path, job.lesson);
  const options = { hostOf: () => statedHost, zoneOf: () => zone, user: null, everyTurn };
  const context = contextOf(file, input.head, options, offsets, changedAt);
  beginClock(context, input.head, job.before);
  if (job.resumed !== null) context.clock.resumeAfter(job.resumed);
  yield* partsOf(input, context, job.start);
}

/** The time of a log's first line (ms), for which the one before it was; from here on the clock knows it. */
export function beginClock({ clock }: LogContext, head: Buffer, before: number | null): number | null {
  if (before !== null) clock.resumeAfter(before);
  return firstTime(headLines(head), clock);
}

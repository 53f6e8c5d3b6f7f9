import { UNREAD } from '../known-source.ts';
import { Clock } from '../parse/clock.ts';
import { SampleAssembler } from '../parse/sample-assembler.ts';
import { addSource, type SourceRow, sourceRows, writeProgress } from '../store/facts.ts';
import type { Handle } from '../store/open.ts';
import { writeSamples } from '../store/samples.ts';
import { hashOf } from '../tail/identity.ts';
import type { LiveJudge } from './live-judge.ts';
import type { Writer } from './writer.ts';

/** What a tool printed of a guest, as a file of samples would hold it. `at` in ms. */
export interface SampledBlock {
  readonly at: number;
  readonly command: string;
  /** The instance's UUID. */
  readonly domain: string;
  readonly rc: number;
  readonly text: string;
}

/** Stores what a side-car samples, as if it were read from a file that grows: one for each host. */
export class LiveSamples {
  readonly #db: Handle;
  readonly #live: LiveJudge;
  readonly #writer: Writer;
  readonly #rows = new Map<string | null, SourceRow>();

  constructor(db: Handle, live: LiveJudge, writer: Writer) {
    this.#db = db;
    this.#live = live;
    this.#writer = writer;
  }

  /** Stores a block that was printed on a host. False where it could not be stored; then it is gone. */
  store(block: SampledBlock, host: string | null): boolean {
    const lines = [
      `### ${new Date(block.at).toISOString()} ${block.command} ${block.domain} rc=${block.rc}`,
      ...block.text.trimEnd().split('\n'),
    ];
    return this.#writer.attempt(() => {
      const row = this.#rows.get(host) ?? this.#rowFor(block.command, host);
      const context = { path: row.path, host, instance: block.domain, date: null, clock: new Clock({ zone: 'UTC' }) };
      const assembler = new SampleAssembler(context);
      let [offset, line] = [row.bytes, row.lines + 1];
      const samples = lines.flatMap((text) => {
        const end = offset + Buffer.byteLength(text) + 1;
        const taken = assembler.take({ text, line, offset, end, terminated: true });
        [offset, line] = [end, line + 1];
        return taken;
      });
      samples.push(...assembler.end());
      const place = { checkpoint: offset, checkpointLine: line, bytes: offset, lines: line - 1 };
      const next = { ...row, ...place, firstAt: row.firstAt ?? block.at, lastAt: block.at };
      writeSamples(this.#db, row.id, samples);
      writeProgress(this.#db, row.id, next);
      this.#rows.set(host, next);
      if (samples.length > 0) this.#live.touch(block.domain);
      return 0;
    });
  }

  #rowFor(command: string, host: string | null): SourceRow {
    const known = sourceRows(this.#db, 'samples').find((row) => row.path === command && row.host === host);
    const identity = { headLength: 0, headHash: hashOf(Buffer.alloc(0)) };
    return known ?? addSource(this.#db, { kind: 'samples', path: command, host, ...identity, ...UNREAD });
  }
}

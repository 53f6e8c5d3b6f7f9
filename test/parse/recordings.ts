import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Sample } from '../../src/model.ts';
import { Clock } from '../../src/parse/clock.ts';
import { SampleAssembler, type SampleContext } from '../../src/parse/sample-assembler.ts';
import { LineReader } from '../../src/tail/lines.ts';
import { ROOT } from '../scratch.ts';

export const RECORDINGS = join(ROOT, 'test/logs/qemu');
export const VM = '07b5842b-6324-4de0-973e-6d0ff18ef574';

/** The folders of recordings that hold a file, by their names below test/logs/qemu. */
export function recordingsWith(file: string): string[] {
  return globSync(`**/${file}`, { cwd: RECORDINGS })
    .map((path) => path.slice(0, -file.length - 1))
    .sort();
}

/** A file of a recording. */
export function recorded(folder: string, file: string): Buffer {
  const bytes = readFileSync(join(RECORDINGS, folder, file));
  return file.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

/** The samples in bytes that come in these blocks. */
export function samplesOf(blocks: readonly Buffer[], context: Partial<SampleContext> = {}): Sample[] {
  const assembler = assemblerFor(context);
  const reader = new LineReader([], () => false, { offset: 0, line: 1 });
  const samples = blocks.flatMap((block) => [...reader.push(block)].flatMap((line) => assembler.take(line)));
  return [...samples, ...[...reader.end()].flatMap((line) => assembler.take(line)), ...assembler.end()];
}

/** The samples in a text. */
export function samplesIn(text: string, context: Partial<SampleContext> = {}): Sample[] {
  return samplesOf([Buffer.from(text)], context);
}

/** Gives its lines to a new assembler, with what is not said of the file left open. */
export function assemblerFor(context: Partial<SampleContext>): SampleAssembler {
  const clock = new Clock({ zone: 'UTC', latest: Date.UTC(2027, 0, 1) });
  return new SampleAssembler({ path: 'samples.txt', host: null, instance: null, date: null, clock, ...context });
}

/** What a recording's README says from QEMU's own trace: throttle steps, and what one query a second showed. */
export function truthOf(folder: string): {
  readonly steps: readonly number[];
  readonly changes: readonly { readonly at: number; readonly status: string; readonly throttle: number | null }[];
} {
  const readme = recorded(folder, 'README').toString('utf8');
  const trace = /^migration_throttle trace events[^:]*: (.*)$/m.exec(readme)?.[1] ?? '';
  const sampled = /^sampled [^:]*: (.*)$/m.exec(readme)?.[1] ?? '';
  return {
    steps: [...trace.matchAll(/\S+Z/g)].map(([time]) => Date.parse(time)),
    changes: [...sampled.matchAll(/(\S+Z) ([\w-]+)\/(\w+)/g)].map(([, time = '', status = '', throttle]) => ({
      at: Date.parse(time),
      status: status === 'None' ? 'none' : status,
      throttle: throttle === 'None' ? null : Number(throttle),
    })),
  };
}

/** QEMU's throttle after so many steps of the default kind: 20, then 10 more each, 99 at most. */
export function throttleAfter(steps: number): number {
  return steps === 0 ? 0 : Math.min(99, 20 + 10 * (steps - 1));
}

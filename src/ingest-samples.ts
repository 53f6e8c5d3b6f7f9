import type { Progress } from './ingest.ts';
import { UNREAD } from './known-source.ts';
import type { ReadOptions } from './log-context.ts';
import type { LogLine, Sample } from './model.ts';
import { Clock } from './parse/clock.ts';
import { monitorLiterals } from './parse/generated/sample-literals.js';
import { SampleAssembler } from './parse/sample-assembler.ts';
import { coveringNeedles } from './parse/sieve.ts';
import {
  addSource,
  hostsIn,
  isProgress,
  type SourceProgress,
  type SourceRow,
  sourceRows,
  writeProgress,
} from './store/facts.ts';
import { guarded, type Handle } from './store/open.ts';
import { forgetSamples, holdsSamples, type NamedGuest, writeDomains, writeSamples } from './store/samples.ts';
import { attempt, InputError, isCompressed, statOf } from './tail/bytes.ts';
import { hashOf, recogniseFile } from './tail/identity.ts';
import { Input } from './tail/input.ts';
import { LineReader } from './tail/lines.ts';

/** A file of samples, and what is declared of it. */
export interface SampleFile {
  readonly path: string;
  /** False for a file that was found in a folder: it may be something else. */
  readonly named: boolean;
  /** UUID of the guest. */
  readonly instance: string | null;
  readonly host: string | null;
  /** The day (UTC) of the first sample, as 2026-11-22. */
  readonly date: string | null;
}

export interface SampleOptions extends Pick<ReadOptions, 'hostOf' | 'zoneOf'> {
  readonly progress: Progress;
  readonly storePath: string;
}

/**
 * Reads files of samples into the store, and tells in the result what could not be read. A file is read whole each time,
 * for what is declared of it (its guest, its day) may have changed; what is there already is replaced by the same.
 */
export async function ingestSamples(
  db: Handle,
  files: readonly SampleFile[],
  options: SampleOptions,
): Promise<InputError[]> {
  if (files.length === 0) return [];
  const problems: InputError[] = [];
  const hosts = new Set(hostsIn(db));
  for (const file of files) {
    const host = file.host ?? options.hostOf(file.path) ?? hostInPath(file.path, hosts);
    await attempt(problems, () => ingestFile(db, { ...file, host }, options));
  }
  return problems;
}

/** The nearest folder, or beginning of the file's name, that is the name of a host whose log was read. */
function hostInPath(path: string, hosts: ReadonlySet<string>): string | null {
  const [name = '', ...folders] = path.split('/').reverse();
  const ends = [...name.matchAll(/[.-]/g)].map(({ index }) => name.slice(0, index)).reverse();
  return [...ends, ...folders].find((part) => hosts.has(part)) ?? null;
}

async function ingestFile(db: Handle, file: SampleFile, options: SampleOptions): Promise<void> {
  const { path } = file;
  const { size, changedAt } = statOf(path);
  const input = await Input.open(path);
  const { head } = input;
  const row = guarded(options.storePath, () => sourceFor(db, file, head));
  const comparable = size !== null && !isCompressed(path);
  // What is shorter than what was read is an older copy.
  if (comparable && size < row.bytes) return;
  const latest = changedAt === null ? null : changedAt + DAY_MS;
  const clock = new Clock({ zone: options.zoneOf(file.host), latest });
  const assembler = new SampleAssembler({ ...file, clock });
  const reader = new LineReader(needlesFor(head), () => false, { offset: 0, line: 1 });
  const writer = new SampleWriter(db, row, options.storePath, comparable);
  const take = (line: LogLine) => writer.add(assembler.take(line), line.text.length);
  let bytes = 0;
  options.progress(path, bytes);
  try {
    for await (const block of input.blocks()) {
      reader.push(block, take);
      bytes += block.length;
      options.progress(path, bytes);
    }
  } finally {
    reader.end(take);
    writer.add(assembler.end(), 0);
    const { guests } = assembler;
    writer.finish({
      path,
      head,
      bytes,
      lines: reader.line - 1,
      overlong: reader.overlong,
      guests: [...guests.values()],
    });
  }
  const wrong = whatIsMissing(path, assembler);
  if (wrong !== null && (file.named || assembler.recognised > 0)) throw wrong;
}

const DAY_MS = 86_400_000;

/** libvirtd's log may be gigabytes of which little matters; other files are samples from end to end. */
function needlesFor(head: Buffer): string[] {
  return LIBVIRTD.test(head.toString('utf8')) ? coveringNeedles(monitorLiterals) : [];
}

/** A line of libvirtd's own log, or of its daemons in the journal. */
const LIBVIRTD =
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\+0000: \d{1,10}: (?:debug|info|warning|error) : |\b(?:libvirtd|virtqemud)\[\d+\]: /m;

function sourceFor(db: Handle, { path, host }: SampleFile, head: Buffer): SourceRow {
  return db
    .transaction(() => {
      const known = sourceRows(db, 'samples');
      const match = recogniseFile(head, host, known) ?? known.find((row) => row.headLength === 0 && row.path === path);
      const same = known.find(({ id }) => id === match?.id);
      const identity = { headLength: head.length, headHash: hashOf(head) };
      return same ?? addSource(db, { kind: 'samples', path, host, ...identity, ...UNREAD });
    })
    .immediate();
}

/** Samples a transaction, and characters of the lines they are of: a piece of a string keeps the whole of it in memory. */
const BATCH = 5_000;
const BATCH_LENGTH = 32 * 1024 * 1024;

interface ReadFile {
  readonly path: string;
  readonly head: Buffer;
  readonly bytes: number;
  readonly lines: number;
  readonly overlong: number;
  readonly guests: readonly NamedGuest[];
}

class SampleWriter {
  readonly #db: Handle;
  readonly #row: SourceRow;
  readonly #storePath: string;
  #forget: boolean;
  #samples: Sample[] = [];
  #length = 0;
  #firstAt: number | null = null;
  #lastAt: number | null = null;

  /** `forget`: what was read of the file before is dropped as the new is written. */
  constructor(db: Handle, row: SourceRow, storePath: string, forget: boolean) {
    this.#db = db;
    this.#row = row;
    this.#storePath = storePath;
    this.#forget = forget;
  }

  /** `length`: of the line that completed them. */
  add(samples: readonly Sample[], length: number): void {
    if (samples.length > 0) this.#length += length;
    for (const sample of samples) {
      this.#samples.push(sample);
      this.#firstAt = Math.min(this.#firstAt ?? sample.at, sample.at);
      this.#lastAt = Math.max(this.#lastAt ?? sample.at, sample.at);
    }
    if (this.#samples.length >= BATCH || this.#length >= BATCH_LENGTH) this.#write(() => {});
  }

  finish({ path, head, bytes, lines, overlong, guests }: ReadFile): void {
    const { id } = this.#row;
    const times = { firstAt: this.#firstAt, lastAt: this.#lastAt };
    const identity = { headLength: head.length, headHash: hashOf(head) };
    const place = { checkpoint: bytes, checkpointLine: lines + 1 };
    const progress = { path, ...identity, ...place, bytes, lines, overlong, ...times };
    if (guarded(this.#storePath, () => this.#isStored(progress, guests))) return;
    this.#write(() => {
      writeDomains(this.#db, id, guests);
      writeProgress(this.#db, id, progress);
    });
  }

  /** True of a file that was read before and says nothing new: nothing need be judged again for having looked at it. */
  #isStored(progress: SourceProgress, guests: readonly NamedGuest[]): boolean {
    const { id } = this.#row;
    return this.#forget && isProgress(this.#db, id, progress) && holdsSamples(this.#db, id, this.#samples, guests);
  }

  #write(more: () => void): void {
    const samples = this.#samples;
    this.#samples = [];
    this.#length = 0;
    const all = () => {
      if (this.#forget) forgetSamples(this.#db, this.#row.id);
      writeSamples(this.#db, this.#row.id, samples);
      more();
    };
    guarded(this.#storePath, () => this.#db.transaction(all).immediate());
    this.#forget = false;
  }
}

function whatIsMissing(path: string, { recognised, undated }: SampleAssembler): InputError | null {
  if (recognised === 0) {
    return new InputError(
      `${path}: holds no samples that novatrail knows: virsh domjobinfo, query-migrate, top -H -b, schedstat, ss -tn under lines
  "### 2024-05-01T09:00:00Z COMMAND" (contrib/collect-samples.sh writes such files), or libvirtd's log at debug`,
    );
  }
  if (undated === 0) return null;
  return new InputError(
    `${path}: ${undated} samples in it print no date. Say the day (UTC) of the first one in the campaign:
  samples: [{ path: ${path}, date: 2024-05-01 }]`,
  );
}

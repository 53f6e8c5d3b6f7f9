// What is measured, on which logs, against whom.

import {
  appendFileSync,
  createReadStream,
  createWriteStream,
  mkdirSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip, createZstdCompress } from 'node:zlib';
import { type MadeLog, writeLog } from './input.ts';
import { alternating, type Contender, type Measured, run } from './measure.ts';
import { type Command, ingest, installed, NOVATRAIL, unpackAndGrep } from './programs.ts';
import { writing } from './writing.ts';

const MIB = 1024 * 1024;

export interface Asked {
  readonly folder: string;
  readonly mib: number;
  readonly runs: number;
}

/** Measured together; ratios are to the one named `base`. */
export interface Result {
  readonly title: string;
  readonly about: string;
  readonly base: string;
  readonly measured: readonly Measured[];
}

type Scenario = (asked: Asked) => Promise<Result>;

/** Every scenario by its name on the command line. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  start,
  sparse: (asked) => text(asked, 200),
  dense: (asked) => text(asked, 20),
  slow,
  gzip: (asked) => packed(asked, 'gzip'),
  zstd: (asked) => packed(asked, 'zstd'),
  rotated,
  threads,
  many,
  writing,
  store,
  linear,
};

async function start({ folder, runs }: Asked): Promise<Result> {
  const log = join(folder, 'small.log');
  writeLog(log, { bytes: MIB, density: 200 });
  const node = (...args: string[]): Command => ({ program: process.execPath, args });
  const audit = node(NOVATRAIL, 'audit', log, '--fail-on', 'never', '--quiet');
  const contenders = [
    { name: 'node -e 0', command: node('-e', '0') },
    { name: 'novatrail --version', command: node(NOVATRAIL, '--version') },
    { name: 'novatrail audit', command: audit },
  ];
  const about = 'A log of 1 MiB.';
  return { title: 'Start', about, base: 'node -e 0', measured: await alternating(contenders, 3 * runs, folder) };
}

async function text({ folder, mib, runs }: Asked, density: number): Promise<Result> {
  const log = join(folder, 'nova-compute.log');
  const made = writeLog(log, { bytes: mib * MIB, density });
  const quick = installed(folder).filter(({ name }) => !SLOW.has(name));
  const measured = await alternating(contendersFor(quick, log), runs, folder);
  return { title: `One line in ${density} an event`, about: described(made), base: 'grep -c -F -f', measured };
}

const SLOW: ReadonlySet<string> = new Set(['lnav', 'mtail']);

/** Programs that take half a minute. */
async function slow({ folder, mib, runs }: Asked): Promise<Result> {
  const log = join(folder, 'nova-compute.log');
  const made = writeLog(log, { bytes: mib * MIB, density: 200 });
  const programs = installed(folder).filter(({ name }) => SLOW.has(name) || name.startsWith('novatrail'));
  const contenders = contendersFor(programs, log).map((each) => ({ ...each, runs: SLOW.has(each.name) ? 1 : runs }));
  const measured = await alternating(contenders, runs, folder);
  return { title: 'Log tools, the same extraction', about: described(made), base: 'novatrail ingest', measured };
}

async function packed({ folder, mib, runs }: Asked, format: Packing): Promise<Result> {
  const plain = join(folder, 'nova-compute.log');
  const log = `${plain}.1.${ENDINGS[format]}`;
  const made = writeLog(plain, { bytes: mib * MIB, density: 200 });
  await pack(plain, log, format);
  const about = `${described(made)} Packed: ${size(statSync(log).size)}.`;
  return { title: format, about, ...(await besideUnpacking(folder, [log], format, runs)) };
}

/** What a host's logs are after some days: each is packed when the next one begins. */
async function rotated({ folder, mib, runs }: Asked): Promise<Result> {
  const plain = join(folder, 'nova-compute.log');
  const set = join(folder, 'rotated');
  mkdirSync(set);
  const logs = [4, 3, 2, 1].map((number) => join(set, `nova-compute.log.${number}.gz`));
  for (const [seed, log] of logs.entries()) {
    writeLog(plain, { bytes: (mib * MIB) / 4, density: 200, seed });
    await pack(plain, log, 'gzip');
  }
  const about = `Four logs of ${size((mib * MIB) / 4)}, one line in 200 an event, packed by gzip, of one host.`;
  return { title: 'A rotated set', about, ...(await besideUnpacking(folder, logs, 'gzip', runs)) };
}

type Packing = 'gzip' | 'zstd';
const ENDINGS = { gzip: 'gz', zstd: 'zst' };
const UNPACK = { gzip: 'zcat', zstd: 'zstdcat' } as const;

async function pack(plain: string, packed: string, format: Packing): Promise<void> {
  const packing = format === 'gzip' ? createGzip() : createZstdCompress();
  await pipeline(createReadStream(plain), packing, createWriteStream(packed));
}

async function besideUnpacking(folder: string, logs: readonly string[], format: Packing, runs: number) {
  const base = `${UNPACK[format]} | grep -c -F -f`;
  const contenders = [
    { name: 'novatrail ingest', command: ingest(folder)(...logs) },
    { name: base, command: unpackAndGrep(folder, UNPACK[format])(...logs) },
  ];
  return { base, measured: await alternating(contenders, runs, folder) };
}

async function threads({ folder, mib, runs }: Asked): Promise<Result> {
  const logs = join(folder, 'hosts');
  for (let host = 0; host < 4; host += 1) {
    mkdirSync(join(logs, `compute-${host}`), { recursive: true });
    const path = join(logs, `compute-${host}`, 'nova-compute.log');
    writeLog(path, { bytes: mib * MIB, density: 200, seed: host });
  }
  const whole = ingest(folder)(logs);
  const one = { program: 'taskset', args: ['-c', '0', whole.program, ...whole.args] };
  const contenders = [
    { name: 'one processor', command: one },
    { name: 'two processors', command: whole },
  ];
  const about = `Four logs of ${size(mib * MIB)}, one line in 200 an event, whole processes: read, stored and judged by one processor (taskset) or two.`;
  const measured = await alternating(contenders, runs, folder);
  return { title: 'Threads', about, base: 'one processor', measured };
}

async function many({ folder, mib, runs }: Asked): Promise<Result> {
  const one = join(folder, 'nova-compute.log');
  const logs = join(folder, 'many');
  const made = writeLog(one, { bytes: mib * MIB, density: 200 });
  await cutUp(one, logs, 1000);
  const contenders = [
    { name: 'one log', command: ingest(folder)(one) },
    { name: '1,000 logs', command: ingest(folder)(logs) },
  ];
  const measured = await alternating(contenders, runs, folder);
  const about = `${described(made)} The same lines in one file, and in a rotated set of a thousand.`;
  return { title: 'Many small logs', about, base: 'one log', measured };
}

/** Cuts a log at line ends into so many files of one rotated set. */
async function cutUp(log: string, folder: string, count: number): Promise<void> {
  mkdirSync(folder);
  const step = statSync(log).size / count;
  let file = 0;
  let written = 0;
  const path = () => join(folder, file === count - 1 ? 'nova-compute.log' : `nova-compute.log.${count - 1 - file}`);
  for await (const bytes of createReadStream(log, { highWaterMark: 64 * 1024 })) {
    let rest = bytes as Buffer;
    while (rest.length > 0) {
      const wanted = (file + 1) * step - written;
      const feed = wanted > rest.length ? -1 : rest.indexOf(10, Math.max(0, wanted - 1));
      const end = feed < 0 ? rest.length : feed + 1;
      appendFileSync(path(), rest.subarray(0, end));
      written += end;
      rest = rest.subarray(end);
      if (feed >= 0) file = Math.min(file + 1, count - 1);
    }
  }
}

async function store({ folder, mib, runs }: Asked): Promise<Result> {
  const log = join(folder, 'nova-compute.log');
  const kept = join(folder, 'kept.db');
  const made = writeLog(log, { bytes: (mib * MIB) / 4, density: 1 });
  const novatrail = (...args: string[]): Command => ({ program: process.execPath, args: [NOVATRAIL, ...args] });
  for (const end of ['', '-wal', '-shm']) rmSync(kept + end, { force: true });
  await run(novatrail('ingest', log, '--db', kept, '--quiet'));
  const contenders = [
    { name: 'novatrail ingest', command: ingest(folder)(log) },
    { name: 'novatrail ingest, nothing new', command: novatrail('ingest', log, '--db', kept, '--quiet') },
    { name: 'novatrail rebuild', command: novatrail('rebuild', '--db', kept, '--quiet') },
    {
      name: 'novatrail audit --db',
      command: novatrail('audit', '--db', kept, '--fail-on', 'never', '--format', 'json'),
    },
    { name: 'novatrail query tunnel_comparison', command: novatrail('query', 'tunnel_comparison', '--db', kept) },
  ];
  const bytes = Math.round(statSync(kept).size / made.events);
  const about = `${described(made)} Every line is an event; the store takes ${bytes} bytes an event, verdicts included.`;
  const measured = await alternating(contenders, Math.min(runs, 3), folder);
  return { title: 'A large store', about, base: 'novatrail ingest', measured };
}

async function linear({ folder, mib, runs }: Asked): Promise<Result> {
  const log = join(folder, 'nova-compute.log');
  const long = join(folder, 'long.log');
  const made = writeLog(log, { bytes: mib * MIB, density: 200 });
  writeLog(long, { bytes: 10 * mib * MIB, density: 200 });
  const contenders = [
    { name: 'once', command: ingest(folder)(log) },
    { name: 'ten times', command: ingest(folder)(long), runs: 2 },
  ];
  const measured = await alternating(contenders, runs, folder);
  truncateSync(long);
  return { title: 'Ten times the log', about: described(made), base: 'once', measured };
}

function contendersFor(programs: ReturnType<typeof installed>, log: string): Contender[] {
  return programs.map(({ name, version, command }) => ({
    name: version === '' || name.startsWith('novatrail') ? name : `${name}`,
    command: command(log),
  }));
}

function described({ bytes, lines, events, migrations }: MadeLog): string {
  const count = (number: number) => number.toLocaleString('en-US');
  return `${size(bytes)}, ${count(lines)} lines, ${count(events)} events of ${count(migrations)} migrations.`;
}

function size(bytes: number): string {
  return `${(bytes / MIB).toFixed(0)} MiB`;
}

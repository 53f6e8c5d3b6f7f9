import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../root.ts';

/** What assembly/scan.ts exports. Addresses are bytes from the start of the memory. */
interface Wasm {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  find(from: number, to: number): number;
  feeds(from: number, to: number): number;
}

const FINGERPRINT = 4;
/** Longest needle, in bytes. */
export const LONGEST_NEEDLE = 16;
const BUCKET_COUNT = 8;

/** Layout of the memory, as assembly/scan.ts states it; the data begin after the needles. */
const BUCKETS = 144;
const BEGINNINGS = 192;
const BEGINNINGS_SIZE = 1024;
const NEEDLES = BEGINNINGS + BEGINNINGS_SIZE;
const NEEDLE_SIZE = 32;
const PAGE = 65_536;
/** Zeros behind the data: what is looked at beyond their end. */
const PADDING = 32;

/**
 * Searches bytes for any of a set of needles (of 1 to 16 bytes, NUL and line feed in none) and counts line feeds in them.
 * All searches share one memory: the bytes that `load` gives stand until anyone's next `load`.
 */
export class NeedleScan {
  readonly #settings: Uint8Array;
  readonly #start: number;
  #end: number;

  /** Throws RangeError for a needle that is empty or too long. */
  constructor(needles: readonly string[]) {
    this.#settings = settingsOf(needles);
    this.#start = Math.ceil(this.#settings.length / 64) * 64;
    this.#end = this.#start;
  }

  /** Takes up the bytes that are to be searched, which lie in two pieces; gives them as one. */
  load(first: Buffer, second: Buffer): Buffer {
    this.#end = this.#start + first.length + second.length;
    const memory = memoryFor(this.#end + PADDING);
    memory.set(this.#settings, 0);
    memory.set(first, this.#start);
    memory.set(second, this.#start + first.length);
    memory.fill(0, this.#end, this.#end + PADDING);
    return memory.subarray(this.#start, this.#end);
  }

  /** The first place at or after a position of the bytes at which a needle begins; null where there is none. */
  next(position: number): number | null {
    const found = wasm().find(this.#start + position, this.#end);
    return found >= this.#end ? null : found - this.#start;
  }

  /** The line feeds between two positions of the bytes. */
  feeds(from: number, to: number): number {
    return wasm().feeds(this.#start + from, this.#start + to);
  }
}

/** Laid out once for each list of needles, which takes as long as to search some MiB. */
function settingsOf(needles: readonly string[]): Uint8Array {
  const settings = laidOut.get(needles) ?? settingsFor(needles.map((needle) => Buffer.from(needle)));
  laidOut.set(needles, settings);
  return settings;
}

const laidOut = new WeakMap<readonly string[], Uint8Array>();

/** The memory's beginning for these needles: tables, buckets, needles. */
function settingsFor(needles: readonly Buffer[]): Uint8Array {
  const buckets = spread(needles);
  const settings = Buffer.alloc(NEEDLES + needles.length * NEEDLE_SIZE);
  let at = NEEDLES;
  for (const [bucket, members] of buckets.entries()) {
    settings.writeUInt32LE(at, BUCKETS + bucket * 4);
    for (const needle of members) {
      if (needle.length === 0 || needle.length > LONGEST_NEEDLE) throw new RangeError(`no needle: "${needle}"`);
      mark(settings, needle, 1 << bucket);
      settings.set(needle, at);
      settings.fill(0xff, at + LONGEST_NEEDLE, at + LONGEST_NEEDLE + needle.length);
      at += NEEDLE_SIZE;
    }
  }
  settings.writeUInt32LE(at, BUCKETS + BUCKET_COUNT * 4);
  const beginnings = settings.subarray(BEGINNINGS, BEGINNINGS + BEGINNINGS_SIZE);
  for (const needle of needles) {
    if (needle.length < 8) return settings.fill(0xff, BEGINNINGS, BEGINNINGS + BEGINNINGS_SIZE);
    const hash = Number(BigInt.asUintN(64, needle.readBigUInt64LE() * GOLDEN) >> 51n);
    beginnings[hash >> 3] = (beginnings[hash >> 3] ?? 0) | (1 << (hash & 7));
  }
  return settings;
}

/** As in assembly/scan.ts. */
const GOLDEN = 0x9e3779b97f4a7c15n;

/** Sets a bucket's bit in the tables for the halves of the fingerprint's bytes; behind a shorter needle any byte may stand. */
function mark(tables: Uint8Array, needle: Buffer, bit: number): void {
  for (let place = 0; place < FINGERPRINT; place += 1) {
    const byte = needle[place];
    for (let half = 0; half < 16; half += 1) {
      const [low, high] = [place * 32 + half, place * 32 + 16 + half];
      if (byte === undefined || half === (byte & 15)) tables[low] = (tables[low] ?? 0) | bit;
      if (byte === undefined || half === byte >> 4) tables[high] = (tables[high] ?? 0) | bit;
    }
  }
}

/** The needles in buckets, each where it adds fewest fingerprints that the tables cannot tell from those of the bucket. */
function spread(needles: readonly Buffer[]): Buffer[][] {
  const buckets = Array.from({ length: BUCKET_COUNT }, () => ({
    members: [] as Buffer[],
    halves: newHalves(),
    taken: 0,
  }));
  for (const needle of needles) {
    let best = buckets[0];
    let least = Number.POSITIVE_INFINITY;
    for (const bucket of buckets) {
      const added = taken(bucket.halves, needle) - bucket.taken;
      if (added < least) [best, least] = [bucket, added];
    }
    if (best === undefined) continue;
    for (const [place, halves] of best.halves.entries()) for (const half of halvesAt(needle, place)) halves.add(half);
    best.taken = taken(best.halves, needle);
    best.members.push(needle);
  }
  return buckets.map(({ members }) => members);
}

/** For each place of the fingerprint, the halves of bytes that a bucket takes there: low ones, and high ones from 16 on. */
function newHalves(): Set<number>[] {
  return Array.from({ length: FINGERPRINT }, () => new Set<number>());
}

function halvesAt(needle: Buffer, place: number): readonly number[] {
  const byte = needle[place];
  return byte === undefined ? [...Array(32).keys()] : [byte & 15, 16 + (byte >> 4)];
}

/** How many fingerprints pass a bucket's tables once it holds this needle too. */
function taken(bucket: readonly Set<number>[], needle: Buffer): number {
  return bucket.reduce((product, halves, place) => {
    const all = new Set([...halves, ...halvesAt(needle, place)]);
    const low = [...all].filter((half) => half < 16).length;
    return product * low * (all.size - low);
  }, 1);
}

/** What is used of a global that TypeScript declares for browsers only. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

let instance: Wasm | null = null;

function wasm(): Wasm {
  if (instance === null) {
    const module = new WebAssembly.Module(readFileSync(join(ROOT, 'assembly/scan.wasm')));
    instance = new WebAssembly.Instance(module).exports as Wasm;
  }
  return instance;
}

/** The whole memory as bytes; a view is made anew only when the memory has grown. */
let view: Buffer = Buffer.alloc(0);

function memoryFor(size: number): Buffer {
  const { memory } = wasm();
  if (size > memory.buffer.byteLength) memory.grow(Math.ceil((size - memory.buffer.byteLength) / PAGE));
  if (view.length !== memory.buffer.byteLength) view = Buffer.from(memory.buffer);
  return view;
}

// Looks for many strings at once, 16 bytes at a step (the "Teddy" algorithm, as ripgrep's Hyperscan ancestor does it), and
// counts line feeds. AssemblyScript: `npm run build` makes src/tail/generated/scan.wasm of it; src/tail/scan.ts lays out the memory.
//
// A needle is looked for by its first four bytes, its fingerprint. Needles are spread over eight buckets, one bit each. For each
// place in the fingerprint two tables of 16 bytes say which buckets hold a needle whose byte there has this low half, and
// this high half; a bucket whose bit is left over after all eight look-ups may hold a needle that begins here.

/** Eight tables of 16 bytes: low and high halves of the first, the second, the third, the fourth byte. */
const TABLES: usize = 0;
/** The leftover bits of a step, one byte for each place in it. */
const LEFT: usize = 128;
/** Where each bucket's needles begin, and where the last one's end: nine addresses. */
const BUCKETS: usize = 144;
/** One bit for each hash of eight bytes with which a needle begins; every bit where a needle is shorter. */
const BEGINNINGS: usize = 192;
/** Knuth's multiplicative hash: the golden ratio, of whose product the upper 13 bits count. */
const GOLDEN: u64 = (u64(0x9e3779b9) << 32) | u64(0x7f4a7c15);
/** A needle is 16 bytes to compare and 16 bytes that say which of them count. */
const NEEDLE: usize = 32;

/** The first place in [from, to) at which a needle begins; `to` where there is none. 32 bytes after `to` must be zero. */
export function find(from: usize, to: usize): usize {
  const low1 = v128.load(TABLES, 0);
  const high1 = v128.load(TABLES, 16);
  const low2 = v128.load(TABLES, 32);
  const high2 = v128.load(TABLES, 48);
  const low3 = v128.load(TABLES, 64);
  const high3 = v128.load(TABLES, 80);
  const low4 = v128.load(TABLES, 96);
  const high4 = v128.load(TABLES, 112);
  const half = i8x16.splat(15);
  // What the step before left: a fingerprint may begin there.
  let before1 = i8x16.splat(0);
  let before2 = i8x16.splat(0);
  let before3 = i8x16.splat(0);
  for (let at = from; at < to; at += 16) {
    const bytes = v128.load(at);
    const low = v128.and(bytes, half);
    const high = v128.and(i16x8.shr_u(bytes, 4), half);
    const in1 = v128.and(i8x16.relaxed_swizzle(low1, low), i8x16.relaxed_swizzle(high1, high));
    const in2 = v128.and(i8x16.relaxed_swizzle(low2, low), i8x16.relaxed_swizzle(high2, high));
    const in3 = v128.and(i8x16.relaxed_swizzle(low3, low), i8x16.relaxed_swizzle(high3, high));
    const in4 = v128.and(i8x16.relaxed_swizzle(low4, low), i8x16.relaxed_swizzle(high4, high));
    const since1 = i8x16.shuffle(before1, in1, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28);
    const since2 = i8x16.shuffle(before2, in2, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29);
    const since3 = i8x16.shuffle(before3, in3, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
    const left = v128.and(v128.and(since1, since2), v128.and(since3, in4));
    before1 = in1;
    before2 = in2;
    before3 = in3;
    if (v128.any_true(left)) {
      v128.store(LEFT, left);
      for (let mask = i8x16.bitmask(i8x16.ne(left, i8x16.splat(0))); mask !== 0; mask &= mask - 1) {
        const place = ctz(mask);
        const begin = at + place - 3;
        if (begins(begin, load<u8>(LEFT + place))) return begin;
      }
    }
  }
  return to;
}

/** The number of line feeds in [from, to). */
export function feeds(from: usize, to: usize): i32 {
  const feed = i8x16.splat(10);
  let count = 0;
  let at = from;
  for (; at + 16 <= to; at += 16) count += popcnt(i8x16.bitmask(i8x16.eq(v128.load(at), feed)));
  for (; at < to; at += 1) count += i32(load<u8>(at) === 10);
  return count;
}

/** Whether a needle of one of these buckets begins at a place. */
function begins(at: usize, buckets: i32): bool {
  // What logs are full of passes the tables some thousand times a MiB, and most of it ends here.
  const hash = u32((load<u64>(at) * GOLDEN) >> 51);
  if (((load<u8>(BEGINNINGS + (hash >> 3)) >> u8(hash & 7)) & 1) === 0) return false;
  const bytes = v128.load(at);
  for (let left = buckets; left !== 0; left &= left - 1) {
    const bucket = BUCKETS + ctz(left) * 4;
    const end: usize = load<u32>(bucket, 4);
    for (let needle: usize = load<u32>(bucket); needle < end; needle += NEEDLE) {
      const differs = v128.and(v128.xor(bytes, v128.load(needle)), v128.load(needle, 16));
      if (!v128.any_true(differs)) return true;
    }
  }
  return false;
}

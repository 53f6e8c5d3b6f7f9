import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { writeLog } from '../../bench/input.ts';
import { dump, ingestInto, scratch } from '../scratch.ts';

test.each([
  ['gz', gzipSync],
  // With a checksum, as zstd's own program writes one: without it some damage cannot be seen.
  ['zst', (bytes: Buffer) => zstdCompressSync(bytes, { params: { [constants.ZSTD_c_checksumFlag]: 1 } })],
] as const)(
  'a good copy in the place of a damaged one (%s) is stored as if that had never been read',
  async (ending, pack) => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const folder = scratch();
    const plain = join(folder, 'plain');
    writeLog(plain, { bytes: 400_000, density: 3 });
    const packed = pack(readFileSync(plain));
    const [log, db] = [join(folder, `nova-compute.log.1.${ending}`), join(folder, 'store.db')];
    const anew = () => {
      for (const end of ['', '-wal', '-shm']) rmSync(db + end, { force: true });
    };
    writeFileSync(log, packed);
    expect(await ingestInto(db, log)).toBe(0);
    const fresh = dump(db);
    let damaged = 0;
    const flip = fc.record({
      at: fc.integer({ min: 100, max: packed.length - 1 }),
      bits: fc.integer({ min: 1, max: 255 }),
    });
    await fc.assert(
      fc.asyncProperty(flip, async ({ at, bits }) => {
        anew();
        const flipped = Buffer.from(packed);
        flipped[at] = (flipped[at] ?? 0) ^ bits;
        writeFileSync(log, flipped);
        damaged += (await ingestInto(db, log)) === 3 ? 1 : 0;
        writeFileSync(log, packed);
        expect(await ingestInto(db, log)).toBe(0);
        expect(dump(db)).toEqual(fresh);
      }),
      { numRuns: 25 },
    );
    expect(damaged).toBeGreaterThan(10);
  },
);

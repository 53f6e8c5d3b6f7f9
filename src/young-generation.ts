import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

const MIB = 1024 * 1024;
const WANTED_BYTES = 4 * MIB;

/**
 * Lets V8 collect garbage a quarter as often, for some 9 MiB: to read or judge very much takes a tenth less time. V8 is told
 * the size of its young generation on its command line only, but how it grows at any time (Node 22, 24), and it grows where
 * as much as it holds has survived; so that is done once, in 5 ms.
 */
export function widenYoungGeneration(): void {
  if (capacity() >= WANTED_BYTES) return;
  setFlagsFromString(`--semi-space-growth-factor=${Math.ceil(WANTED_BYTES / capacity())}`);
  const survivors: object[] = [];
  for (let round = 0; round < 100 && capacity() < WANTED_BYTES; round += 1)
    for (let one = 0; one < 2000; one += 1) survivors.push({ one });
  // As the launcher has it.
  setFlagsFromString('--semi-space-growth-factor=1');
}

function capacity(): number {
  const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
  return space === undefined ? WANTED_BYTES : space.space_used_size + space.space_available_size;
}

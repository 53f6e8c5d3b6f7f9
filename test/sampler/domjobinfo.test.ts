import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type Block, DomjobinfoSampler } from '../../src/sampler/domjobinfo.ts';
import { append } from '../faults/writer.ts';
import { follow, placesIn } from '../follow-rig.ts';
import { logOf, uuid } from '../sample-log.ts';
import { ROOT, rows, scratch } from '../scratch.ts';

/** Stands for virsh: says one block of a recording after the other, and notes how it was called. */
const STAND_IN = `
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
const folder = import.meta.dirname;
appendFileSync(folder + '/calls', process.argv.slice(2).join(' ') + '\\n');
const blocks = readFileSync(folder + '/domjobinfo.txt', 'utf8').split(/^### .*\\n/m).slice(1);
const call = readFileSync(folder + '/calls', 'utf8').trimEnd().split('\\n').length;
process.stdout.write(blocks[Math.min(call - 1, blocks.length - 1)]);
`;
const RECORDING = readFileSync(join(ROOT, 'test/sampler/domjobinfo-throttled.txt'), 'utf8');
const running = logOf([
  {
    instance: uuid(1),
    request: 'req-1',
    from: 60,
    lasts: 90,
    progress: [
      [1, 0, 4096],
      [31, 900, 4000],
    ],
  },
])
  .trimEnd()
  .split('\n');

test('while a migration runs from this host, and only then, its job is sampled and stored', async () => {
  const folder = scratch({ 'compute-0/nova-compute.log': '', 'virsh.mjs': STAND_IN, 'domjobinfo.txt': RECORDING });
  const { log, db } = placesIn(folder);
  const rig = await follow(db, [join(folder, 'compute-0')]);
  const { sampler, blocks } = samplerIn(folder, (block) => rig.tail.storeSample(block));
  rig.look();
  sampler.sample(rig.tail.runningHere);
  append(log, running.slice(0, 3));
  rig.look();
  for (let turn = 1; turn <= 4; turn += 1) {
    sampler.sample(rig.tail.runningHere);
    await vi.waitFor(() => expect(blocks).toHaveLength(turn), 20_000);
  }
  append(log, running.slice(3));
  rig.look();
  sampler.sample(rig.tail.runningHere);
  expect(rig.tail.runningHere).toEqual([]);
  expect(blocks).toHaveLength(4);
  expect(readFileSync(join(folder, 'calls'), 'utf8')).toBe(`-r domjobinfo ${uuid(1)}\n`.repeat(4));
  const samples = rows(
    db,
    "SELECT instance, host, kind, fields ->> 'throttle_percent' AS throttle FROM samples ORDER BY offset",
  );
  expect(samples).toHaveLength(4);
  expect(samples[3]).toEqual({ instance: uuid(1), host: 'compute-0', kind: 'job', throttle: 20 });
});

test('without virsh there is one warning, and nothing is started again', async () => {
  const warnings: string[] = [];
  const sampler = new DomjobinfoSampler({
    command: ['/nowhere/virsh', '-r'],
    now: () => 0,
    store: () => {},
    warn: (message) => warnings.push(message),
  });
  for (let turn = 0; turn < 3; turn += 1) {
    sampler.sample([{ instance: uuid(1) }, { instance: uuid(2) }]);
    await vi.waitFor(() => expect(warnings).toHaveLength(1), 20_000);
  }
  expect(warnings).toEqual(['/nowhere/virsh cannot be run (ENOENT); without it throttling is not seen']);
});

test('a call that hangs or floods is given up, and the next is made', async () => {
  const hangs = `if (process.argv.at(-1).startsWith('00000001')) setInterval(() => process.stdout.write('x'.repeat(1e6)), 1);`;
  const folder = scratch({ 'virsh.mjs': hangs });
  const { sampler, blocks } = samplerIn(folder, () => {});
  sampler.sample([{ instance: uuid(1) }, { instance: uuid(2) }]);
  sampler.sample([{ instance: uuid(1) }]);
  await vi.waitFor(() => expect(sampler.underWay).toBe(0), 20_000);
  expect(blocks.map(({ domain }) => domain)).toEqual([uuid(2)]);
});

function samplerIn(folder: string, store: (block: Block) => void) {
  const blocks: Block[] = [];
  const sampler = new DomjobinfoSampler({
    command: [process.execPath, join(folder, 'virsh.mjs'), '-r'],
    now: () => Date.UTC(2018, 6, 2, 14, 1, 20 + blocks.length),
    store: (block) => {
      store(block);
      blocks.push(block);
    },
    warn: (message) => expect.unreachable(message),
  });
  onTestFinished(() => sampler.close());
  return { sampler, blocks };
}

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Case } from '../../src/judgement.ts';
import type { Fields, Sample, SampleKind } from '../../src/model.ts';
import { readJob } from '../../src/rules/job-reading.ts';
import { readVcpus } from '../../src/rules/vcpu-reading.ts';

const MIB = 2 ** 20;

/** A guest and its link: MiB, MiB/s, and the dirtying periods that its QEMU waits for. */
const guests = fc.record({
  ram: fc.integer({ min: 128, max: 8192 }),
  set: fc.integer({ min: 1, max: 4096 }),
  rate: fc.integer({ min: 0, max: 4000 }),
  link: fc.integer({ min: 20, max: 2000 }),
  periods: fc.constantFrom(2, 3),
  noise: fc.array(fc.double({ min: 0.9, max: 1.1, noNaN: true }), { minLength: 1, maxLength: 20 }),
});
type Guest = typeof guests extends fc.Arbitrary<infer Each> ? Each : never;

interface Pass {
  readonly at: number;
  readonly number: number;
  readonly throttle: number;
  readonly dirty: number;
  readonly sent: number;
}

/** QEMU's rule, told anew: what it knew at the end of each pass, until 300 ms would do for the rest, or 120 s are over. */
function passesOf({ ram, set, rate, link, periods, noise }: Guest, on: boolean): { passes: Pass[]; over: number } {
  const passes: Pass[] = [{ at: 0, number: 1, throttle: 0, dirty: 0, sent: 0 }];
  let [at, remaining, throttle, count, sent, dirty] = [0, ram, 0, 0, 0, 0];
  let period = { from: 0, sent: 0, dirtied: 0 };
  for (let number = 2; at < 120 && (number === 2 || remaining > 0.3 * link); number++) {
    const seconds = Math.max(0.01, remaining / (link * (noise[number % noise.length] ?? 1)));
    const dirtied = Math.min(set, ram, rate * (1 - throttle / 100) * seconds);
    at += seconds;
    sent += remaining;
    period = { ...period, sent: period.sent + remaining, dirtied: period.dirtied + dirtied };
    if (at - period.from > 1) {
      dirty = period.dirtied / (at - period.from);
      if (period.dirtied > period.sent / 2) count++;
      if (on && count >= periods) {
        throttle = throttle === 0 ? 20 : Math.min(99, throttle + 10);
        count = 0;
      }
      period = { from: at, sent: 0, dirtied: 0 };
    }
    remaining = dirtied;
    passes.push({ at, number, throttle, dirty, sent });
  }
  return { passes, over: at };
}

/** What virsh shows of it each second. */
function sampled({ passes, over }: ReturnType<typeof passesOf>, link: number): Sample[] {
  return Array.from({ length: Math.floor(over) + 1 }, (_, second) => {
    const pass = passes.findLast(({ at }) => at <= second) as Pass;
    return sample('job', second * 1000, {
      live: true,
      via: 'domjobinfo',
      status: 'active',
      throttle_percent: pass.throttle,
      iteration: pass.number,
      dirty_bytes_s: Math.round(pass.dirty * MIB),
      bandwidth_bytes_s: link * MIB,
      memory_processed: Math.round((pass.sent + (second - pass.at) * link) * MIB),
    });
  });
}

function sample(kind: SampleKind, at: number, fields: Fields): Sample {
  const ref = { path: 'samples.txt', line: at + 1, offset: at };
  return { kind, at, host: 'a', domain: null, instance: null, fields, text: '', ref };
}

test("of any guest that QEMU throttles, the job's figures never say that it was not", () => {
  fc.assert(
    fc.property(guests, (guest) => {
      const run = passesOf(guest, true);
      const { shows } = readJob(sampled(run, guest.link), { from: 0, to: run.over * 1000 });
      expect(shows).not.toBe('unthrottled');
      const seen = sampled(run, guest.link).some(({ fields }) => Number(fields.throttle_percent) > 0);
      expect(shows === 'throttled').toBe(seen);
    }),
    { numRuns: 500 },
  );
});

test("of any guest that QEMU leaves alone, the job's figures say that it was not, or nothing", () => {
  let told = 0;
  fc.assert(
    fc.property(guests, (guest) => {
      const run = passesOf(guest, false);
      const { shows, due } = readJob(sampled(run, guest.link), { from: 0, to: run.over * 1000 });
      expect(shows).not.toBe('throttled');
      // Had auto-converge been on, it would have been throttled.
      if (shows === 'unthrottled') {
        told++;
        expect(passesOf(guest, true).passes.some(({ throttle }) => throttle > 0)).toBe(true);
      }
      if (due === 'not due')
        expect(passesOf(guest, true).passes.filter(({ throttle, at }) => throttle > 0 && at < run.over - 5)).toEqual(
          [],
        );
    }),
    { numRuns: 500 },
  );
  expect(told).toBeGreaterThan(50);
});

/** The counters of a vCPU, from 20 s before the start to 60 s after it, by the percent that it ran and slept each second. */
function counters(seconds: readonly (readonly [ran: number, slept: number])[]): Sample[] {
  let [run_ns, wait_ns] = [0, 0];
  return seconds.map(([ran, slept], index) => {
    run_ns += (100 - slept) * ran * 1e5;
    wait_ns += (100 - slept) * (100 - ran) * 1e5;
    return sample('schedstat', (index - 20) * 1000, { vcpu: 0, run_ns, wait_ns, timeslices: index });
  });
}

const span = { from: 0, to: 60_000, untouched: 0 };
const due = { from: 10_000, figures: null };

function vcpuCase(samples: readonly Sample[]): Case {
  const guest = {
    name: 'vm',
    memory_mib: null,
    vcpus: 1,
    block_migration: false,
    workload: { constant: true, cpu_bound: true, dirty_mib_s: null },
  };
  return { samples, guest, migration: { sourceHost: 'a' } } as unknown as Case;
}

test('no starved host looks throttled, whatever it leaves to the guest', () => {
  const share = fc.tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 4 }));
  fc.assert(
    fc.property(fc.array(share, { minLength: 80, maxLength: 80 }), (shares) => {
      expect(readVcpus(vcpuCase(counters(shares)), span, due).shows).toBe('unthrottled');
    }),
  );
});

test('a throttle shows on any host, starved or not, and in any order of the samples', () => {
  const host = fc.record({
    ran: fc.integer({ min: 5, max: 100 }),
    from: fc.integer({ min: 1, max: 40 }),
    step: fc.integer({ min: 2, max: 8 }),
  });
  fc.assert(
    fc.property(host, fc.infiniteStream(fc.nat()), ({ ran, from, step }, order) => {
      const slept = (second: number) =>
        second < from ? 0 : Math.min(99, 20 + 10 * Math.floor((second - from) / step));
      const samples = counters(Array.from({ length: 80 }, (_, index) => [ran, slept(index - 20)] as const));
      const shuffled = samples.map((each) => [order.next().value ?? 0, each] as const).sort((a, b) => a[0] - b[0]);
      const reading = readVcpus(vcpuCase(samples), span, due);
      expect(reading.shows).toBe('throttled');
      expect(readVcpus(vcpuCase(shuffled.map(([, each]) => each)), span, due)).toEqual(reading);
    }),
  );
});

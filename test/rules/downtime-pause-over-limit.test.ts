import { afterEach, describe, expect, test, vi } from 'vitest';
import type { ClockOffset } from '../../src/judgement.ts';
import type { Fields, Sample } from '../../src/model.ts';
import { type Around, Surroundings } from '../../src/surroundings.ts';
import { covered, declaring, type Given, progress, stepLines, VM, verdictOn } from './log-text.ts';

const around = Surroundings.prototype.of;
/** Beside what the logs show: the clocks' offset, samples. */
function seen(more: Partial<Around>): void {
  vi.spyOn(Surroundings.prototype, 'of').mockImplementation(function (this: Surroundings, migration) {
    return { ...around.call(this, migration), ...more };
  });
}
afterEach(() => vi.restoreAllMocks());

const offset = (least_ms: number, most_ms: number, agrees = true): ClockOffset => ({
  from: 'compute-0',
  to: 'compute-1',
  least_ms,
  most_ms,
  pairs: 3,
  agrees,
  evidence: [],
});
const job = (fields: Fields): Sample => ({
  kind: 'job',
  at: Date.UTC(2018, 6, 2, 10, 0, 45),
  host: 'compute-0',
  domain: null,
  instance: VM,
  fields,
  text: 'Total downtime: 1200 ms',
  ref: { path: 'jobs.txt', line: 1, offset: 0 },
});
/** The source says how the guest stopped, the destination resumes it; both with the epochs of libvirt's events, if any. */
const logs = (stopped: string, resumed: string, more = '') => ({
  'compute-0': covered(`10:00:00 INFO manager: Took 3.00 seconds for pre_live_migration on destination host compute-1.
    10:00:01 DEBUG driver: Starting monitoring of live migration
    ${stepLines([1, 50])}
    10:00:30 INFO driver: ${progress(30)}
    ${stopped}
    10:00:41 INFO driver: Migration operation has completed
    10:00:42 INFO manager: Migrating instance to compute-1 finished successfully.`),
  'compute-1': covered(`${resumed}
    10:00:41.500 INFO manager: Post operation of migration started
    ${more}`),
});
const paused = '10:00:38 INFO manager: VM Paused (Lifecycle Event)';
const migrated = '10:00:38 INFO manager: VM Migration completed (Lifecycle Event)';
const resumed = (seconds: string) => `10:00:${seconds} INFO manager: VM Resumed (Lifecycle Event)`;
const epoch = (seconds: number, state: string) =>
  `10:00:41 DEBUG nova.virt.driver: Emitting event <LifecycleEvent: 15305256${seconds.toFixed(2)}, ${VM} => ${state}>`;
const campaign = declaring('upstream', { memory_mib: 2048 });

test.each<[string, 'pass' | 'fail' | 'inconclusive' | 'not-applicable', Given, Partial<Around>]>([
  [
    'a tenth of a second',
    'pass',
    { logs: logs(paused, resumed('38.100')), campaign },
    { clockOffset: offset(-20, 30) },
  ],
  [
    'twice the limit, and half a second more, may be',
    'pass',
    { logs: logs(paused, resumed('38.950')), campaign },
    { clockOffset: offset(-20, 30) },
  ],
  [
    'within what the clocks leave open',
    'inconclusive',
    { logs: logs(paused, resumed('39.010')), campaign },
    { clockOffset: offset(-20, 30) },
  ],
  [
    'over it, but the pause may be a forced completion',
    'inconclusive',
    { logs: logs(paused, resumed('39.500')), campaign },
    { clockOffset: offset(-20, 30) },
  ],
  [
    'over it since the job was over, which no forced completion explains',
    'fail',
    { logs: logs(migrated, resumed('39.500')), campaign },
    { clockOffset: offset(-20, 30) },
  ],
  [
    'not where the offset explains it',
    'inconclusive',
    { logs: logs(migrated, resumed('39.500')), campaign },
    { clockOffset: offset(400, 600) },
  ],
  [
    'an assumed limit never fails',
    'inconclusive',
    { logs: logs(migrated, resumed('39.500')) },
    { clockOffset: offset(-20, 30) },
  ],
  [
    'how long it stood before the job was seen over is not known',
    'inconclusive',
    { logs: logs(migrated, resumed('38.100')), campaign },
    { clockOffset: offset(-20, 30) },
  ],
  [
    'hand-overs that contradict each other bound nothing',
    'inconclusive',
    { logs: logs(migrated, resumed('39.500')), campaign },
    { clockOffset: offset(-20, 30, false) },
  ],
  ['no clocks known', 'inconclusive', { logs: logs(migrated, resumed('39.500')), campaign }, { clockOffset: null }],
  [
    "no line of the source's",
    'inconclusive',
    { logs: logs('', resumed('39.500')), campaign },
    { clockOffset: offset(0, 0) },
  ],
  [
    'libvirt says 1.2 s',
    'fail',
    { logs: logs(paused, resumed('38.100')), campaign },
    { samples: [job({ status: 'completed', total_downtime_ms: 1200 })] },
  ],
  [
    'libvirt says 0.3 s',
    'pass',
    { logs: logs(paused, resumed('39.500')), campaign },
    { samples: [job({ status: 'completed', total_downtime_ms: 300 })] },
  ],
  [
    'a running job tells nothing',
    'inconclusive',
    { logs: logs(paused, resumed('39.500')), campaign },
    { clockOffset: null, samples: [job({ status: 'active', total_downtime_ms: null })] },
  ],
])('%s: %s', async (_what, status, given, more) => {
  seen(more);
  expect(await verdictOn('downtime-pause-over-limit', given)).toMatchObject({ status });
});

describe('by the epochs of libvirt’s events', () => {
  const lines = (from: number, to: number) => logs(epoch(from, 'Paused'), epoch(to, 'Resumed'));
  test.each<[string, string, Given, Partial<Around>]>([
    ['0.09 s', 'pass', { logs: lines(40.01, 40.1), campaign }, {}],
    ['2 s, which may be a forced completion', 'inconclusive', { logs: lines(40, 42), campaign }, {}],
    [
      '0.99 s by clocks that are half a second apart',
      'inconclusive',
      { logs: lines(40, 40.99), campaign },
      { clockOffset: offset(-500, 500) },
    ],
  ])('%s: %s', async (_what, status, given, more) => {
    seen(more);
    const verdict = await verdictOn('downtime-pause-over-limit', given);
    expect(verdict).toMatchObject({ status, message: expect.stringContaining('stood for') });
    expect(verdict.evidence).toHaveLength(2);
  });

  test('as far as the campaign allows the clocks to be off', async () => {
    const { novatrail, ...rest } = JSON.parse(campaign);
    const declared = JSON.stringify({ novatrail, ...rest, hosts: { 'compute-1': { clock_error_ms: 20 } } });
    const { message } = await verdictOn('downtime-pause-over-limit', { logs: lines(40, 40.1), campaign: declared });
    expect(message).toContain('stood for 80 to 120 ms');
  });
});

test('a guest that stayed did not stand', async () => {
  const log = covered(`10:00:01 DEBUG driver: Starting monitoring of live migration
    10:00:30 INFO driver: ${progress(30)}
    10:00:41 ERROR driver: Migration operation has aborted`);
  expect(await verdictOn('downtime-pause-over-limit', { logs: { a: log }, campaign })).toMatchObject({
    status: 'not-applicable',
  });
});

test('the message tells the limit and what QEMU may exceed it by', async () => {
  seen({ clockOffset: offset(-20, 30) });
  const given = { logs: logs(migrated, resumed('39.500')), campaign };
  expect((await verdictOn('downtime-pause-over-limit', given)).message).toBe(
    "the guest stood for at least 1470 ms; the limit is 500 ms (the profile's default), 1000 ms with what QEMU may exceed it by",
  );
});

import { describe, expect, test } from 'vitest';
import type { Sample } from '../../src/model.ts';
import { recorded, recordingsWith, samplesOf, throttleAfter, truthOf, VM } from './recordings.ts';

const read = (folder: string, file: string) =>
  samplesOf([recorded(folder, file)], { instance: VM, date: '2026-11-22' });

test('there are recordings with and without throttling', () => {
  const folders = recordingsWith('README');
  expect(folders.length).toBeGreaterThanOrEqual(10);
  expect(folders.filter((folder) => truthOf(folder).steps.length > 0).length).toBeGreaterThan(3);
  expect(folders.filter((folder) => truthOf(folder).steps.length === 0).length).toBeGreaterThan(2);
});

describe.each(recordingsWith('query-migrate.jsonl'))('%s', (folder) => {
  const samples = read(folder, 'query-migrate.jsonl');

  test('query-migrate: the status and the throttle change when its README says', () => {
    const text = recorded(folder, 'query-migrate.jsonl').toString('utf8');
    const failed = [...text.matchAll(/"ts": ?"([^"]+)","reply":\{"error"/g)].map(([, time = '']) => Date.parse(time));
    const expected = truthOf(folder).changes.filter(({ at }) => !failed.includes(at));
    expect(changesOf(samples)).toEqual(expected);
  });

  test('query-migrate: every sample is of the instance and has its line', () => {
    const lines = recorded(folder, 'query-migrate.jsonl').toString('utf8').split('\n');
    for (const sample of samples) {
      expect(sample).toMatchObject({ kind: 'job', instance: VM, domain: null, text: lines[sample.ref.line - 1] });
    }
  });
});

describe.each(recordingsWith('table.txt'))('%s', (folder) => {
  test('query-migrate: the figures are those of its table', () => {
    const samples = read(folder, 'query-migrate.jsonl');
    const rows = tableOf(folder);
    const errors = rows.length - samples.length;
    expect(errors).toBeGreaterThanOrEqual(0);
    expect(samples.map(figuresOf)).toEqual(rows.slice(0, samples.length));
  });
});

describe.each(recordingsWith('domjobinfo.txt'))('%s', (folder) => {
  test.each([
    ['domjobinfo.txt', 1500],
    ['domjobinfo-rawstats.txt', 1500],
    ['libvirtd-hostA.log.gz', 100],
  ])('%s: each live sample shows what QEMU did then', (file, tolerance_ms) => {
    const { steps } = truthOf(folder);
    const samples = read(folder, file).filter(({ fields }) => fields.live === true && fields.status === 'active');
    expect(samples.length).toBeGreaterThan(5);
    for (const { at, fields } of samples) {
      const least = steps.filter((step) => step <= at - tolerance_ms).length;
      const most = steps.filter((step) => step <= at + tolerance_ms).length;
      const allowed = Array.from({ length: most - least + 1 }, (_, more) => throttleAfter(least + more));
      expect(allowed, new Date(at).toISOString()).toContain(fields.throttle_percent);
    }
  });

  test('domjobinfo: a sample names its guest, and quotes its header and the telling line', () => {
    const samples = read(folder, 'domjobinfo.txt');
    const lines = recorded(folder, 'domjobinfo.txt').toString('utf8').split('\n');
    for (const { domain, ref, text, fields } of samples) {
      expect(domain).toBe('instance-0000002a');
      const shown = fields.throttle_percent === 0 || fields.throttle_percent === null ? 'Job type:' : 'Auto converge';
      expect(lines[ref.line - 1]).toMatch(new RegExp(`^${shown}`));
      expect(text).toContain(lines[ref.line - 1]?.trim());
      expect(text).toMatch(/^### \S+Z virsh domjobinfo instance-0000002a rc=0 \| /);
    }
  });

  test('the destination and what has ended give no live sample', () => {
    expect(read(folder, 'domjobinfo-dst.txt').filter(({ fields }) => fields.live !== false)).toEqual([]);
    const ended = read(folder, 'domjobinfo-completed.txt');
    for (const { fields } of ended) expect(fields).toMatchObject({ live: false, throttle_percent: null });
  });

  test("libvirtd's log: one sample a reply, in the order of time", () => {
    const text = recorded(folder, 'libvirtd-hostA.log.gz').toString('utf8');
    const replies = text.match(
      /QEMU_MONITOR_RECV_REPLY: mon=\S+ reply=\{"return": \{(?:"expected-downtime"|"status")/g,
    );
    const samples = read(folder, 'libvirtd-hostA.log.gz');
    expect(samples).toHaveLength(replies?.length ?? -1);
    expect(samples.map(({ at }) => at)).toEqual(samples.map(({ at }) => at).sort((a, b) => a - b));
  });
});

describe.each(recordingsWith('top.txt'))('%s', (folder) => {
  const top = read(folder, 'top.txt');
  const times = read(folder, 'schedstat.txt');

  test('top and schedstat go side by side, a second apart', () => {
    const text = recorded(folder, 'top.txt').toString('utf8');
    expect(top).toHaveLength(text.match(/ CPU 0\/TCG$/gm)?.length ?? -1);
    expect(times).toHaveLength(recorded(folder, 'schedstat.txt').toString('utf8').trim().split('\n').length);
    expect(Math.abs((top[0]?.at ?? 0) - (times[0]?.at ?? 0))).toBeLessThan(2500);
    for (const [index, sample] of top.entries()) {
      expect(sample).toMatchObject({ kind: 'vcpu', instance: VM, fields: { vcpu: 0 } });
      if (index > 0) expect(sample.at - (top[index - 1]?.at ?? 0)).toBeLessThan(5000);
    }
  });

  test('run and wait times only grow', () => {
    for (const [index, { fields }] of times.entries()) {
      const before = times[index - 1]?.fields ?? fields;
      for (const name of ['run_ns', 'wait_ns', 'timeslices'])
        expect(Number(fields[name])).toBeGreaterThanOrEqual(Number(before[name]));
    }
  });
});

function changesOf(samples: readonly Sample[]) {
  const seen = samples.map(({ at, fields }) => {
    const throttle = fields.throttle_percent === 0 ? null : fields.throttle_percent;
    return { at, status: fields.status, throttle };
  });
  return seen.filter(({ status, throttle }, index) => {
    const before = seen[index - 1];
    return before === undefined || before.status !== status || before.throttle !== throttle;
  });
}

const ROW = /^([\d:.]+) (\S+) .* thr= (\w+) sync (\w+) rem ([\d.]+)M dpr (\w+) \(([\d.]+)M\/s\) .* ed (\w+) dt (\w+)$/;

/** The table cuts what is longer. */
const LONGEST_STATUS = 9;

interface Figures {
  readonly at: string;
  readonly status: unknown;
  readonly throttle: unknown;
  readonly iteration: unknown;
  readonly remaining_mib: string;
  readonly expected_ms: unknown;
  readonly total_ms: unknown;
}

/** The table prints 0 and None for what a record does not say. */
function tableOf(folder: string): Figures[] {
  const rows = recorded(folder, 'table.txt').toString('utf8').split('\n');
  const number = (text = 'None') => (text === 'None' ? null : Number(text));
  return rows.flatMap((row) => {
    const [, at = '', status, throttle, sync, remaining = '', , , expected, total] = ROW.exec(row) ?? [];
    if (status === undefined) return [];
    return [
      {
        at,
        status: status === '-' ? 'none' : status,
        throttle: number(throttle),
        iteration: number(sync),
        remaining_mib: remaining,
        expected_ms: number(expected),
        total_ms: number(total),
      },
    ];
  });
}

function figuresOf({ at, fields }: Sample): Figures {
  return {
    at: new Date(at).toISOString().slice(11, 21),
    status: String(fields.status).slice(0, LONGEST_STATUS),
    throttle: fields.throttle_percent === 0 ? null : fields.throttle_percent,
    iteration: fields.iteration,
    remaining_mib: (Number(fields.memory_remaining) / 1048576).toFixed(1),
    expected_ms: fields.expected_downtime_ms,
    total_ms: fields.total_downtime_ms,
  };
}

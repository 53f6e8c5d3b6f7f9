import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { audited, folderWith, logPath } from './running.ts';

const VM = '07b5842b-6324-4de0-973e-6d0ff18ef574';
/** What each recording holds, by the kind of evidence; domjobinfo and libvirtd's log only where there were two libvirtds. */
const KINDS = {
  domjobinfo: ['domjobinfo.txt'],
  rawstats: ['domjobinfo-rawstats.txt'],
  'query-migrate': ['query-migrate.jsonl'],
  "libvirtd's log": ['libvirtd-hostA.log.gz'],
  schedstat: ['schedstat.txt'],
  top: ['top.txt'],
  all: [
    'domjobinfo.txt',
    'domjobinfo-rawstats.txt',
    'domjobinfo-completed.txt',
    'query-migrate.jsonl',
    'schedstat.txt',
    'top.txt',
  ],
};
type Kind = keyof typeof KINDS;
const JOB: readonly Kind[] = ['domjobinfo', 'rawstats', 'query-migrate', "libvirtd's log", 'all'];

/** What the traces of QEMU say, and where the vCPUs' samples are too few or too ambiguous to say the same. */
const THROTTLED: Readonly<Record<string, readonly Kind[]>> = {
  'lv-a-ac-on-hard-suspend': ['top'],
  'lv-d-ac-on-hard-abort': ['top'],
  'lv-e-ac-on-completes': ['top'],
  'q-a-ac-on-hard-forcestop': [],
  'q-h-ac-on-mid-throttled': ['top'],
  'starved/q-a-ac-on-hard-forcestop': ['top'],
};
const UNTHROTTLED: Readonly<Record<string, readonly Kind[]>> = {
  'lv-b-ac-off-hard-abort': ['schedstat', 'top'],
  'q-b-ac-off-hard-cancel': ['top'],
  'starved/q-b-ac-off-hard-cancel': ['top'],
};
const IDLE = 'lv-c-ac-on-idle';

describe('a throttled guest is found so, with every kind of evidence that can tell', () => {
  test.each(cases(THROTTLED))('$recording, only $kind: $status', async ({ recording, kind, status }) => {
    const { verdict, verdicts } = await judged(recording, kind);
    expect(verdict).toMatchObject({ rule: 'throttle-missing', status });
    if (JOB.includes(kind)) expect(verdicts('throttle-out-of-pattern')).toMatchObject({ status: 'pass' });
    expect(verdicts('throttle-not-released').status).not.toBe('fail');
  });
});

describe('a guest that is not throttled while auto-converge is off passes as such', () => {
  test.each(cases(UNTHROTTLED))('$recording, only $kind: $status', async ({ recording, kind, status }) => {
    const { verdict, verdicts } = await judged(recording, kind);
    expect(verdict).toMatchObject({ rule: 'throttle-while-disabled', status });
    if (status === 'pass') expect(verdict.message).toContain('not throttled while off');
    expect(verdicts('throttle-missing')).toMatchObject({ status: 'not-applicable' });
  });

  test.each(cases(UNTHROTTLED))(
    '$recording, only $kind: had it been on, nothing else would be said',
    async ({ recording, kind, status }) => {
      const { verdict } = await judged(recording, kind, { expected: true });
      expect(verdict).toMatchObject({ rule: 'throttle-missing', status: status === 'pass' ? 'fail' : 'inconclusive' });
    },
  );
});

test.each(cases(THROTTLED))(
  '$recording, only $kind: had auto-converge been off, it fails or nothing is said',
  async ({ recording, kind, status }) => {
    const { verdict } = await judged(recording, kind, { expected: false });
    const weak = kind === 'top';
    expect(verdict).toMatchObject({
      rule: 'throttle-while-disabled',
      status: status === 'pass' && !weak ? 'fail' : 'inconclusive',
    });
  },
);

test.each(kindsOf(IDLE))('an idle guest needs no throttling, and looks slow to nobody: only %s', async (kind) => {
  const { verdict } = await judged(IDLE, kind);
  expect(verdict).toMatchObject({ status: 'inconclusive' });
  if (JOB.includes(kind)) expect(verdict.message).toContain('throttling was not needed');
});

test.each(Object.keys({ ...THROTTLED, ...UNTHROTTLED }))(
  '%s: without samples nothing is said of the throttle',
  async (recording) => {
    const { verdict } = await judged(recording, null);
    expect(verdict).toMatchObject({
      status: 'inconclusive',
      message: expect.stringMatching(/collect virsh domjobinfo|no sample shows/),
    });
  },
);

function cases(truth: Readonly<Record<string, readonly Kind[]>>): { recording: string; kind: Kind; status: string }[] {
  return Object.entries(truth).flatMap(([recording, unable]) =>
    kindsOf(recording).map((kind) => ({ recording, kind, status: unable.includes(kind) ? 'inconclusive' : 'pass' })),
  );
}

function kindsOf(recording: string): Kind[] {
  return (Object.keys(KINDS) as Kind[]).filter((kind) =>
    KINDS[kind].some((file) => existsSync(logPath(`qemu/${recording}/${file}`))),
  );
}

/** Audits a nova log around the recording's times with its samples; the verdict of the rule that is about its throttle. */
async function judged(recording: string, kind: Kind | null, { expected = !recording.includes('ac-off') } = {}) {
  const files = (kind === null ? [] : KINDS[kind]).filter((file) => existsSync(logPath(`qemu/${recording}/${file}`)));
  const campaign = {
    novatrail: 1,
    profile: 'upstream',
    defaults: { auto_converge: expected },
    instances: { vm: { id: VM, domain: 'instance-0000002a', workload: { constant: true, cpu_bound: true } } },
    samples: files.map((file) => ({
      path: logPath(`qemu/${recording}/${file}`),
      instance: 'vm',
      host: 'compute-0',
      date: '2026-11-22',
    })),
  };
  const folder = folderWith({
    'campaign.yaml': JSON.stringify(campaign),
    'compute-0/nova-compute.log': novaLog(recording),
  });
  const { migrations } = await audited([folder]);
  expect(migrations).toHaveLength(1);
  const verdicts = (rule: string) => {
    const found = migrations[0]?.verdicts.find((each) => each.rule === rule);
    if (found === undefined) throw new Error(`no verdict of ${rule}`);
    return found;
  };
  return { verdict: verdicts(expected ? 'throttle-missing' : 'throttle-while-disabled'), verdicts };
}

interface Ram {
  readonly transferred: number;
  readonly remaining: number;
  readonly total: number;
}

/** What nova would have logged: from virsh's start on its progress line each 5 s (DEBUG), with the bytes that QEMU told. */
function novaLog(recording: string): string {
  const readme = readFileSync(logPath(`qemu/${recording}/README`), 'utf8');
  const start = Date.parse(/(\S+Z) (?:virsh migrate start|migrate uri)/.exec(readme)?.[1] ?? '');
  const [, over = '', outcome] = /^states:.* (\S+Z) (completed|cancelled)$/m.exec(readme) ?? [];
  const end = Date.parse(over);
  const replies = readFileSync(logPath(`qemu/${recording}/query-migrate.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { ts: string; reply: { return?: { ram?: Ram } } });
  const progress: string[] = [];
  for (let at = start + 500; at < end; at += 5000) {
    const ram = replies.findLast(({ ts }) => Date.parse(ts) <= at)?.reply.return?.ram;
    const { transferred, remaining, total } = ram ?? { transferred: 0, remaining: 0, total: 0 };
    const secs = Math.floor((at - start) / 1000);
    const bytes = `(bytes processed=${transferred}, remaining=${remaining}, total=${total})`;
    progress.push(
      line(
        at,
        'DEBUG',
        'virt.libvirt.driver',
        `Migration running for ${secs} secs, memory 10% remaining ${bytes}; disk 0% remaining (bytes processed=0, remaining=0, total=0).`,
      ),
    );
  }
  const ends =
    outcome === 'completed'
      ? [
          line(end + 10, 'INFO', 'compute.manager', 'VM Paused (Lifecycle Event)'),
          line(end + 300, 'INFO', 'virt.libvirt.driver', 'Migration operation has completed'),
        ]
      : [line(end + 300, 'WARNING', 'virt.libvirt.driver', 'Migration operation was cancelled')];
  return [
    line(start - 60_000, 'INFO', 'compute.manager', 'Took 1.20 seconds to spawn the instance on the hypervisor.'),
    line(start, 'DEBUG', 'virt.libvirt.driver', 'Starting monitoring of live migration'),
    ...progress,
    ...ends,
    line(end + 120_000, 'INFO', 'compute.manager', 'Took 0.40 seconds to destroy the instance on the hypervisor.'),
  ].join('');
}

function line(at: number, level: string, logger: string, message: string): string {
  const time = new Date(at).toISOString().replace('T', ' ').replace('Z', '');
  return `${time} 23695 ${level} nova.${logger} [None req-59082551-1600-414a-89ae-e9cf6b978d7d - - - - - -] [instance: ${VM}] ${message}\n`;
}

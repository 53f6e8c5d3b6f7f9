import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Stamp } from '../../src/model.ts';
import { parseBare, parseHeader, parseOuter } from '../../src/parse/header.ts';

interface Sample {
  readonly at: number;
  readonly rule: string;
  readonly line: string;
  readonly expected: Record<string, unknown> | null;
}

const readers = { Bare: parseBare, Outer: parseOuter };
const samples = readSamples(readFileSync(new URL('../../parsers/oslo-log.peggy', import.meta.url), 'utf8'));

describe('samples of the grammar', () => {
  test.each(samples)('line $at ($rule): $line', ({ rule, line, expected }) => {
    const read = rule in readers ? readers[rule as keyof typeof readers] : parseHeader;
    const got = read(line);
    if (expected === null) expect(got).toBeNull();
    else expect(got === null ? null : { ...got, stamp: printed(got.stamp) }).toMatchObject(expected);
  });
});

test('every rule that stands for a variant has samples', () => {
  const sampled = new Set(samples.map((sample) => sample.rule));
  for (const rule of [
    'Line',
    'Stamped',
    'Swapped',
    'Libvirt',
    'Unstamped',
    'Inside',
    'Outer',
    'Syslog',
    'Rfc5424',
    'Twice',
  ]) {
    expect(sampled).toContain(rule);
  }
  for (const rule of ['Compose', 'FileName', 'Grep', 'OnlyTag', 'Bare']) expect(sampled).toContain(rule);
});

const REAL: readonly (readonly [string, Record<string, unknown>])[] = [
  [
    '2015-10-29 10:51:58.432 21476 DEBUG nova.openstack.common.service [-] libvirt.live_migration_flag    = VIR_MIGRATE_LIVE log_opt_values /usr/lib/python2.7/site-packages/oslo/config/cfg.py:2004',
    { message: 'libvirt.live_migration_flag    = VIR_MIGRATE_LIVE', pid: 21476 },
  ],
  ['2015-10-29 10:52:36.051 hp-ms-01-c29 DEBUG starting migration to c29', { message: 'starting migration to c29' }],
  [
    'INFO os_vif [req-a4498d64-47bb-491f-adde-effccaba43f0] Successfully plugged vif VIFOpenVSwitch\r',
    { stamp: null, logger: 'os_vif', message: 'Successfully plugged vif VIFOpenVSwitch' },
  ],
  ['\ufeff2014-04-16 21:24:27.067 8915 INFO nova.virt.driver [-] x', { pid: 8915, message: 'x' }],
  [
    '2025-04-30 13:11:48.184 117662 ERROR nova.virt.libvirt.driver [None req-4856de26-8128-4079-a229-b04674fced35 - - - - - -] [instance: 45cc9aa4-eafd-4fa4-babe-68f3d9fca7cf] Migration operation has aborted',
    { requestId: 'req-4856de26-8128-4079-a229-b04674fced35', message: 'Migration operation has aborted' },
  ],
  [
    '2023-01-24 01:05:42.399 1214121 ERROR nova.virt.libvirt.driver [req-78337918-e580-4b64-ac73-227fb24c19b2 7a5e20f2d1fc4af18f959a4666c2265c b07f32d8f1f84ba7bbe821ee7fa4f09a - f750199c451f432f9d615a147744f4f5 f750199c451f432f9d615a147744f4f5] [instance: 3c70bf83-694d-4bff-a2c9-c6d50cf15c62] Migration operation has aborted',
    { instance: '3c70bf83-694d-4bff-a2c9-c6d50cf15c62', exception: false },
  ],
  [
    '2024-05-01 09:00:42.480 \x1b[00;32mDEBUG nova.virt.libvirt.migration [\x1b[01;36mNone req-b5e0225f-eff0-4e8c-beb9-09e171bbf0a1 \x1b[00;36madmin admin\x1b[00;32m] \x1b[01;35m[instance: 0074bfa3-32f4-49e7-8663-425b256d6ff3] \x1b[00;32mDowntime does not need to change\x1b[00m \x1b[00;33m{{(pid=7004) update_downtime /opt/stack/nova/nova/virt/libvirt/migration.py:520}}\x1b[00m',
    { pid: 7004, requestId: 'req-b5e0225f-eff0-4e8c-beb9-09e171bbf0a1', message: 'Downtime does not need to change' },
  ],
  [
    'May 01 09:00:07 compute-0 nova-compute[12]: 2024-05-01 13:00:07.001 2 ERROR nova.compute.manager [instance: 0074bfa3-32f4-49e7-8663-425b256d6ff3] Traceback (most recent call last):',
    { exception: true, tag: 'nova-compute[12]', pid: 2 },
  ],
];

test.each(REAL)('accepts %s', (line, expected) => {
  expect(parseHeader(line)).toMatchObject(expected);
});

test.each([
  '',
  '   ',
  'second line of the message',
  'RuntimeError: Cannot plug VIF vif_type=ovs',
  '    raise RuntimeError("Live migration not completed after 180 sec ERROR ")',
  '2024-05-01 09:00:07.923+0000: initiating migration',
  '2018-07-02T14:00:00.123456Z qemu-kvm: Unable to read from socket: ERROR ',
  ' (qemu) info migrate',
  'Jul 11 18:10:59 np0004787595 systemd[1]: Created slice Slice /system/systemd-coredump.',
  'Jul 11 18:10:59 np0004787595 kernel: device tap38ce0ca4-3a left promiscuous mode',
  'Migration info for <domain-uid>:',
  '# grep WARNING.*d1df1b5a-70c4-4fed-98b7-423362f2c47c /var/log/nova/nova-compute.log',
  'cloud-hypervisor:  12.702682s: <vmm> DEBUG:vmm/src/lib.rs:1313 -- Precopy: iter=0',
  '1. Increasing downtime to 714 ms after 0 sec elapsed time',
])('rejects %j', (line) => {
  expect(parseHeader(line)).toBeNull();
});

test('the suffix of a debug line is kept at other levels', () => {
  const line = '2024-05-01 09:00:07.923 7 INFO nova.x [-] failed in foo /usr/lib/x.py:12';
  expect(parseHeader(line)?.message).toBe('failed in foo /usr/lib/x.py:12');
});

test('a long message is kept whole', () => {
  const long = 'x '.repeat(5000).trim();
  expect(parseHeader(`2024-05-01 09:00:07.923 7 INFO nova.x [-] ${long}`)?.message).toBe(long);
});

test('nothing makes it throw', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '2024-05-01 09:00:07.923 ',
      '7 ',
      'ERROR ',
      'nova.x ',
      '[',
      '[-] ',
      '[instance: ',
      ']',
      '\x1b[0m',
      'a: ',
      '<1>1 ',
      'x.log ',
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join('');
      parseHeader(text);
      parseOuter(text);
      expect(parseBare(text).message.length).toBeLessThanOrEqual(text.length);
    }),
    { numRuns: 3000 },
  );
  for (const text of ['root: '.repeat(200_000), '['.repeat(200_000), ' '.repeat(200_000), 'ERROR '.repeat(200_000)]) {
    expect(() => [parseHeader(text), parseOuter(text), parseBare(text)]).not.toThrow();
  }
});

function readSamples(grammar: string): Sample[] {
  const lines = grammar.split('\n');
  return lines.flatMap((text, index) => {
    if (!text.startsWith('// > ')) return [];
    const expected = lines[index + 1] ?? '';
    if (!expected.startsWith('// = ')) throw new Error(`line ${index + 2}: a sample without an expectation`);
    const rule = lines.slice(index).map((line) => /^([A-Z]\w*)(?:$| =)/.exec(line)?.[1]);
    return [
      {
        at: index + 1,
        rule: rule.find((name) => name !== undefined) ?? '',
        line: text.slice(5),
        expected: JSON.parse(expected.slice(5)),
      },
    ];
  });
}

function printed(stamp: Stamp): string | null {
  if (stamp === null) return null;
  if ('epoch_ms' in stamp) return `@${stamp.epoch_ms}`;
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${stamp.year}-${two(stamp.month)}-${two(stamp.day)}`;
  const time = `${two(stamp.hour)}:${two(stamp.minute)}:${two(stamp.second)}.${String(stamp.ms).padStart(3, '0')}`;
  const zone = stamp.zone_minutes === null ? '' : ` ${stamp.zone_minutes < 0 ? '' : '+'}${stamp.zone_minutes}`;
  return `${day} ${time}${zone}`;
}

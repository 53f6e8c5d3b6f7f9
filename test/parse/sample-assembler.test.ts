import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assemblerFor, recorded, samplesIn, samplesOf, VM } from './recordings.ts';

const AT = Date.UTC(2026, 10, 22, 6, 55, 46);
const HEADER = '### 2026-11-22T06:55:46Z virsh domjobinfo instance-0000002a rc=0\n';
const RUNNING = 'Job type:         Unbounded   \nOperation:        Outgoing migration\nMemory total:     512.508 MiB\n';
const REPLY = { status: 'active', 'cpu-throttle-percentage': 20, ram: { total: 537403392, 'dirty-sync-count': 3 } };
const LOG = '2026-11-22 06:55:46.000+0000: 16795: ';
const MON = '0x7f7fb80048b0';

const received = (answer: object, id: number, monitor = MON) =>
  `${LOG}info : qemuMonitorJSONIOProcessLine:208 : QEMU_MONITOR_RECV_REPLY: mon=${monitor} reply=${JSON.stringify({ return: answer, id: `libvirt-${id}` })}\n`;
const entered = (domain: string, monitor = MON) =>
  `${LOG}debug : qemuDomainObjEnterMonitorInternal:6107 : Entering monitor (mon=${monitor} vm=0x7f0fde1e6600 name=${domain})\n`;

describe('a block of domjobinfo', () => {
  test('without the line is not throttled, with it is', () => {
    expect(samplesIn(HEADER + RUNNING)).toMatchObject([{ at: AT, fields: { live: true, throttle_percent: 0 } }]);
    expect(samplesIn(`${HEADER}${RUNNING}Auto converge throttle: 20           \n`)).toMatchObject([
      {
        kind: 'job',
        domain: 'instance-0000002a',
        fields: { throttle_percent: 20, via: 'domjobinfo', status: 'active', memory_total: 537403589 },
        ref: { line: 5, offset: HEADER.length + RUNNING.length },
      },
    ]);
  });

  test.each([
    ['B', '0.000 B', 0],
    ['KiB', '4.500 KiB', 4608],
    ['MiB', '22.652 MiB', 23752344],
    ['GiB', '1.990 GiB', 2136746230],
    ['TiB', '2.000 TiB', 2 * 1024 ** 4],
  ])('has amounts in %s', (_, amount, bytes) => {
    expect(samplesIn(`${HEADER}${RUNNING}Memory remaining: ${amount}\n`)).toMatchObject([
      { fields: { memory_remaining: bytes } },
    ]);
  });

  test.each([
    ['an error', 'error: failed to get domain\n'],
    ['a job that is no migration', 'Job type:         Unbounded   \nOperation:        Snapshot\n'],
    ['nothing', ''],
  ])('with %s is no sample', (_, text) => {
    expect(samplesIn(HEADER + text)).toEqual([]);
  });

  test.each([
    ['no job', 'virsh domjobinfo x', 'Job type: None\n', 'none'],
    [
      'a job that ended before',
      'virsh domjobinfo x --completed',
      RUNNING.replace('Unbounded', 'Completed'),
      'completed',
    ],
    ['the destination', 'virsh domjobinfo x', RUNNING.replace('Outgoing', 'Incoming'), 'active'],
  ])('with %s is not live, and shows no throttle', (_, command, text, status) => {
    expect(samplesIn(`### 2026-11-22T06:55:46Z ${command}\n${text}`)).toMatchObject([
      { fields: { live: false, status, throttle_percent: null } },
    ]);
  });

  test('that ended just now shows that the throttle is released', () => {
    expect(samplesIn(`${HEADER}Job type:         Cancelled   \nOperation:        Outgoing migration\n`)).toMatchObject([
      { fields: { live: true, status: 'cancelled', throttle_percent: 0 } },
    ]);
  });

  test.each([
    ['virsh -r domjobinfo --rawstats instance-0000002a', { domain: 'instance-0000002a', instance: null }],
    [`virsh domjobinfo ${VM}`, { domain: null, instance: VM }],
    ['virsh domjobinfo 7', { domain: null, instance: null }],
    ['virsh domjobinfo 7 domain=instance-0000002a host=compute-0', { domain: 'instance-0000002a', host: 'compute-0' }],
  ])('of `%s` names its guest', (command, guest) => {
    expect(samplesIn(`### 2026-11-22T06:55:46Z ${command} rc=0\n${RUNNING}`)).toMatchObject([guest]);
  });

  test('under a time that does not exist is no sample', () => {
    expect(samplesIn(HEADER.replace('-22T', '-42T') + RUNNING)).toEqual([]);
  });
});

test('an instance that is declared for a file is the guest that it names first, not the others', () => {
  const second = HEADER.replace('2a', '2b');
  expect(samplesIn(HEADER + RUNNING + second + RUNNING + HEADER + RUNNING, { instance: VM })).toMatchObject([
    { domain: 'instance-0000002a', instance: VM },
    { domain: 'instance-0000002b', instance: null },
    { domain: 'instance-0000002a', instance: VM },
  ]);
});

describe("libvirtd's log", () => {
  test('a reply is of the guest whose monitor was entered, also when an address is used again', () => {
    const text = `${entered('instance-0000002a')}${received(REPLY, 1)}${entered('instance-0000002b')}${received(REPLY, 1)}`;
    expect(samplesIn(text)).toMatchObject([
      { domain: 'instance-0000002a', fields: { via: 'query-migrate', throttle_percent: 20, iteration: 3 } },
      { domain: 'instance-0000002b' },
    ]);
  });

  test('a reply that is logged twice is one sample, of the line that came first', () => {
    const json = JSON.stringify({ return: REPLY, id: 'libvirt-7' });
    const buffer = `${LOG}debug : qemuMonitorIOProcess:396 : QEMU_MONITOR_IO_PROCESS: mon=${MON} buf=${json} len=312\n`;
    const again = `${LOG}debug : qemuMonitorJSONIOProcessLine:189 : Line [${json}]\n`;
    expect(samplesIn(buffer + again + received(REPLY, 7))).toMatchObject([{ ref: { line: 1 } }]);
    expect(samplesIn(received(REPLY, 7) + received(REPLY, 8))).toHaveLength(2);
  });

  test('the order of keys does not matter', () => {
    const turned = Object.fromEntries(Object.entries(REPLY).reverse());
    const [one, other] = [samplesIn(received(REPLY, 1)), samplesIn(received(turned, 1))];
    expect(one).toHaveLength(1);
    expect(other.map(({ fields }) => fields)).toEqual(one.map(({ fields }) => fields));
  });

  test.each([
    ['parameters', { 'cpu-throttle-initial': 20, 'cpu-throttle-increment': 10, 'max-cpu-throttle': 99 }],
    ['the state of the guest', { status: 'running', singlestep: false, running: true }],
    ['a command that only does something', {}],
  ])('a reply with %s is no sample', (_, answer) => {
    expect(samplesIn(received(answer, 1))).toEqual([]);
  });

  test('the destination answers without memory, and is not live', () => {
    expect(samplesIn(received({ status: 'active' }, 1))).toMatchObject([
      { fields: { live: false, throttle_percent: null } },
    ]);
  });

  test('as its daemon writes it to the journal', () => {
    const line = `Jul 11 18:10:59 np0004787595 virtqemud[129507]: QEMU_MONITOR_RECV_REPLY: mon=${MON} reply=${JSON.stringify({ return: REPLY })}\n`;
    expect(samplesIn(line)).toMatchObject([
      { at: Date.UTC(2026, 6, 11, 18, 10, 59), host: 'np0004787595', fields: { throttle_percent: 20 } },
    ]);
  });

  test('an instance that is declared for it is the first monitor without a name', () => {
    const text =
      entered('instance-0000002a', '0x1') +
      received(REPLY, 1, '0x1') +
      received(REPLY, 1, '0x2') +
      received(REPLY, 1, '0x3');
    expect(samplesIn(text, { instance: VM })).toMatchObject([
      { domain: 'instance-0000002a', instance: null },
      { domain: null, instance: VM },
      { domain: null, instance: null },
    ]);
  });

  test('the answer of 2016, from a gate job', () => {
    const line = `2016-01-26 10:30:51.199+0000: 8590: debug : qemuMonitorIOProcess:396 : QEMU_MONITOR_IO_PROCESS: mon=0x7f1e0c00db30 buf={"return": {"expected-downtime": 106, "status": "active", "setup-time": 2, "total-time": 6613, "ram": {"total": 67776512, "remaining": 323584, "mbps": 95.288421, "transferred": 82742303, "duplicate": 4631, "dirty-pages-rate": 310, "skipped": 0, "normal-bytes": 83189760, "normal": 20310}}, "id": "libvirt-144"} len=312\n`;
    expect(samplesIn(line)).toMatchObject([
      {
        at: Date.UTC(2016, 0, 26, 10, 30, 51, 199),
        fields: {
          live: true,
          throttle_percent: 0,
          iteration: null,
          dirty_bytes_s: null,
          bandwidth_bytes_s: 11911053,
          memory_remaining: 323584,
          elapsed_ms: 6613,
          expected_downtime_ms: 106,
        },
      },
    ]);
  });
});

test('a guest that lines give both its names is learnt', () => {
  const assembler = assemblerFor({});
  const lines = [
    `error: Domain not found: no domain with matching uuid '${VM}' (instance-0000002a)`,
    `${LOG}error : qemuDomainObjFromDomain:248 : Domain not found: no domain with matching uuid '${VM}' (instance-0000002b)`,
    `${LOG}debug : virCommandRunAsync:2429 : About to run /usr/libexec/qemu-kvm -name guest=instance-0000002c,debug-threads=on -S -uuid ${VM} -smp 1`,
  ];
  for (const [index, text] of lines.entries())
    assembler.take({ text, line: index + 1, offset: index, end: index + 1, terminated: true });
  expect([...assembler.guests.values()]).toEqual(
    ['a', 'b', 'c'].map((letter) => ({ domain: `instance-0000002${letter}`, instance: VM })),
  );
});

const top = (time: string, cpu = 50) =>
  `top - ${time} up  1:09,  0 user,  load average: 1.77, 2.37, 2.45\n16798 root      39  19 1865756  57400  22708 R  ${cpu}.0   0.2   0:00.10 CPU 0/KVM\n`;

describe('top', () => {
  test('prints no date: the day is that of the file, and one more after midnight', () => {
    const text = top('23:59:59') + top('00:00:00', 40) + top('23:59:59', 30) + top('00:00:01', 20);
    const samples = samplesIn(text, { date: '2026-12-31' });
    expect(samples.map(({ at, fields }) => [new Date(at).toISOString(), fields.cpu_percent])).toEqual([
      ['2026-12-31T23:59:59.000Z', 50],
      ['2027-01-01T00:00:00.000Z', 40],
      ['2026-12-31T23:59:59.000Z', 30],
      ['2027-01-01T00:00:01.000Z', 20],
    ]);
  });

  test('in one block counts on from its header, whatever zone its clock shows', () => {
    const text = `### 2026-11-22T22:59:59.500Z top -H -b -n 2 domain=instance-0000002a\n${top('23:59:59')}${top('00:00:00')}`;
    expect(samplesIn(text)).toMatchObject([
      { at: Date.UTC(2026, 10, 22, 22, 59, 59, 500), domain: 'instance-0000002a' },
      { at: Date.UTC(2026, 10, 22, 23, 0, 0, 500), domain: 'instance-0000002a' },
    ]);
  });

  test('without a day gives no sample, and is counted', () => {
    const assembler = assemblerFor({});
    const lines = (top('23:59:59') + top('00:00:00')).trimEnd().split('\n');
    const samples = lines.flatMap((text, index) =>
      assembler.take({ text, line: index + 1, offset: index, end: index + 1, terminated: true }),
    );
    expect(samples).toEqual([]);
    expect(assembler).toMatchObject({ undated: 2, recognised: 4 });
  });

  test("libvirt's daemon is of the host, not of a guest", () => {
    const row = '2213 root      20   0 1543.2m  33.8m  17.9m S  12.3   0.2   4:11.09 libvirtd\n';
    expect(samplesIn(`### 2026-11-22T06:55:46Z top -b host=compute-0\n${row}`, { instance: VM })).toMatchObject([
      { kind: 'libvirtd', host: 'compute-0', domain: null, instance: null, fields: { cpu_percent: 12.3 } },
    ]);
  });
});

test('of connections those of libvirt count', () => {
  const rows = ['10.0.0.3:49152 10.0.0.4:43210', '10.0.0.3:22 10.0.0.9:50000', '[fd00::3]:38412 [fd00::4]:16514'];
  const text = rows.map((sockets) => `ESTAB 0 0 ${sockets.replace(' ', '   ')}\n`).join('');
  expect(samplesIn(`### 2026-11-22T06:55:46Z ss -tn host=compute-0\n${text}`)).toMatchObject([
    { kind: 'flow', host: 'compute-0', fields: { state: 'ESTAB', local_port: 49152, peer_address: '10.0.0.4' } },
    { kind: 'flow', fields: { local_address: 'fd00::3', peer_port: 16514 } },
  ]);
});

test('schedstat: lines with a time, and in blocks', () => {
  const block = '### 2026-11-22T06:55:47Z schedstat 16794 domain=instance-0000002a rc=0\nvcpu=1 5 6 7\n';
  expect(samplesIn(`2026-11-22T06:55:46Z 1 2 3 load=1.77\n4 5 6\n${block}`, { instance: VM })).toMatchObject([
    { kind: 'schedstat', at: AT, fields: { vcpu: null, run_ns: 1, wait_ns: 2, timeslices: 3 } },
    { kind: 'schedstat', at: AT + 1000, domain: 'instance-0000002a', fields: { vcpu: 1, run_ns: 5 } },
  ]);
});

describe('whatever bytes come', () => {
  const files = ['domjobinfo.txt', 'domjobinfo-rawstats.txt', 'top.txt', 'query-migrate.jsonl'];
  const bytes = Buffer.concat(files.map((file) => recorded('lv-c-ac-on-idle', file)));
  const log = recorded('lv-c-ac-on-idle', 'libvirtd-hostA.log.gz');

  test.each([
    ['files', bytes],
    ["libvirtd's log", log],
  ])('%s cut anywhere give the same samples', (_, whole) => {
    const expected = samplesOf([whole], { date: '2026-11-22' });
    expect(expected.length).toBeGreaterThan(10);
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 20 }), (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), whole.length];
        const blocks = places.slice(1).map((end, index) => whole.subarray(places[index], end));
        expect(samplesOf(blocks, { date: '2026-11-22' })).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });

  test('damaged bytes do no harm: samples have a time and stand where they say', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 200 }), (damage) => {
        const hurt = Buffer.from(bytes);
        for (const [place, byte] of damage) hurt[place] = byte;
        for (const { at, ref, fields } of samplesOf([hurt], { date: '2026-11-22' })) {
          expect(Number.isSafeInteger(at)).toBe(true);
          expect(hurt.subarray(0, ref.offset).toString('latin1').split('\n')).toHaveLength(ref.line);
          for (const value of Object.values(fields)) if (typeof value === 'number') expect(value).toBeLessThan(1e300);
        }
      }),
      { numRuns: 20 },
    );
  });

  test('any text gives samples or none, never an error', () => {
    const pieces = fc.constantFrom(
      '### ',
      '2026-11-22T06:55:46Z ',
      'Job type: ',
      '{"return":',
      '"status"',
      'top - ',
      'QEMU_MONITOR_RECV_REPLY: mon=0x1 reply=',
      ' -name ',
      ' -uuid ',
      LOG,
      '{}',
      '\n',
      '99999999999999999999 ',
      '\0',
      '\u{1f600}',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 60 }), (parts) => {
        expect(Array.isArray(samplesIn(parts.join('')))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('lines of a megabyte of what rules begin with are read through once', () => {
    for (const piece of [
      ' -name ',
      ' -uuid -name ',
      '1:',
      ' ',
      '"status"',
      'a/',
      'QEMU_MONITOR_IO_PROCESS: mon=0x1 buf= len=',
    ]) {
      expect(samplesIn(`${piece.repeat(Math.ceil(1_000_000 / piece.length))}\n`)).toEqual([]);
    }
  });
});

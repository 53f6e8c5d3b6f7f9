import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogLine, LogRecord } from '../../src/model.ts';
import { fullMessage, hasHeaders, RecordAssembler } from '../../src/parse/assemble.ts';

const UUID = '19769f20-7b42-4c72-a682-94aefa4c74b8';
const STAMP = '2024-05-01 09:00:50.771 34211';
const info = (message: string) => `${STAMP} INFO nova.compute.manager [-] [instance: ${UUID}] ${message}`;
const error = (message: string) => `${STAMP} ERROR nova.virt.libvirt.driver [-] [instance: ${UUID}] ${message}`;
const quoted = (text: string) => `${STAMP} ERROR nova.compute.manager [instance: ${UUID}] ${text}`;

test('a traceback that quotes a message is no record', () => {
  const trace = [
    quoted('Traceback (most recent call last):'),
    quoted('    LOG.warning("Live migration not completed after 180 sec")'),
    quoted('Live migration not completed after 180 sec'),
    quoted(''),
  ];
  const records = assemble([
    error('Failed to allocate network(s): E: x'),
    'Live migration not completed after 180 sec',
    ...trace,
    info('VM Paused'),
  ]);
  expect(records.map((record) => record.message)).toEqual(['Failed to allocate network(s): E: x', 'VM Paused']);
  expect(records[0]!.detail).toEqual(['Live migration not completed after 180 sec', ...trace]);
  expect(fullMessage(records[0]!)).toBe(
    'Failed to allocate network(s): E: x\nLive migration not completed after 180 sec',
  );
});

test('what belongs to no record is none', () => {
  const assembler = new RecordAssembler({ bare: false });
  for (const line of numbered([
    'Live migration not completed after 180 sec',
    quoted('Live migration not completed'),
    '',
  ])) {
    expect(assembler.take(line)).toBeNull();
    expect(assembler.open).toBe(false);
  }
  expect(assembler.flush()).toBeNull();
});

test('a message goes on over a line that begins with a time', () => {
  const more = '2018-07-02T14:00:00.123456Z qemu-kvm: terminating on signal 15: libvirt.libvirtError: internal error';
  const [record, ...others] = assemble([
    error('Live Migration failure: internal error: qemu unexpectedly closed the monitor:'),
    more,
  ]);
  expect(others).toEqual([]);
  expect(fullMessage(record!)).toBe(
    `Live Migration failure: internal error: qemu unexpectedly closed the monitor:\n${more}`,
  );
});

test('a record has its place, its line and no more fields than its kind', () => {
  const lines = numbered([info('first'), 'second', info('x'.repeat(2000))]);
  const [first, last] = run(lines, false);
  expect(first).toEqual({
    stamp: { year: 2024, month: 5, day: 1, hour: 9, minute: 0, second: 50, ms: 771, zone_minutes: null },
    host: null,
    level: 'INFO',
    logger: 'nova.compute.manager',
    pid: 34211,
    requestId: null,
    instance: UUID,
    message: 'first',
    detail: ['second'],
    text: lines[0]!.text,
    line: 1,
    offset: 0,
    end: lines[1]!.end,
  });
  expect(last!.text).toHaveLength(1000);
  expect(last!.message).toHaveLength(2000);
});

describe('lines of several programs in one file', () => {
  const nova = 'Jul 11 18:10:59 compute-0 nova_compute[7]: ';
  const other = 'Jul 11 18:10:59 compute-0 systemd[1]: ';

  test('syslog: only lines of the same program belong to a record', () => {
    const lines = [
      nova + error('Live Migration failure: x'),
      `${other}Created slice`,
      `${nova}second line`,
      `${nova}${quoted('Traceback')}`,
      '  indented',
    ];
    const [record, ...others] = assemble([
      ...lines,
      `Jul 11 18:10:59 compute-1 nova_compute[7]: third line`,
      `${other}Started`,
    ]);
    expect(others).toEqual([]);
    expect(record!.detail).toEqual(['second line', lines[3], '  indented']);
    expect(record!.end).toBe(lines.join('\n').length + 1);
  });

  test("a merger's: a traceback of the other host is left out", () => {
    const at = (host: string, rest: string) => `2015-10-29 10:53:06.399000 [${host}] 21476 ERROR nova.x ${rest}`;
    const [record] = assemble([
      at('A', '[-] failed'),
      at('B', 'Traceback (most recent call last):'),
      at('A', 'Traceback: mine'),
    ]);
    expect(record!.detail).toEqual([at('A', 'Traceback: mine')]);
  });

  test('a plain file may hold what looks like syslog', () => {
    const [record] = assemble([error('Live Migration failure: x'), `${other}Created slice`]);
    expect(record!.detail).toEqual([`${other}Created slice`]);
  });

  test('JSON: a record of its own, with message and traceback', () => {
    const line = {
      name: 'nova.x',
      levelname: 'ERROR',
      msg: 'a\nb',
      args: [],
      created: 1,
      traceback: ['Traceback (most recent call last):', 'E: x'],
    };
    const [record, ...others] = assemble([JSON.stringify(line), JSON.stringify({ body: 'dhclient[664]: x' })]);
    expect(others).toEqual([]);
    expect(record).toMatchObject({
      message: 'a',
      detail: ['b', 'Traceback (most recent call last):', 'E: x'],
      stamp: { epoch_ms: 1000 },
    });
    expect(fullMessage(record!)).toBe('a\nb');
  });

  test('containers: lines that continue lose their wrapping', () => {
    const cri = (text: string) => `2024-05-01T09:00:00.123456789Z stdout F ${text}`;
    expect(assemble([cri(error('a')), cri('b')])[0]!.detail).toEqual(['b']);
    const trace = quoted('Traceback (most recent call last):');
    const [record] = assemble([cri(error('a')), cri('b'), cri(trace), cri('c')]);
    expect(record!.detail).toEqual(['b', trace, 'c']);
    expect(fullMessage(record!)).toBe('a\nb');
    const docker = (log: string) => JSON.stringify({ log: `${log}\n`, stream: 'stderr' });
    expect(assemble([docker(error('a')), docker('b')])[0]!.detail).toEqual(['b']);
  });
});

describe('texts without headers', () => {
  test('each line is a record, until a header is seen', () => {
    const lines = [
      '1. Increasing downtime to 50 ms after 0 sec elapsed time',
      '',
      '   WARNING nova.x [-] Live migration not completed',
      info('x'),
      'more',
      'still more',
    ];
    const records = run(numbered(lines), true);
    expect(records.map((record) => record.message)).toEqual([
      'Increasing downtime to 50 ms after 0 sec elapsed time',
      'Live migration not completed',
      'x',
    ]);
    expect(records[2]!.detail).toEqual(['more', 'still more']);
  });

  test.each([
    [`${info('x')}\n`, true],
    [`second line\n${quoted('x')}\n`, true],
    [`${JSON.stringify({ name: 'nova.x', levelname: 'INFO', message: 'x' })}\n`, true],
    [`2024-05-01T09:00:00.123456789Z stdout P ${info('x')}\n`, true],
    [info('x'), false],
    ['1. Increasing downtime\n2. Increasing downtime\n', false],
    ['   WARNING nova.x [req-...] [instance: ...]\n   live migration not completed after 1800 sec\n', false],
    ['{"a": 1}\n', false],
    ['', false],
  ])('hasHeaders(%j)', (head, expected) => {
    expect(hasHeaders(head)).toBe(expected);
  });
});

describe('bounds', () => {
  test('a record closes after two hundred lines', () => {
    const assembler = new RecordAssembler({ bare: false });
    const closed = numbered([info('x'), ...Array.from({ length: 300 }, (_, index) => `line ${index}`)]).map((line) =>
      assembler.take(line),
    );
    expect(closed.findIndex((record) => record !== null)).toBe(200);
    expect(closed[200]!.detail).toHaveLength(200);
    expect(closed.filter((record) => record !== null)).toHaveLength(1);
    expect(assembler.open).toBe(false);
  });

  test('it closes among the lines of other programs too', () => {
    const others = Array.from({ length: 200 }, () => 'Jul 11 18:10:59 compute-0 systemd[1]: Created slice');
    const assembler = new RecordAssembler({ bare: false });
    const [head, ...rest] = numbered([`Jul 11 18:10:59 compute-0 nova[1]: ${info('x')}`, ...others]);
    assembler.take(head!);
    expect(rest.map((line) => assembler.take(line)).at(-1)).toMatchObject({ detail: [], end: head!.end });
  });

  test('long lines do not add up', () => {
    const [record] = assemble([info('x'), ...Array.from({ length: 150 }, () => 'y'.repeat(10_000))]);
    expect(record!.detail.join('').length).toBeLessThanOrEqual(64 * 1024);
  });

  test('any lines: no throw, places in order, nothing kept beyond the bounds', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        info('a'),
        error('b'),
        quoted('c'),
        '',
        '{"log":"x","stream":"stdout"}',
        '{"MESSAGE":[1,2]}',
        `<13>Jul 11 18:10:59 a b[1]: ${info('d')}`,
      ),
    );
    fc.assert(
      fc.property(fc.array(text, { maxLength: 60 }), fc.boolean(), (texts, bare) => {
        const records = run(numbered(texts), bare);
        let last = -1;
        for (const record of records) {
          expect(record.offset).toBeGreaterThan(last);
          expect(record.end).toBeGreaterThan(record.offset);
          expect(record.text.length).toBeLessThanOrEqual(1000);
          expect(fullMessage(record).startsWith(record.message)).toBe(true);
          last = record.offset;
        }
      }),
      { numRuns: 1000 },
    );
  });
});

function assemble(texts: readonly string[]): LogRecord[] {
  return run(numbered(texts), false);
}

function run(lines: readonly LogLine[], bare: boolean): LogRecord[] {
  const assembler = new RecordAssembler({ bare });
  const closed = lines.map((line) => assembler.take(line));
  return [...closed, assembler.flush()].filter((record) => record !== null);
}

function numbered(texts: readonly string[]): LogLine[] {
  let offset = 0;
  return texts.map((text, index) => {
    const start = offset;
    offset += text.length + 1;
    return { text, line: index + 1, offset: start, end: offset, terminated: true };
  });
}

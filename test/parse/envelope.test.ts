import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unwrap } from '../../src/parse/envelope.ts';

const UUID = 'd885bbac-8804-4e5f-9221-b5a22155a41c';
const REQUEST = 'req-d9b34904-52a1-44b6-90b9-c4a42bf2bc98';
const OSLO = {
  message: 'Verkürze auf 50 ms: libvirt.libvirtError: x',
  asctime: '2024-05-01 09:00:02',
  name: 'nova.virt.libvirt.migration',
  msg: 'Increasing downtime to %(downtime)d ms after %(waittime)d sec elapsed time',
  args: { downtime: 50, waittime: 0 } as unknown,
  levelname: 'INFO',
  created: 1714554002.9788132,
  process: 16977,
  traceback: null as unknown,
  hostname: 'compute-0',
  context: { request_id: REQUEST } as unknown,
  extra: { instance: { uuid: UUID } } as unknown,
};
const LINE = `2024-05-01 05:00:00.120 2 INFO nova.compute.manager [-] [instance: ${UUID}] VM Paused (Lifecycle Event)`;

describe("oslo's JSONFormatter", () => {
  test('a record with its typed arguments', () => {
    expect(unwrap(JSON.stringify(OSLO))).toEqual({
      kind: 'header',
      detail: [],
      text: JSON.stringify(OSLO),
      header: {
        stamp: { epoch_ms: 1714554002978.8132 },
        host: 'compute-0',
        level: 'INFO',
        logger: 'nova.virt.libvirt.migration',
        pid: 16977,
        requestId: REQUEST,
        instance: UUID,
        message: 'Increasing downtime to 50 ms after 0 sec elapsed time',
        tag: null,
        exception: false,
      },
    });
  });

  test.each([
    ['uuid of its own', { extra: { instance_uuid: UUID } }, UUID],
    ['a string', { extra: { instance: UUID } }, UUID],
    ['in brackets', { extra: { instance: `[instance: ${UUID}] ` } }, UUID],
    ['in the message', { extra: {}, msg: `[instance: ${UUID}] x`, args: [] }, UUID],
    ['nowhere', { extra: null }, null],
    ['nonsense', { extra: { instance: 5, instance_uuid: {} } }, null],
  ])('instance: %s', (_name, change, expected) => {
    expect(read({ ...OSLO, ...change })).toMatchObject({ instance: expected });
  });

  test.each([
    ['wrong count', { msg: '%s and %s', args: ['a'] }, OSLO.message],
    [
      'an exception',
      { msg: 'Live Migration failure: %s', args: ["libvirtError('canceled by \\'client\\'')"] },
      "Live Migration failure: canceled by 'client'",
    ],
    ['no arguments', { msg: '100%', args: [] }, '100%'],
    ['no format', { msg: null }, OSLO.message],
  ])('message: %s', (_name, change, expected) => {
    expect(read({ ...OSLO, ...change })).toMatchObject({ message: expected });
  });

  test('a traceback, as a list and as a string, and further lines of the message', () => {
    const lines = ['Traceback (most recent call last):', '  File "x.py", line 1, in y', 'RuntimeError: z'];
    for (const traceback of [lines, lines.join('\n')]) {
      const got = unwrap(JSON.stringify({ ...OSLO, msg: 'first\nsecond', args: [], traceback }));
      expect(got).toMatchObject({ header: { message: 'first' }, detail: ['second', ...lines] });
    }
  });

  test('its printed time where it has no epoch', () => {
    expect(read({ ...OSLO, created: 'x' })).toMatchObject({ stamp: { year: 2024, hour: 9, zone_minutes: null } });
  });
});

test("oslo's FluentFormatter", () => {
  const line = {
    message: 'VM Paused (Lifecycle Event): E: x',
    time: '2024-05-01T09:00:02.123',
    name: 'nova.x',
    level: 'WARNING',
  };
  const more = {
    lineno: 7,
    hostname: 'h',
    error_summary: 'E: x',
    context: { request_id: REQUEST },
    extra: { instance: { uuid: UUID } },
  };
  const expected = {
    message: 'VM Paused (Lifecycle Event)',
    level: 'WARNING',
    logger: 'nova.x',
    host: 'h',
    requestId: REQUEST,
    instance: UUID,
  };
  expect(read({ ...line, ...more })).toMatchObject({ ...expected, stamp: { ms: 123 } });
});

describe('the journal', () => {
  const journal = {
    _HOSTNAME: 'compute-0',
    __REALTIME_TIMESTAMP: '1714554002978813',
    _PID: '77',
    SYSLOG_IDENTIFIER: 'nova-compute',
  };

  test('a message that is a line of oslo', () => {
    expect(read({ ...journal, MESSAGE: LINE })).toMatchObject({
      stamp: { hour: 5 },
      host: 'compute-0',
      pid: 2,
      instance: UUID,
    });
  });

  test('a coloured message without a time, as bytes', () => {
    const message = `\x1b[00;36mINFO nova.x [\x1b[00;36m-\x1b[00;36m] \x1b[01;35m\x1b[00;36mVM Paused\x1b[00m`;
    const bytes = [...new TextEncoder().encode(message)];
    const expected = {
      stamp: { epoch_ms: 1714554002978.813 },
      level: 'INFO',
      message: 'VM Paused',
      tag: 'nova-compute[77]',
    };
    expect(read({ ...journal, MESSAGE: bytes })).toMatchObject(expected);
  });

  test('fields of its own', () => {
    const fields = { MESSAGE: `[instance: ${UUID}] x`, LOGGER_NAME: 'nova.x', PRIORITY: '4', REQUEST_ID: REQUEST };
    const expected = { logger: 'nova.x', level: 'WARNING', requestId: REQUEST, instance: UUID, message: 'x', pid: 77 };
    expect(read({ ...journal, ...fields })).toMatchObject(expected);
    expect(read({ ...journal, ...fields, LOGGER_LEVEL: 'DEBUG' })).toMatchObject({ level: 'DEBUG' });
  });

  test("another program's line is loose", () => {
    const got = unwrap(JSON.stringify({ ...journal, MESSAGE: 'Created slice' }));
    expect(got).toEqual({
      kind: 'loose',
      text: 'Created slice',
      wrapped: true,
      host: 'compute-0',
      tag: 'nova-compute[77]',
    });
  });
});

describe('lines in other containers', () => {
  const keedio = { severity: '3', hostname: 'poc-rhlogs', timestamp: '2016-02-20 06:36:14.702' };
  const expected = {
    stamp: { hour: 5, zone_minutes: null },
    instance: UUID,
    pid: 2,
    message: 'VM Paused (Lifecycle Event)',
  };

  test.each([
    ['docker', JSON.stringify({ log: `${LINE}\n`, stream: 'stderr', time: '2024-05-01T09:00:00.1Z' }), { host: null }],
    ['CRI', `2024-05-01T09:00:00.123456789Z stderr F ${LINE}`, { host: null }],
    [
      'CRI around JSON',
      `2024-05-01T09:00:00.123456789+00:00 stdout F ${JSON.stringify({ log: LINE })}`,
      { host: null },
    ],
    ['a collector', ` ${JSON.stringify({ ...keedio, body: `root: ${LINE}` })}`, { host: 'poc-rhlogs', tag: 'root' }],
    ['fluent-bit', JSON.stringify({ log: LINE, kubernetes: { host: 'node-1' } }), { host: 'node-1' }],
    ['filebeat', JSON.stringify({ message: LINE, host: { name: 'node-1' } }), { host: 'node-1' }],
    [
      'syslog around JSON',
      `Jul 11 18:10:59 node-1 nova[7]: ${JSON.stringify({ message: LINE })}`,
      { host: 'node-1', tag: 'nova[7]' },
    ],
  ])('%s', (_name, text, more) => {
    expect(unwrap(text)).toMatchObject({ kind: 'header', header: { ...expected, ...more } });
  });

  test('the outer time where the inner line has none', () => {
    const text = 'INFO nova.compute.manager [-] x';
    expect(unwrap(`2024-05-01T09:00:00.123456789Z stderr F ${text}`)).toMatchObject({
      header: { stamp: { ms: 123, zone_minutes: 0 } },
    });
    const docker = JSON.stringify({ log: text, stream: 'stderr', time: '2024-05-01T09:00:00.1Z' });
    expect(unwrap(docker)).toMatchObject({ header: { stamp: { ms: 100, zone_minutes: 0 } } });
  });

  test.each([
    [
      JSON.stringify({ ...keedio, body: 'dhclient[664]: DHCPREQUEST on eth0' }),
      { tag: 'dhclient[664]', host: 'poc-rhlogs' },
    ],
    [JSON.stringify({ ...keedio, body: 'este json debe fallar' }), { tag: null, host: 'poc-rhlogs' }],
    ['{"message": "cut off', { wrapped: false, text: '{"message": "cut off' }],
    ['{"a": 1}', { wrapped: false }],
  ])('loose: %s', (text, loose) => {
    expect(unwrap(text)).toMatchObject({ kind: 'loose', ...loose });
  });

  test('any JSON gives something', () => {
    const key = fc.constantFrom(
      'message',
      'msg',
      'args',
      'name',
      'levelname',
      'level',
      'MESSAGE',
      'log',
      'stream',
      'time',
      'context',
      'extra',
      'traceback',
      'created',
      'body',
      'lineno',
      'LOGGER_NAME',
      '_PID',
    );
    const value = fc.oneof(fc.jsonValue(), fc.string(), fc.constantFrom(LINE, '%s %d', '{"log":"x"}'));
    fc.assert(
      fc.property(fc.dictionary(key, value), (object) => {
        expect(unwrap(JSON.stringify(object)).kind).toMatch(/header|loose/);
      }),
      { numRuns: 3000 },
    );
    const nested = Array.from({ length: 50 }).reduce<string>(
      (text) => JSON.stringify({ message: text.slice(0, 5000) }),
      LINE,
    );
    expect(() => unwrap(nested)).not.toThrow();
  });
});

function read(object: object): unknown {
  const got = unwrap(JSON.stringify(object));
  return got.kind === 'header' ? got.header : got;
}

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode, encode, idOf, type Message } from '../../src/fleet/message.ts';
import { nameOf, nodeOf, PARTITIONS, partitionOf, subjectOf, tokenOf } from '../../src/fleet/subject.ts';
import { uuid } from '../sample-log.ts';

const EVENT: Message = {
  v: 1,
  log: 'abc',
  reading: 1_700_000_000_000,
  kind: 'log',
  path: '/var/log/nova/nova-compute.log',
  host: 'compute-0',
  type: 'event',
  fact: {
    ...{ offset: 10, line: 2, at: 1_700_000_000_123, host: 'compute-0', level: 'INFO', logger: 'nova', pid: 7 },
    ...{ request_id: 'req-1', instance: uuid(1), type: 'downtime-step', fields: { downtime_ms: 50, elapsed_s: 0 } },
    text: 'the line',
  },
};

describe('subjects', () => {
  test('any name is one token, and can be read back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const token = tokenOf(name);
        expect(token).toMatch(/^[\w=-]+$/);
        expect(nameOf(token)).toBe(Buffer.from(name, 'utf8').toString('utf8'));
      }),
    );
  });

  test('two names never share a token', () => {
    const names = ['compute-0', 'compute_0', 'compute.0', 'compute=0', 'compute=2E0', 'Compute-0', 'ordinateur-é', ''];
    expect(new Set(names.map(tokenOf)).size).toBe(names.length);
    expect(tokenOf('compute-0.example.org')).toBe('compute-0=2Eexample=2Eorg');
  });

  test.each([
    ['novatrail.v1.r.3.compute-0.event', 'compute-0'],
    ['novatrail.v1.r.3.compute-0=2Eorg.event', 'compute-0.org'],
    ['novatrail.v2.r.3.compute-0.event', null],
    ['novatrail.v1.r.3.compute-0', null],
    ['novatrail.v1.r.3.compute-0.event.more', null],
    ['novatrail.v1.r.3.a=2e.event', null],
    ['novatrail.v1.r.3.a=41.event', null],
    ['', null],
  ])('%s is published by %s', (subject, node) => {
    expect(nodeOf(subject)).toBe(node);
  });

  test('an instance has one partition, and instances spread over all', () => {
    const found = Array.from({ length: 400 }, (_, index) => partitionOf(uuid(index)));
    expect(new Set(found).size).toBe(PARTITIONS);
    expect(partitionOf(uuid(5))).toBe(found[5]);
    expect(partitionOf(null)).toBe('all');
    expect(subjectOf({ region: 'a.b', node: 'n 1' }, null, 'source')).toBe('novatrail.v1.a=2Eb.all.n=201.source');
  });
});

describe('messages', () => {
  test('come out as they went in', () => {
    expect(decode(encode(EVENT))).toEqual(EVENT);
  });

  test('have the same id whenever they are made, and another where the fact is another', () => {
    expect(idOf('compute-0', EVENT)).toBe(idOf('compute-0', decode(encode(EVENT)) as Message));
    const others: Message[] = [
      { ...EVENT, log: 'abd' },
      { ...EVENT, reading: EVENT.reading + 1 },
      { ...EVENT, fact: { ...EVENT.fact, offset: 11 } },
    ] as Message[];
    const ids = [...others.map((each) => idOf('compute-0', each)), idOf('compute-1', EVENT), idOf('compute-0', EVENT)];
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('whatever comes instead of one is none', () => {
    const anything = fc.oneof(fc.string(), fc.json());
    fc.assert(
      fc.property(anything, (data) => {
        expect(decode(data)).toBeNull();
      }),
    );
  });

  test.each<[string, (message: Record<string, unknown>) => void]>([
    ['another version', (message) => Object.assign(message, { v: 2 })],
    ['a type nobody knows', (message) => Object.assign(message, { type: 'surprise' })],
    ['no offset', (message) => Reflect.deleteProperty(message.fact as object, 'offset')],
    ['an offset that is none', (message) => Object.assign(message.fact as object, { offset: -1 })],
    ['a time in words', (message) => Object.assign(message.fact as object, { at: 'noon' })],
    ['a number that is too large', (message) => Object.assign(message.fact as object, { at: 2 ** 60 })],
    ['fields that are a list', (message) => Object.assign(message.fact as object, { fields: [1] })],
  ])('%s is refused', (_, change) => {
    const message = JSON.parse(encode(EVENT)) as Record<string, unknown>;
    change(message);
    expect(decode(JSON.stringify(message))).toBeNull();
  });

  test('however long a line was, a broker takes the message', () => {
    const fact = { ...EVENT.fact, text: '\u0001'.repeat(2_000_000), fields: { error: '"'.repeat(2_000_000) } };
    expect(Buffer.byteLength(encode({ ...EVENT, fact } as Message))).toBeLessThan(1024 * 1024);
  });
});

import { expect, test } from 'vitest';
import type { FileFacts, Fleet } from '../../src/judgement.ts';
import { logCutOff } from '../../src/rules/log-cut-off.ts';

const AT = Date.UTC(2024, 4, 1, 9);

test.each<[string, FileFacts['lost'], string]>([
  ['nothing known of it', [{ from: 10, to: null, after: null, before: null }], 'after byte 10 lines may be missing'],
  [
    'from when on',
    [{ from: 10, to: null, after: AT, before: null }],
    'after byte 10 lines may be missing, written after 2024-05-01T09:00:00.000Z',
  ],
  [
    'up to when',
    [{ from: 10, to: 20, after: null, before: AT }],
    'from byte 10 to 20 lines may be missing, written before 2024-05-01T09:00:00.000Z',
  ],
  [
    'in between',
    [{ from: 10, to: null, after: AT, before: AT + 1 }],
    'after byte 10 lines may be missing, written after 2024-05-01T09:00:00.000Z and before 2024-05-01T09:00:00.001Z',
  ],
])('%s', (_what, lost, message) => {
  expect(logCutOff.check(fleet(lost))).toEqual([{ status: 'fail', message: `nova-compute.log: ${message}` }]);
});

test('a whole file is no matter of it', () => {
  expect(logCutOff.check(fleet([]))).toEqual([]);
});

function fleet(lost: FileFacts['lost']): Fleet {
  const file = {
    path: 'nova-compute.log',
    host: null,
    events: 1,
    timedEvents: 1,
    unmatched: 0,
    firstUnmatched: [],
    stepsBack: [],
    lost,
  };
  const others = {
    profile: null,
    migrations: [],
    tests: [],
    hosts: [],
    offsets: [],
    clockError_ms: () => 0,
    instances: [],
    conf: [],
  };
  return { ...others, files: [file] };
}

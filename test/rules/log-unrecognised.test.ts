import { expect, test } from 'vitest';
import { findingsOf, forkProgress, nova } from './log-text.ts';

const known = `10:00:01 INFO driver: ${forkProgress(0.5)}`;

test.each<[string, 'pass' | 'fail', string]>([
  ['every message is known', 'pass', known],
  ['a new wording', 'fail', '10:00:30 INFO driver: Live migration is 40 per cent done'],
  ['of the migration module', 'fail', '10:00:30 WARNING migration: Migration entered the post-switchover phase'],
  ['at DEBUG it is no loss', 'pass', '10:00:30 DEBUG driver: Live migration is 40 per cent done'],
  ['of another module', 'pass', '10:00:30 INFO manager: Live migration is 40 per cent done'],
  ['of another service', 'pass', '10:00:30 INFO neutron.agent.migration: Live migration is 40 per cent done'],
  ['only the logger speaks of migrations', 'pass', '10:00:30 INFO migration: Something else'],
  [
    'in a traceback',
    'pass',
    `10:00:30 ERROR driver: Failed to do something\n  File "nova/virt/libvirt/migration.py", line 7, in live_migration`,
  ],
])('%s: %s', async (_what, status, text) => {
  const findings = await findingsOf('log-unrecognised', { logs: { a: nova(`${known}\n${text}`) } });
  expect(findings).toMatchObject([{ rule: 'log-unrecognised', status, severity: 'note' }]);
});

test('a file without a line about a migration is not judged', async () => {
  const findings = await findingsOf('log-unrecognised', { logs: { a: nova('10:00:30 INFO manager: Something else') } });
  expect(findings).toMatchObject([{ rule: 'log-unrecognised', status: 'not-applicable' }]);
});

test('each file has its own verdict, with at most five of the lines', async () => {
  const news = Array.from(
    { length: 7 },
    (_, turn) => `10:00:${10 + turn} INFO driver: Live migration is ${turn} per cent done`,
  );
  const findings = await findingsOf('log-unrecognised', { logs: { a: nova(news.join('\n')), b: nova(known) } });
  expect(findings.map(({ status, evidence }) => [status, evidence.length])).toEqual([
    ['fail', 5],
    ['pass', 0],
  ]);
  expect(findings[0]?.message).toMatch(/nova-compute\.log: 7 records about migrations/);
});

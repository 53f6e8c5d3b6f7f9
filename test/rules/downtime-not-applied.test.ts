import { expect, test } from 'vitest';
import { covered, type Given, nova, stepLines, verdictOn } from './log-text.ts';

const refused = (ms: number) =>
  `10:00:1${ms % 10} WARNING migration: Unable to increase max downtime to ${ms}ms: Requested operation is not valid: domain is not being migrated`;
const body = (more: string) => `10:00:00 INFO driver: Starting monitoring of live migration
  ${stepLines([0, 50])}
  ${more}
  10:00:40 INFO driver: Migration operation has completed`;

test.each<[string, 'pass' | 'fail' | 'inconclusive', Given]>([
  ['libvirt refused a step', 'fail', { logs: { a: covered(body(refused(95))) } }],
  ['even where the log covers no more', 'fail', { logs: { a: nova(body(refused(95))) } }],
  ['it refused none', 'pass', { logs: { a: covered(body('')) } }],
  ['none in the part of the log that is there', 'inconclusive', { logs: { a: nova(body('')) } }],
])('%s: %s', async (_what, status, given) => {
  expect(await verdictOn('downtime-not-applied', given)).toMatchObject({ status });
});

test('the verdict says what libvirt said, and how often', async () => {
  const given = { logs: { a: covered(body(`${refused(95)}\n${refused(96)}`)) } };
  const { message, evidence } = await verdictOn('downtime-not-applied', given);
  expect(message).toBe(
    'libvirt refused 95 ms (and 1 more): Requested operation is not valid: domain is not being migrated',
  );
  expect(evidence).toHaveLength(2);
});

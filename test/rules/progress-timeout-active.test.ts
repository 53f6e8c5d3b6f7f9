import { expect, test } from 'vitest';
import { covered, declaring, forkProgress, type Given, nova, progress, verdictOn } from './log-text.ts';

const STUCK = '10:03:00 WARNING migration: Live migration stuck for 150 sec';
const body = (more: string, message = forkProgress) => `10:00:00 INFO driver: ${message(0)}
  10:02:30 INFO driver: ${message(150)}
  ${more}
  10:03:01 ERROR driver: Migration operation has aborted`;
const upstream = (defaults = {}) => declaring('upstream', null, defaults);

test.each<[string, 'pass' | 'fail' | 'inconclusive', Given]>([
  ['the fork, where it is off', 'fail', { logs: { a: covered(body(STUCK)) }, flags: { profile: 'stx-2018' } }],
  [
    'the fork, where it is declared on',
    'pass',
    { logs: { a: covered(body(STUCK)) }, campaign: declaring('stx-2018', {}, { progress_timeout: 150 }) },
  ],
  ['a fork that is only assumed', 'inconclusive', { logs: { a: covered(body(STUCK)) } }],
  [
    'upstream declares 0',
    'fail',
    { logs: { a: covered(body(STUCK, progress)) }, campaign: upstream({ progress_timeout: 0 }) },
  ],
  [
    'upstream declares 150',
    'pass',
    { logs: { a: covered(body(STUCK, progress)) }, campaign: upstream({ progress_timeout: 150 }) },
  ],
  [
    'upstream until Newton has it on by default',
    'inconclusive',
    { logs: { a: covered(body(STUCK, progress)) }, campaign: upstream() },
  ],
  ['no such line', 'pass', { logs: { a: covered(body('')) } }],
  ['no such line in what is there', 'inconclusive', { logs: { a: nova(body('')) } }],
])('%s: %s', async (_what, status, given) => {
  expect(await verdictOn('progress-timeout-active', given)).toMatchObject({ status });
});

import { expect, test } from 'vitest';
import { covered, declaring, forkProgress, type Given, progress, verdictOn } from './log-text.ts';

const KEY = 'hw:wrs:live_migration_tunnel';
const log = (message: string, before = '') =>
  covered(`${before}
    10:00:00 INFO driver: Starting monitoring of live migration
    10:00:10 INFO driver: ${message}
    10:01:00 INFO driver: Migration operation has completed`);
const memory = log(progress(10));
const disks = log(progress(10).replace('processed=0, remaining=0, total=0', 'processed=1, remaining=2, total=3'));
const forkMemory = log(
  forkProgress(10),
  '10:00:00 INFO driver(no instance): libvirt_tunnel enabled for this migration',
);
const forkDisks = log(
  forkProgress(10).replace(
    '(1600 MiB processed, 900 MiB remaining, 4112 MiB total); memory bandwidth',
    '(1700 MiB processed, 1900 MiB remaining, 9112 MiB total); memory bandwidth',
  ),
  '10:00:00 INFO driver(no instance): libvirt_tunnel enabled for this migration',
);
const upstream = (instance: Record<string, unknown> | null, defaults: Record<string, unknown> = {}) =>
  declaring('upstream', instance, defaults);

test.each<[string, 'pass' | 'fail' | 'inconclusive' | 'not-applicable', Given]>([
  ['a tunnel, and no disks', 'pass', { logs: { a: memory }, campaign: upstream({}, { tunnel: true }) }],
  ['a tunnel, and the log shows no disks', 'pass', { logs: { a: memory }, campaign: upstream(null, { tunnel: true }) }],
  ['a tunnel, and the log shows disks', 'fail', { logs: { a: disks }, campaign: upstream({}, { tunnel: true }) }],
  [
    'a tunnel, and a block migration is declared',
    'fail',
    { logs: { a: memory }, campaign: upstream({ block_migration: true }, { tunnel: true }) },
  ],
  [
    'a tunnel, and post-copy is permitted',
    'fail',
    { logs: { a: memory }, campaign: upstream({}, { tunnel: true, post_copy: true }) },
  ],
  [
    'a tunnel, and neither campaign nor log tells of disks',
    'inconclusive',
    { logs: { a: log('Live migration monitoring is all done') }, campaign: upstream(null, { tunnel: true }) },
  ],
  [
    'no tunnel',
    'not-applicable',
    { logs: { a: disks }, campaign: upstream({ block_migration: true }, { tunnel: false }) },
  ],
  ['nobody declares the tunnel', 'inconclusive', { logs: { a: disks } }],
  [
    'the fork tunnels',
    'pass',
    { logs: { a: forkMemory }, campaign: declaring('stx-2018', { flavor: { [KEY]: 'True' } }) },
  ],
  ['the fork tunnels, though nobody declares it, and copies disks', 'fail', { logs: { a: forkDisks } }],
])('%s: %s', async (_what, status, given) => {
  expect(await verdictOn('tunnel-unsupported-mix', given)).toMatchObject({ status, severity: 'warning' });
});

test('the verdict shows both lines', async () => {
  const { evidence, message } = await verdictOn('tunnel-unsupported-mix', { logs: { a: forkDisks } });
  expect(message).toBe('nova tunnels, and the progress lines show disks being copied');
  expect(evidence).toHaveLength(2);
});

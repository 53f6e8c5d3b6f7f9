import { expect, test } from 'vitest';
import { covered, declaring, forkProgress, type Given, judgeLogs, nova, progress, verdictOn } from './log-text.ts';
import { ss } from './sample-text.ts';

const said = '10:00:00 INFO driver(no instance): libvirt_tunnel enabled for this migration';
const work = `10:00:00 INFO driver: Starting monitoring of live migration
  10:00:01 INFO driver: ${forkProgress(0.5)}
  10:00:20 INFO driver: Migration operation has completed`;
const tunnelled = covered(`${said}\n${work}`);
const silent = covered(work);
const KEY = 'hw:wrs:live_migration_tunnel';
const fork = (instance: Record<string, unknown> | null = {}, defaults = {}) =>
  declaring('stx-2018', instance, defaults);
const on = fork({ flavor: { [KEY]: 'True' } });
const noRequest = { request: '-' };

test.each<[string, 'pass' | 'fail' | 'inconclusive' | 'not-applicable', Given]>([
  ['on, and nova says so', 'pass', { logs: { a: tunnelled }, campaign: on }],
  [
    'on, and nova says so for both of its flag sets (block migration)',
    'pass',
    { logs: { a: covered(`${said}\n${said}\n${work}`) }, campaign: on },
  ],
  ['on, but nova does not say so', 'fail', { logs: { a: silent }, campaign: on }],
  [
    'on by nova.conf, but the instance, which nobody declares, may say otherwise',
    'inconclusive',
    { logs: { a: silent }, campaign: fork(null, { tunnel: true }) },
  ],
  ['off by default, but nova tunnels', 'fail', { logs: { a: tunnelled }, campaign: fork() }],
  ['off by default, and nova is silent', 'pass', { logs: { a: silent }, campaign: fork() }],
  ['on by nova.conf', 'pass', { logs: { a: tunnelled }, campaign: fork({}, { tunnel: true }) }],
  [
    'the instance wins: off',
    'fail',
    { logs: { a: tunnelled }, campaign: fork({ flavor: { [KEY]: 'True' }, metadata: { [KEY]: '0' } }) },
  ],
  [
    'the instance wins: on',
    'pass',
    { logs: { a: tunnelled }, campaign: fork({ flavor: { [KEY]: 'False' }, metadata: { [KEY]: '1' } }) },
  ],
  [
    'an invalid value leaves the flavor in force',
    'pass',
    { logs: { a: tunnelled }, campaign: fork({ flavor: { [KEY]: 'True' }, metadata: { [KEY]: 'enabled' } }) },
  ],
  [
    'on, but the log begins in the middle',
    'inconclusive',
    { logs: { a: silent.split('\n').slice(2).join('\n') }, campaign: on },
  ],
  [
    'on, but the log ends right after it',
    'inconclusive',
    { logs: { a: silent.split('\n').slice(0, 4).join('\n') }, campaign: on },
  ],
  [
    'on, but no line of the migration carries a request id',
    'inconclusive',
    { logs: { a: covered(work, noRequest) }, campaign: on },
  ],
  [
    'on, but the log holds no INFO record',
    'inconclusive',
    { logs: { a: silent.replaceAll(' INFO ', ' WARNING ') }, campaign: on },
  ],
  ['an assumed default never fails', 'inconclusive', { logs: { a: tunnelled } }],
  [
    'nor does that of an instance that is not declared',
    'inconclusive',
    { logs: { a: tunnelled }, campaign: fork(null, { tunnel: false }) },
  ],
  [
    'upstream does not log it',
    'inconclusive',
    { logs: { a: covered(`10:00:01 INFO driver: ${progress(0)}`) }, flags: { set: ['tunnel=true'] } },
  ],
])('%s: %s', async (_what, status, given) => {
  expect(await verdictOn('tunnel-contradicted', given)).toMatchObject({ status });
});

/** Upstream says nothing; the connections of the source host do. */
const upstreamWork = covered(`10:00:00 DEBUG driver: Starting monitoring of live migration
  10:00:01 INFO driver: ${progress(0)}
  10:00:31 INFO driver: ${progress(30)}
  10:00:40 INFO driver: Migration operation has completed`);
const control = ['192.168.204.3:41004', '192.168.204.4:16514'] as const;
const memory = ['192.168.204.3:38412', '192.168.204.4:49160'] as const;
const through = ss(0, 40, () => [control]);
const direct = ss(0, 40, (second) => (second > 0 && second < 40 ? [control, memory] : [control]));
const upstream = (defaults: Record<string, unknown>, text: string | null): Given => ({
  logs: { a: upstreamWork },
  campaign: declaring('upstream', {}, defaults),
  samples: text === null ? {} : { 'a/ss.txt': text },
});

test.each<[string, 'pass' | 'fail' | 'inconclusive', Given]>([
  ['on, and the memory goes through the tunnel', 'pass', upstream({ tunnel: true }, through)],
  ['on, but the memory goes directly', 'fail', upstream({ tunnel: true }, direct)],
  ['off, and the memory goes directly', 'pass', upstream({ tunnel: false }, direct)],
  ['off, but the memory goes through the tunnel', 'fail', upstream({ tunnel: false }, through)],
  ['no connections', 'inconclusive', upstream({ tunnel: true }, null)],
  [
    'no line shows memory on its way',
    'inconclusive',
    {
      ...upstream({ tunnel: true }, through),
      logs: { a: upstreamWork.replace(/bytes processed=\d+/g, 'bytes processed=0') },
    },
  ],
  [
    'connections of a moment',
    'inconclusive',
    upstream(
      { tunnel: true },
      ss(20, 20, () => [control]),
    ),
  ],
  [
    'an assumed default, against what the connections show',
    'inconclusive',
    { logs: { a: upstreamWork }, samples: { 'a/ss.txt': through } },
  ],
])('upstream: %s: %s', async (_what, status, given) => {
  expect(await verdictOn('tunnel-contradicted', given)).toMatchObject({ status });
});

test('upstream: the verdict shows the connection', async () => {
  const { message, evidence } = await verdictOn('tunnel-contradicted', upstream({ tunnel: true }, direct));
  expect(message).toContain("a connection to QEMU's port 49160 was open in 39 samples: the memory went directly");
  expect(evidence.map(({ text }) => text)).toEqual(Array(2).fill(expect.stringContaining('192.168.204.4:49160')));
});

test("upstream: the verdict names QEMU's port, also where the client's is among those that QEMU takes", async () => {
  const client = ['192.168.204.3:49170', '192.168.204.4:49160'] as const;
  const { message } = await verdictOn(
    'tunnel-contradicted',
    upstream(
      { tunnel: true },
      ss(1, 39, () => [client]),
    ),
  );
  expect(message).toContain("a connection to QEMU's port 49160 was open");
});

test('the line counts for the migration of its own request, where two run at once', async () => {
  const second = {
    instance: '76f87a64-0701-4d82-a186-5506aadbf831',
    request: 'req-0394b668-7dd5-494c-9d42-40c6d7a962c6 u p - default default',
  };
  const lines = `${tunnelled}${nova(work, second)}`.split('\n').sort().join('\n');
  const { migrations } = await judgeLogs({ logs: { a: `${lines.trim()}\n` }, campaign: fork() });
  const statuses = migrations.map(({ migration, settings, verdicts }) => [
    migration.instance,
    settings.tunnel.declared,
    verdicts.find(({ rule }) => rule === 'tunnel-contradicted')?.status,
  ]);
  expect(statuses).toEqual([
    ['07b5842b-6324-4de0-973e-6d0ff18ef574', true, 'fail'],
    [second.instance, false, 'pass'],
  ]);
});

import { expect, test } from 'vitest';
import { at, covered, declaring, forkProgress, type Given, nova, progress, verdictOn } from './log-text.ts';
import { ss } from './sample-text.ts';

const said = '10:00:00 INFO driver(no instance): libvirt_tunnel enabled for this migration';
const work = `10:00:00 INFO driver: Starting monitoring of live migration
  ${at(0.5)} INFO driver: ${forkProgress(0.5)}
  ${at(30)} INFO driver: ${forkProgress(30)}
  10:00:40 INFO driver: Migration operation has completed`;
const tunnelled = covered(`${said}\n${work}`);
const silent = covered(work);
const campaign = declaring('stx-2018', {});

const control = ['192.168.204.3:41004', '192.168.204.4:16509'] as const;
const memory = ['192.168.204.3:38412', '192.168.204.4:49152'] as const;
const through = ss(-20, 60, () => [control]);
const direct = ss(-20, 60, (second) => (second > 0 && second < 40 ? [control, memory] : [control]));
const given = (log: string, text: string, host = 'a'): Given => ({
  logs: { a: log },
  campaign,
  samples: { [`${host}/ss.txt`]: text },
});

test.each<[string, 'pass' | 'fail' | 'inconclusive' | 'not-applicable', Given]>([
  ['nova says that it tunnels, and so it does', 'pass', given(tunnelled, through)],
  ['nova says that it tunnels, but the memory goes directly', 'fail', given(tunnelled, direct)],
  ['nova says nothing, and the memory goes directly', 'pass', given(silent, direct)],
  ['nova says nothing, but the memory goes through the tunnel', 'fail', given(silent, through)],
  ['no connections were collected', 'inconclusive', { logs: { a: silent }, campaign }],
  ['the log is not whole', 'inconclusive', given(silent.split('\n').slice(2).join('\n'), direct)],
  [
    'a few samples',
    'inconclusive',
    given(
      tunnelled,
      ss(10, 11, () => [control]),
    ),
  ],
  [
    'samples of the time after it',
    'inconclusive',
    given(
      tunnelled,
      ss(45, 60, () => [control]),
    ),
  ],
  [
    'no connection of libvirtd',
    'inconclusive',
    given(
      tunnelled,
      ss(-20, 60, () => [['192.168.204.3:22', '192.168.204.9:50122']]),
    ),
  ],
  [
    'a connection between other high ports, as with ports of their own',
    'inconclusive',
    given(
      tunnelled,
      ss(-20, 60, (second) =>
        second > 0 && second < 40 ? [control, ['192.168.204.3:38412', '192.168.204.4:61152']] : [control],
      ),
    ),
  ],
  [
    "another migration's connection, which was there before",
    'pass',
    given(
      tunnelled,
      ss(-20, 60, () => [control, memory]),
    ),
  ],
  [
    'a client of a service from such a port',
    'pass',
    given(
      tunnelled,
      ss(-20, 60, (second) => (second > 0 ? [control, ['192.168.204.3:49160', '192.168.204.9:5672']] : [control])),
    ),
  ],
  [
    'the host receives another migration meanwhile',
    'inconclusive',
    given(
      tunnelled,
      ss(-20, 60, (second) =>
        second > 5 && second < 30 ? [control, ['192.168.204.3:49153', '192.168.204.9:38412']] : [control],
      ),
    ),
  ],
  [
    'upstream says nothing that could disagree',
    'not-applicable',
    { logs: { a: covered(`10:00:01 INFO driver: ${progress(0)}`) } },
  ],
])('%s: %s', async (_what, status, input) => {
  expect(await verdictOn('tunnel-evidence-disagrees', input)).toMatchObject({ status, severity: 'warning' });
});

test("libvirtd's row in top is told beside the connections", async () => {
  const row =
    '### 2018-07-02T10:00:20.000Z top -b -n 1\ntop - 10:00:20 up  1:09,  0 user,  load average: 1.77, 2.37, 2.45\n 2213 root      20   0 1543.2m  33.8m  17.9m S  92.3   0.2   4:11.09 libvirtd\n';
  const samples = { 'a/ss.txt': through, 'a/top.txt': row };
  const { message, evidence } = await verdictOn('tunnel-evidence-disagrees', {
    logs: { a: silent },
    campaign,
    samples,
  });
  expect(message).toBe(
    "nova does not say that it tunnels, but only libvirtd's own connections were open, in 30 samples while memory was sent, and none to a port of QEMU's: it went through the tunnel (libvirtd used 92 % of a CPU)",
  );
  expect(evidence).toHaveLength(3);
});

test("on the destination QEMU's port is the local one", async () => {
  const log = `${nova('10:00:40.500 INFO manager: Post operation of migration started')}`;
  const theirs = ss(-20, 60, (second) =>
    second > 0 && second < 40 ? [['192.168.204.4:49152', '192.168.204.3:38412']] : [],
  );
  const { status } = await verdictOn('tunnel-evidence-disagrees', {
    logs: { a: silent, b: log },
    campaign,
    samples: { 'b/ss.txt': theirs },
  });
  expect(status).toBe('pass');
});

import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { samplesIn } from '../parse/recordings.ts';
import { ROOT, scratch } from '../scratch.ts';

const SCRIPT = join(ROOT, 'contrib/collect-samples.sh');

/** virsh answers once a call from what is written here; two guests run, of which one migrates. */
const VIRSH = `#!/bin/sh
[ "$1" = -r ] || exit 9
case "$2 $3" in
  'list --name') printf 'instance-0000002a\\ninstance-0000002b\\n\\n' ;;
  'domjobinfo instance-0000002a')
    printf 'Job type:         Unbounded   \\nOperation:        Outgoing migration\\nMemory total:     1.000 GiB\\nAuto converge throttle: 20           \\n' ;;
  'domjobinfo instance-0000002b')
    echo 'error: Operation not supported: migration statistics are available only on the source host' >&2
    exit 1 ;;
esac
`;
const TOP = `#!/bin/sh
case " $* " in
  *' -H '*) printf 'top - 06:55:34 up  1:09\\n\\n  502 qemu 20 0 1865756 57400 22708 R 80.0 0.2 0:00.10 CPU 0/KVM\\n' ;;
  *) printf 'top - 06:55:34 up  1:09\\n\\n  77 root 20 0 1865756 57400 22708 S 12.5 0.2 0:00.10 libvirtd\\n' ;;
esac
`;
const SS = `#!/bin/sh
printf 'State Recv-Q Send-Q Local Address:Port Peer Address:Port Process\\nESTAB 0 0 10.0.0.3:49152 10.0.0.4:43210\\n'
`;

/** A second passes each time somebody asks, and nobody sleeps. */
const DATE = `#!/bin/sh
[ "$1" = +%s ] || exec /bin/date "$@"
passed=$(cat passed 2>/dev/null || echo 0)
echo "$passed"
echo $((passed + 1)) >passed
`;
const CLOCK = { date: DATE, sleep: '#!/bin/sh\n' };

function host(stand: Readonly<Record<string, string>> = { virsh: VIRSH, top: TOP, ss: SS }): string {
  const tools = Object.fromEntries(Object.entries({ ...CLOCK, ...stand }).map(([name, text]) => [`bin/${name}`, text]));
  const folder = scratch({
    ...tools,
    'run/instance-0000002a.pid': '501\n',
    'proc/77/comm': 'libvirtd\n',
    'proc/501/comm': 'qemu-kvm\n',
    'proc/501/task/501/comm': 'qemu-kvm\n',
    'proc/501/task/502/comm': 'CPU 0/KVM\n',
    'proc/501/task/502/schedstat': '53877005 10769211 47\n',
  });
  for (const name of Object.keys(tools)) chmodSync(join(folder, name), 0o755);
  return folder;
}

function collect(folder: string, args: readonly string[], path = '/usr/bin:/bin') {
  const env = { PATH: `${join(folder, 'bin')}:${path}`, PROC: join(folder, 'proc'), RUN: join(folder, 'run') };
  return spawnSync('/bin/sh', [SCRIPT, ...args], { cwd: folder, encoding: 'utf8', env });
}

/** A turn and no more: the first second passes as it begins. */
const ONCE = ['-n', 'compute-0', '-t', '2'];

test('it is a script that sh understands', () => {
  expect(spawnSync('/bin/sh', ['-n', SCRIPT], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  expect(statSync(SCRIPT).mode & 0o111).toBe(0o111);
});

test('what it writes are samples of the guest that migrates and of its host', () => {
  const folder = host();
  expect(collect(folder, ONCE)).toMatchObject({ status: 0, stdout: '', stderr: '' });
  const files = readdirSync(join(folder, 'samples')).sort();
  const samples = files.flatMap((name) => samplesIn(readFileSync(join(folder, 'samples', name), 'utf8')));
  const kinds = new Map(samples.map((sample) => [sample.kind, sample]));
  expect(kinds.get('job')).toMatchObject({ domain: 'instance-0000002a', fields: { live: true, throttle_percent: 20 } });
  expect(kinds.get('vcpu')).toMatchObject({ domain: 'instance-0000002a', fields: { vcpu: 0, cpu_percent: 80 } });
  expect(kinds.get('schedstat')).toMatchObject({ domain: 'instance-0000002a', fields: { vcpu: 0, run_ns: 53877005 } });
  expect(kinds.get('flow')).toMatchObject({ domain: null, fields: { local_port: 49152 } });
  expect(kinds.get('libvirtd')).toMatchObject({ domain: null, fields: { cpu_percent: 12.5 } });
  for (const { host: name, domain, at } of samples) {
    expect(name).toBe('compute-0');
    expect(domain).not.toBe('instance-0000002b');
    expect(Math.abs(at - statSync(join(folder, 'samples')).mtimeMs)).toBeLessThan(60_000);
  }
});

test('what it writes only its owner may read', () => {
  const folder = host();
  collect(folder, [...ONCE, '-o', 'out']);
  expect(statSync(join(folder, 'out')).mode & 0o077).toBe(0);
  const files = readdirSync(join(folder, 'out'));
  expect(files.length).toBe(5);
  for (const name of files) expect(statSync(join(folder, 'out', name)).mode & 0o077).toBe(0);
});

test('while nothing migrates it writes nothing, unless it is to look at all guests', () => {
  const idle = VIRSH.replace('Outgoing', 'Incoming');
  const folder = host({ virsh: idle, top: TOP, ss: SS });
  expect(collect(folder, ONCE)).toMatchObject({ status: 0, stderr: '' });
  expect(readdirSync(join(folder, 'samples'))).toEqual([]);
  rmSync(join(folder, 'passed'));
  expect(collect(folder, [...ONCE, '-a'])).toMatchObject({ status: 0, stderr: '' });
  expect(readFileSync(join(folder, 'samples/compute-0.domjobinfo.txt'), 'utf8')).toMatch(
    /^### \S+Z virsh -r domjobinfo instance-0000002b domain=instance-0000002b host=compute-0 rc=1\nerror: Operation/m,
  );
});

test('a guest whose migration has ended is looked at a little longer', () => {
  const once = VIRSH.replace(
    "'domjobinfo instance-0000002a')",
    "'domjobinfo instance-0000002a')\n    echo x >>calls\n    [ \"$(wc -l <calls)\" -gt 2 ] && { echo 'Job type: None'; exit 0; }",
  );
  const folder = host({ virsh: once, top: TOP, ss: SS });
  collect(folder, ['-n', 'compute-0', '-t', '3']);
  const text = readFileSync(join(folder, 'samples/compute-0.domjobinfo.txt'), 'utf8');
  expect(
    samplesIn(text)
      .map(({ fields }) => fields.status)
      .slice(0, 2),
  ).toEqual(['active', 'none']);
});

test.each([
  [['-x'], 2, /usage: collect-samples\.sh/],
  [['-t', 'soon'], 2, /usage: collect-samples\.sh/],
  [['-n', 'a b'], 2, /usage: collect-samples\.sh/],
  [['much'], 2, /usage: collect-samples\.sh/],
])('%j is wrong use', (args, status, says) => {
  const ran = collect(host(), args);
  expect(ran.status).toBe(status);
  expect(ran.stderr).toMatch(says);
});

test('a tool that is missing is named', () => {
  const folder = host({ top: TOP, ss: SS });
  const ran = collect(folder, ONCE, '/nowhere');
  expect(ran).toMatchObject({ status: 3 });
  expect(ran.stderr).toContain('there is no virsh on the PATH');
});

// What virsh, the kernel, top and ss print of a migration that begins at 10:00: text for the files of samples.

const START = Date.UTC(2018, 6, 2, 10);

/** A time so many seconds after 10:00, as stands before each block. */
export function stamp(seconds: number): string {
  return new Date(START + seconds * 1000).toISOString();
}

export interface Job {
  readonly at: number;
  readonly pass: number;
  readonly throttle?: number;
  readonly dirty_mib_s: number;
  readonly sent_mib: number;
}

/** virsh domjobinfo of a running job, a block for each; `head` is what stands above the figures. */
export function domjobinfo(jobs: readonly Job[], options = ''): string {
  return jobs
    .map(({ at, pass, throttle = 0, dirty_mib_s, sent_mib }) => {
      const pages = Math.round((dirty_mib_s * 2 ** 20) / 4096);
      return `### ${stamp(at)} virsh domjobinfo instance-0000002a${options} rc=0
Job type:         ${options === '' ? 'Unbounded' : 'Completed'}
Operation:        Outgoing migration
Time elapsed:     ${Math.round(at * 1000)}        ms
Memory processed: ${sent_mib.toFixed(3)} MiB
Memory remaining: 60.000 MiB
Memory total:     512.508 MiB
Memory bandwidth: 48.000 MiB/s
Dirty rate:       ${pages}        pages/s
Page size:        4096         bytes
Iteration:        ${pass}
Expected downtime: 952          ms
${throttle === 0 ? '' : `Auto converge throttle: ${throttle}           \n`}
`;
    })
    .join('');
}

/** A job that sends 48 MiB/s, its first pass 3 s long and each further one 2 s, sampled each second up to a second. */
export function job(to: number, throttle: (second: number) => number = () => 0, dirty_mib_s = 48): Job[] {
  return seconds(1, to).map((at) => ({
    at,
    pass: at < 3 ? 1 : 2 + Math.floor((at - 3) / 2),
    throttle: throttle(at),
    dirty_mib_s: at < 3 ? 0 : dirty_mib_s,
    sent_mib: 48 * at,
  }));
}

/** QEMU's staircase from a second on, a step each 4 s. */
export function staircase(from: number, cap = 99): (second: number) => number {
  return (second) => (second < from ? 0 : Math.min(20 + 10 * Math.floor((second - from) / 4), cap));
}

/** The kernel's counters of a vCPU's thread: by second, the percent of it that the thread ran and that it waited. */
export function schedstat(
  from: number,
  to: number,
  share: (second: number) => readonly [run: number, wait: number],
  vcpu = 0,
): string {
  let [run, wait] = [0, 0];
  return seconds(from, to)
    .map((second) => {
      const [ran, waited] = share(second);
      run += ran * 1e7;
      wait += waited * 1e7;
      return `### ${stamp(second)} cat /proc/16794/task/16798/schedstat vcpu=${vcpu}\n${run} ${wait} ${second - from}\n`;
    })
    .join('');
}

/** top -H -b of a guest: by second, the percent that its vCPU used. */
export function top(from: number, to: number, used: (second: number) => number): string {
  return seconds(from, to)
    .map((second) => {
      const clock = stamp(second).slice(11, 19);
      return `### ${stamp(second)} top -H -b -n 1 -p 16794
top - ${clock} up  1:09,  0 user,  load average: 1.77, 2.37, 2.45

  PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND
16794 root      39  19 1865756  57400  22708 S  10.0   0.2   0:00.45 qemu-system-x86
16798 root      39  19 1865756  57400  22708 R  ${used(second).toFixed(1)}   0.2   0:00.10 CPU 0/KVM
`;
    })
    .join('');
}

/** ss -tn: by second, the connections that were open, as [local, peer]. */
export function ss(from: number, to: number, open: (second: number) => readonly (readonly [string, string])[]): string {
  return seconds(from, to)
    .map((second) => {
      const rows = open(second).map(([local, peer]) => `ESTAB 0 0 ${local} ${peer}\n`);
      return `### ${stamp(second)} ss -tn\nState Recv-Q Send-Q Local Address:Port Peer Address:Port\n${rows.join('')}`;
    })
    .join('');
}

function seconds(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { audited, logPath, parsedEvents } from './running.ts';

interface TrueMigration {
  readonly n: number;
  readonly scenario: string;
  readonly instance: string;
  readonly host: string;
  readonly dest: string;
  readonly outcome: string;
  readonly t_begin: number;
  readonly t_job: number | null;
  readonly t_end: number;
  readonly violations: readonly string[];
  readonly operator?: { readonly action: string } | null;
}

interface Truth {
  readonly meta: { readonly tz: string };
  readonly migrations: readonly TrueMigration[];
}

const SINGLE = [
  ...['13.0.0', '15.0.0', '16.0.0', '18.0.0', '19.0.0', '20.0.0', '24.0.0', '27.0.0', '33.0.0'].map(
    (release) => `nova_${release}.log`,
  ),
  'stx.log',
  'zed_devstack.log',
  'zed_json.log.gz',
  'zed_pre48_req_toronto_dst.log',
];
const FOLDERS = {
  stx3: ['compute-0', 'compute-1', 'compute-2'],
  zed3: ['compute-0', 'compute-1', 'compute-2'],
  'stx-conflicts': ['compute-0'],
};
const FILES = [
  ...SINGLE,
  ...Object.entries(FOLDERS).flatMap(([folder, hosts]) => hosts.map((host) => `${folder}/${host}.nova-compute.log`)),
];

describe('parse finds every key line, and no other', () => {
  test.each(FILES)('%s', async (name) => {
    const events = await parsedEvents([logPath(`genuine/${name}`)]);
    const found = events.flatMap((event) => (KEYS[event.type] === undefined ? [] : [asKey(event)]));
    expect(found).toEqual(readIndependently(textOf(name)));
    expect(found.length).toBeGreaterThan(10);
  });
});

describe('audit gives one migration for each that there was', () => {
  test.each(SINGLE)('%s', async (name) => {
    const truth = truthOf(`genuine/${name.replace(/\.gz$/, '')}.truth.json`);
    const path = logPath(`genuine/${name}`);
    const report = await audited([path], { tz: truth.meta.tz, host: [`compute-0=${path}`] });
    compare(report.migrations, truth, new Map([['compute-0', textOf(name)]]));
  });

  test.each(Object.entries(FOLDERS))('%s', async (folder, hosts) => {
    const truth = truthOf(`genuine/${folder}/all.nova-compute.log.truth.json`);
    const report = await audited([logPath(`genuine/${folder}`)], { tz: truth.meta.tz });
    const logs = new Map(hosts.map((host) => [host, textOf(`${folder}/${host}.nova-compute.log`)]));
    compare(report.migrations, truth, logs);
  });
});

/** The text of each host's log. */
type Logs = ReadonlyMap<string, string>;
type Reported = Awaited<ReturnType<typeof audited>>['migrations'][number];

function compare(migrations: readonly Reported[], truth: Truth, logs: Logs): void {
  const left = [...migrations];
  const pairs = truth.migrations.map((real) => {
    const end = (each: Reported) => Math.abs(Date.parse(each.ended_at ?? '') / 1000 - real.t_end);
    const mine = left.filter(({ instance, ended_at }) => instance === real.instance && ended_at !== null);
    const [nearest] = mine.sort((a, b) => end(a) - end(b));
    if (nearest !== undefined) left.splice(left.indexOf(nearest), 1);
    return { real, nearest };
  });
  expect(left.map(({ id }) => id)).toEqual([]);
  const said = pairs.map(({ real, nearest }) => [real.n, nearest?.source_host, nearest?.outcome]);
  expect(said).toEqual(truth.migrations.map((real) => [real.n, real.host, outcomeOf(real)]));
  const to = pairs.map(({ real, nearest }) => `${real.n} ${real.scenario}: ${nearest?.destination_host}`);
  expect(to).toEqual(truth.migrations.map((real) => `${real.n} ${real.scenario}: ${destination(real, logs)}`));
  const off = pairs.filter(
    ({ real, nearest }) => !isNear(nearest?.ended_at, real.t_end) || !startsRight(nearest, real, logs),
  );
  const shown = ({ n, scenario, t_job, t_end }: TrueMigration) => `${n} ${scenario} ${t_job} ${t_end}`;
  expect(off.map(({ real, nearest }) => [shown(real), nearest?.started_at, nearest?.ended_at])).toEqual([]);
  const failing = pairs.filter(
    ({ real, nearest }) => real.violations.length === 0 && nearest?.verdicts.some(({ status }) => status === 'fail'),
  );
  expect(failing.map(({ real, nearest }) => [real.n, nearest?.verdicts])).toEqual([]);
}

function outcomeOf({ outcome, operator, scenario }: TrueMigration): string {
  if (outcome === 'completed') return 'completed';
  if (operator?.action === 'abort') return 'cancelled';
  return scenario === 'fail_dest' || scenario === 'fail_connect' ? 'failed' : 'timed-out';
}

/** The destination, or null where no line of the instance's names it and its own log has none of the instance's. */
function destination({ dest, instance, t_begin, t_end }: TrueMigration, logs: Logs): string | null {
  const inTime = (line: string) => {
    const at = Date.parse(`${line.slice(0, 23).replace(' ', 'T')}Z`) / 1000;
    return at > t_begin - 2 && at < t_end + 30;
  };
  const lines = [...logs].flatMap(([host, text]) => text.split('\n').map((line) => ({ host, line })));
  const named = lines.some(
    ({ host, line }) => line.includes(instance) && (line.includes(dest) || (host === dest && inTime(line))),
  );
  return named ? dest : null;
}

/** A job that could not connect may leave only its failure in the log. */
function startsRight(nearest: Reported | undefined, { t_job, t_begin, t_end, scenario }: TrueMigration, logs: Logs) {
  if (t_job !== null && isNear(nearest?.started_at, t_job)) return true;
  const preparation = [...logs.values()].some((text) => text.includes('for pre_live_migration on destination'));
  const at = Date.parse(nearest?.started_at ?? '') / 1000;
  return scenario === 'fail_connect' && !preparation && at >= t_begin - 2 && at <= t_end + 2;
}

function isNear(time: string | null | undefined, epoch_s: number): boolean {
  return Math.abs(Date.parse(time ?? '') / 1000 - epoch_s) <= 2;
}

type Key = readonly (string | number | null)[];

/** The numbers that make a key line what it is. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  'downtime-step': ['downtime_ms', 'elapsed_s'],
  timeout: ['timeout_s'],
  stuck: ['stuck_s'],
  progress: ['running_s', 'memory_processed', 'memory_remaining', 'memory_total'],
  completed: [],
  aborted: [],
  cancelled: [],
  failure: [],
  finished: ['destination'],
  'pre-migration-done': ['seconds', 'destination'],
  'postcopy-switch': [],
  'tunnel-enabled': [],
  'auto-converge-disabled': [],
  lifecycle: ['state'],
};

function asKey(event: { readonly type: string; readonly line: number; readonly instance: string | null }): Key {
  const values = event as unknown as Record<string, string | number | null>;
  const fields = KEYS[event.type] ?? [];
  return [event.line, event.type, event.instance, ...fields.map((field) => values[field] ?? null)];
}

const MIB = 1048576;
const INSTANCE = /\[instance: ([0-9a-f-]{36})\] /;
/** A header with a context bracket, which a traceback's lines lack, of a nova module; then the message alone. */
const HEADER =
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} (?:\d+ )?(?:DEBUG|INFO|WARNING|ERROR) (nova\.\S+) \[(?!instance)[^\]]*\] (?:\[instance: [0-9a-f-]{36}\] )?(.*)$/;

const READINGS: readonly (readonly [RegExp, string, (groups: readonly string[]) => Key])[] = [
  [
    /^Increasing downtime to (\d+) ms after (\d+) sec elapsed time$/,
    'downtime-step',
    ([a, b]) => [Number(a), Number(b)],
  ],
  [/^Live migration not completed after (\d+) sec$/, 'timeout', ([a]) => [Number(a)]],
  [/^Live migration stuck for (\d+) sec$/, 'stuck', ([a]) => [Number(a)]],
  [
    /^Migration running for (\d+) secs, memory \d+% remaining;? \(bytes processed=(\d+), remaining=(\d+), total=(\d+)\)/,
    'progress',
    (groups) => groups.map(Number),
  ],
  [
    /^Migration running for ([\d.]+) secs; memory progress \d+% \((\d+) MiB processed, (\d+) MiB remaining, (\d+) MiB total\)/,
    'progress',
    ([seconds, ...mib]) => [Number(seconds), ...mib.map((value) => Number(value) * MIB)],
  ],
  [/^Migration operation has completed$/, 'completed', () => []],
  [/^Migration operation has aborted(?:$|: )/, 'aborted', () => []],
  [/^Migration operation was cancelled(?:$|: )/, 'cancelled', () => []],
  [/^Live Migration failure: /, 'failure', () => []],
  [/^Migrating instance to (\S+) finished successfully\.$/, 'finished', ([a]) => [a ?? null]],
  [
    /^Took (\d+\.\d\d) seconds for pre_live_migration on destination host (\S+)\.$/,
    'pre-migration-done',
    ([a, b]) => [Number(a), b ?? null],
  ],
  [/^Switching to post-copy migration mode$/, 'postcopy-switch', () => []],
  [/^libvirt_tunnel enabled for this migration$/, 'tunnel-enabled', () => []],
  [/^auto_converge disabled for this migration$/, 'auto-converge-disabled', () => []],
  [/^VM (\w[\w ]*) \(Lifecycle Event\)$/, 'lifecycle', ([a]) => [a ?? null]],
];

/** The key lines as simple expressions find them, without anything of the program. */
function readIndependently(text: string): Key[] {
  return text.split('\n').flatMap((raw, index) => {
    const line = plainLine(raw);
    const [, , message = ''] = HEADER.exec(line) ?? [];
    return READINGS.flatMap(([pattern, type, values]) => {
      const match = pattern.exec(message);
      if (match === null) return [];
      return [[index + 1, type, INSTANCE.exec(line)?.[1] ?? null, ...values(match.slice(1))]];
    });
  });
}

/** Colours and devstack's suffix taken off; a JSON object written as the line it stands for. */
function plainLine(raw: string): string {
  if (raw.startsWith('{')) {
    const { message, name, levelname, extra, created } = JSON.parse(raw);
    const at = new Date(created * 1000).toISOString().replace('T', ' ').slice(0, 23);
    const uuid = extra?.instance?.uuid ?? extra?.instance_uuid;
    const [first = ''] = message.split('\n');
    return `${at} ${levelname} ${name} [-] ${uuid === undefined ? '' : `[instance: ${uuid}] `}${first}`;
  }
  return raw
    .replace(/\x1b\[[\d;]*m/g, '')
    .replace(/ from \(pid=\d+\) \S+ \S+:\d+$/, '')
    .replace(/( DEBUG .*) [A-Za-z_]\w* \S+\.py:\d+$/, '$1');
}

function textOf(name: string): string {
  const bytes = readFileSync(logPath(`genuine/${name}`));
  return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

function truthOf(name: string): Truth {
  return JSON.parse(readFileSync(logPath(name), 'utf8')) as Truth;
}

import { describe, expect, test } from 'vitest';
import { audited, folderWith } from './running.ts';

const VM = 'aaaaaaaa-0000-4000-8000-000000000001';
const REQUEST = 'req-11111111-2222-4333-8444-555555555555';
const USER = 'c975637b06c046b3b17ec0b2db35f3e8';

interface Entry {
  readonly at: Date;
  readonly level: string;
  readonly logger: string;
  readonly message: string;
}

const ENTRIES: readonly Entry[] = [
  [0, 'INFO', 'nova.compute.manager', 'Took 1.00 seconds for pre_live_migration on destination host compute-1.'],
  [1, 'INFO', 'nova.virt.libvirt.migration', 'Increasing downtime to 50 ms after 0 sec elapsed time'],
  [2, 'DEBUG', 'nova.virt.libvirt.driver', progress(0, 0, 8_388_608)],
  [32, 'INFO', 'nova.virt.libvirt.driver', progress(30, 4_194_304, 2_097_152)],
  [40, 'WARNING', 'nova.virt.libvirt.migration', 'Live migration not completed after 38 sec'],
  [
    41,
    'ERROR',
    'nova.virt.libvirt.driver',
    'Live Migration failure: operation aborted: migration out: canceled by client',
  ],
  [42, 'WARNING', 'nova.virt.libvirt.driver', 'Migration operation was cancelled'],
].map(([s, level, logger, message]) => ({
  at: new Date(Date.UTC(2024, 4, 1, 9, 0, Number(s), 125)),
  level: String(level),
  logger: String(logger),
  message: String(message),
}));

function progress(seconds: number, processed: number, remaining: number): string {
  return `Migration running for ${seconds} secs, memory 50% remaining (bytes processed=${processed}, remaining=${remaining}, total=8388608); disk 0% remaining (bytes processed=0, remaining=0, total=0).`;
}

const stamp = ({ at }: Entry) => at.toISOString().replace('T', ' ').slice(0, 23);
const whole = (entry: Entry) => stamp(entry).slice(0, 19);
const context = `[None ${REQUEST} ${USER} ${USER} - - default default]`;
const uuid = `[instance: ${VM}] `;
const debugSuffix = ({ level }: Entry) =>
  level === 'DEBUG' ? ' _live_migration_monitor /usr/lib/python3/dist-packages/nova/virt/libvirt/driver.py:10876' : '';
const plain = (e: Entry) => `${stamp(e)} 7 ${e.level} ${e.logger} ${context} ${uuid}${e.message}${debugSuffix(e)}`;
const month = ({ at }: Entry) => `May ${String(at.getUTCDate()).padStart(2, ' ')} ${at.toISOString().slice(11, 19)}`;
const json = (value: unknown) => JSON.stringify(value);
const iso = ({ at }: Entry) => at.toISOString();
const halves = (text: string) => [text.slice(0, 60), text.slice(60)] as const;
const colour = (e: Entry) =>
  `\x1b[00;36m${e.level} ${e.logger} [\x1b[01;36mNone ${REQUEST} \x1b[00;36madmin admin\x1b[00;36m] \x1b[01;35m${uuid}\x1b[00;36m${e.message}\x1b[00m`;
const extra = { instance: { uuid: VM, name: 'instance-0000002a' } };

/** How each format writes an entry, a line feed left out. */
const FORMATS: Record<string, (entry: Entry) => string> = {
  'oslo, Zed and later': plain,
  'oslo before 4.8': (e) =>
    `${stamp(e)} 7 ${e.level} ${e.logger} [${REQUEST} ${USER} ${USER} - default default] ${uuid}${e.message}${debugSuffix(e)}`,
  'oslo with two request ids': (e) =>
    `${stamp(e)} 7 ${e.level} ${e.logger} [req-99999999-2222-4333-8444-555555555555 ${REQUEST} ${USER} ${USER} - - default default] ${uuid}${e.message}`,
  'no context': (e) => `${stamp(e)} 7 ${e.level} ${e.logger} [-] ${uuid}${e.message}`,
  'no pid': (e) => `${stamp(e)} ${e.level} ${e.logger} ${context} ${uuid}${e.message}`,
  'no milliseconds': (e) => `${whole(e)} 7 ${e.level} ${e.logger} ${context} ${uuid}${e.message}`,
  'neither pid nor milliseconds': (e) => `${whole(e)} ${e.level} ${e.logger} [-] ${uuid}${e.message}`,
  'a capital T in the time': (e) => plain(e).replace(' ', 'T'),
  'syslog around oslo': (e) => `${month(e)} compute-0 nova_compute[129891]: ${plain(e)}`,
  'RFC 5424': (e) => `<14>1 ${iso(e)} compute-0 nova-compute 7 - - ${plain(e)}`,
  'journal, short-iso': (e) => `${iso(e).replace(/\.\d+Z/, '+0000')} compute-0 nova-compute[7]: ${plain(e)}`,
  'journal, JSON': (e) =>
    json({
      __REALTIME_TIMESTAMP: `${e.at.getTime()}000`,
      _HOSTNAME: 'compute-0',
      _PID: '7',
      SYSLOG_IDENTIFIER: 'nova-compute',
      MESSAGE: plain(e),
    }),
  'journal, JSON with bytes': (e) =>
    json({
      __REALTIME_TIMESTAMP: `${e.at.getTime()}000`,
      _HOSTNAME: 'compute-0',
      _PID: '7',
      SYSLOG_IDENTIFIER: 'nova-compute',
      MESSAGE: [...Buffer.from(colour(e))],
    }),
  'docker json-file': (e) => json({ log: `${plain(e)}\n`, stream: 'stderr', time: iso(e) }),
  'docker json-file in parts': (e) => {
    const [first, second] = halves(plain(e));
    const part = (log: string) => json({ log, stream: 'stderr', time: iso(e) });
    return `${part(first)}\n${part(`${second}\n`)}`;
  },
  CRI: (e) => `${iso(e)} stdout F ${plain(e)}`,
  'CRI in parts, with blank lines between': (e) => {
    const [first, second] = halves(plain(e));
    return `${iso(e)} stdout P ${first}\n${iso(e)} stderr F something else\n${iso(e)} stdout F ${second}\n`;
  },
  "oslo's JSONFormatter": (e) =>
    json({
      message: e.message,
      asctime: whole(e),
      name: e.logger,
      msg: e.message.replaceAll('%', '%%'),
      args: [],
      levelname: e.level,
      process: 7,
      created: e.at.getTime() / 1000,
      msecs: 125,
      traceback: null,
      hostname: 'compute-0',
      context: { request_id: REQUEST },
      extra,
    }),
  "oslo's FluentFormatter": (e) =>
    json({
      message: e.message,
      time: iso(e),
      name: e.logger,
      level: e.level,
      lineno: 1,
      module: 'driver',
      funcname: 'f',
      process_name: 'MainProcess',
      hostname: 'compute-0',
      traceback: null,
      error_summary: '',
      context: { request_id: REQUEST },
      extra,
    }),
  "devstack's colours": (e) => `${stamp(e)} ${colour(e)}`,
  "devstack's colours and suffix": (e) =>
    `${month(e)} compute-0 nova-compute[7]: ${colour(e)} \x1b[00;33m{{(pid=7) f /opt/stack/nova/nova/virt/libvirt/driver.py:1}}\x1b[00m`,
  'colours through rsyslog': (e) => `${month(e)} compute-0 nova_compute[9]: ${plain(e)}#033[00m`,
  "a merger's alias": (e) => `${stamp(e)}000 [COMPUTE0] 7 ${e.level} ${e.logger} ${context} ${uuid}${e.message}`,
  "grep's prefix": (e) => `/var/log/nova/nova-compute.log:${plain(e)}`,
  "grep's prefix with a number": (e) => `nova-compute.log:${e.at.getTime() % 977}:${plain(e)}`,
  "loghub's prefix": (e) => `nova-compute.log.1.2017-05-16_13:55:31 ${plain(e)}`,
  CRLF: (e) => `${plain(e)}\r`,
  Markdown: (e) => `    ${plain(e).replaceAll('[', '\\[').replaceAll(']', '\\]')}  `,
};

/** Formats that print no year, or no fractions of a second. */
const COARSE = new Set(['no milliseconds', 'neither pid nor milliseconds', "devstack's colours and suffix"]);
const WITHOUT_REQUEST = new Set(['no context', 'neither pid nor milliseconds']);

describe('one migration, written in', () => {
  test.each(Object.entries(FORMATS))('%s', async (name, write) => {
    await check(name, ENTRIES.map((entry) => `${write(entry)}\n`).join(''));
  });

  test('a file with a byte order mark', async () => {
    await check('', `\ufeff${ENTRIES.map((entry) => `${plain(entry)}\n`).join('')}`);
  });

  test('formats in turn, in one file', async () => {
    const mixed = ['oslo, Zed and later', 'syslog around oslo', 'CRI', "devstack's colours", 'CRLF', "grep's prefix"];
    const lines = ENTRIES.map((entry, index) => FORMATS[mixed[index % mixed.length] ?? '']?.(entry));
    await check('', `${lines.join('\n')}\n`);
  });

  test('lines without a time', async () => {
    const text = ENTRIES.map((e) => `${e.level} ${e.logger} ${context} ${uuid}${e.message}\n`).join('');
    const { migrations } = await audited([folderWith({ 'compute-0/nova-compute.log': text })]);
    expect(migrations).toMatchObject([{ instance: VM, outcome: 'timed-out', started_at: null, ended_at: null }]);
  });
});

async function check(name: string, text: string): Promise<void> {
  const { migrations } = await audited([folderWith({ 'compute-0/nova-compute.log': text })]);
  expect(migrations).toHaveLength(1);
  const [told] = migrations;
  expect(told).toMatchObject({ instance: VM, destination_host: 'compute-1', outcome: 'timed-out' });
  expect(told?.source_host?.toLowerCase().replace('-', '')).toBe('compute0');
  expect(told?.request_id).toBe(WITHOUT_REQUEST.has(name) ? null : REQUEST);
  expect(told?.observed.max_step_ms).toBe(50);
  const cut = (time: string | null | undefined) => (COARSE.has(name) ? time?.slice(5, 19) : time?.slice(0, 23));
  expect(cut(told?.started_at)).toBe(cut('2024-05-01T09:00:01.125Z'));
  expect(cut(told?.ended_at)).toBe(cut('2024-05-01T09:00:42.125Z'));
}

import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { sourceRows } from '../src/store/facts.ts';
import { openReadOnly } from '../src/store/open.ts';
import { audited, folderWith, logPath, parsedEvents, type Reported } from './running.ts';

const WHOLE = readFileSync(logPath('genuine/nova_18.0.0.log'));
const NAME = 'c0/nova-compute.log';

let whole: unknown;
beforeAll(async () => {
  whole = told(await audited([folderWith({ [NAME]: WHOLE })]));
  expect(whole).toHaveLength(12);
});

describe('a rotated set is read as the log it was', () => {
  const cuts = [0.2, 0.31, 0.55, 0.9].map((part) => lineEnd(WHOLE.length * part));
  test.each([[1], [2], [3]])('cut in two places, variant %i', async (variant) => {
    const [a = 0, b = 0] = cuts.slice(variant - 1);
    const files = {
      [`${NAME}.2.gz`]: gzipSync(WHOLE.subarray(0, a)),
      [`${NAME}.1`]: WHOLE.subarray(a, b),
      [NAME]: WHOLE.subarray(b),
    };
    expect(told(await audited([folderWith(files)]))).toEqual(whole);
  });

  test('zstd and gzip, with members joined', async () => {
    const [a = 0, b = 0, c = 0] = cuts;
    const files = {
      [`${NAME}.2.zst`]: zstdCompressSync(WHOLE.subarray(0, a)),
      [`${NAME}.1.gz`]: Buffer.concat([gzipSync(WHOLE.subarray(a, b)), gzipSync(WHOLE.subarray(b, c))]),
      [NAME]: WHOLE.subarray(c),
    };
    expect(told(await audited([folderWith(files)]))).toEqual(whole);
  });

  test('in any order on the command line', async () => {
    const [a = 0, b = 0] = cuts;
    const folder = folderWith({
      [`${NAME}.2.gz`]: gzipSync(WHOLE.subarray(0, a)),
      [`${NAME}.1`]: WHOLE.subarray(a, b),
      [NAME]: WHOLE.subarray(b),
    });
    const paths = ['', '.1', '.2.gz'].map((end) => join(folder, NAME + end));
    expect(told(await audited(paths))).toEqual(whole);
    expect(told(await audited(paths.toReversed()))).toEqual(whole);
  });
});

describe('the same content is stored once', () => {
  test.each<[string, Record<string, Buffer>]>([
    ['a copy beside it', { 'c0/nova-compute.log.1': WHOLE }],
    ['a gzip of it', { 'c0/nova-compute.log.1.gz': gzipSync(WHOLE) }],
    ['a zstd of it', { 'c0/nova-compute.log.1.zst': zstdCompressSync(WHOLE) }],
    ['a copy in another folder', { 'backup/nova-compute.log': WHOLE }],
    ['an older copy', { 'c0/nova-compute.log.1': WHOLE.subarray(0, lineEnd(66_000)) }],
    ['an older, short copy', { 'c0/nova-compute.log.1': WHOLE.subarray(0, lineEnd(30_000)) }],
    ['an older, short copy that is read after it', { 'c0/nova-compute.log2': WHOLE.subarray(0, lineEnd(30_000)) }],
  ])('%s', async (_, copies) => {
    const folder = folderWith({ [NAME]: WHOLE, ...copies });
    const paths = [NAME, ...Object.keys(copies)].map((name) => join(folder, name));
    const hosts = { host: [`c0=${folder}`] };
    expect(told(await audited(paths, hosts))).toEqual(whole);
    expect(told(await audited(paths.toReversed(), hosts))).toEqual(whole);
  });

  test.each([100, 900, 20_000])('an older copy of %i bytes does not take the last event away', async (length) => {
    const end = WHOLE.indexOf('\n', WHOLE.lastIndexOf('Migrating instance to')) + 1;
    const folder = folderWith({ 'c0/a/nova-compute.log': WHOLE.subarray(0, end) });
    const flags = { db: join(folder, 'store.db'), host: [`c0=${folder}`] };
    const before = told(await audited([folder], flags));
    const copy = join(folder, 'c0/copy.log');
    writeFileSync(copy, WHOLE.subarray(0, length));
    await audited([copy], flags);
    expect(told(await audited([], flags))).toEqual(before);
  });

  test('after rotation, in a store that knew it before', async () => {
    const folder = folderWith({ [NAME]: WHOLE.subarray(0, lineEnd(40_000)) });
    const flags = { db: join(folder, 'store.db') };
    await audited([folder], flags);
    appendFileSync(join(folder, NAME), WHOLE.subarray(lineEnd(40_000), lineEnd(50_000)));
    await audited([folder], flags);
    writeFileSync(join(folder, `${NAME}.1.gz`), gzipSync(WHOLE.subarray(0, lineEnd(50_000))));
    writeFileSync(join(folder, NAME), WHOLE.subarray(lineEnd(50_000)));
    const report = await audited([folder], flags);
    expect(told(report)).toEqual(whole);
    expect(report.sources).toHaveLength(2);
  });

  test('an empty log is one source, however often it is read', async () => {
    const folder = folderWith({ [NAME]: '' });
    const flags = { db: join(folder, 'store.db') };
    await audited([folder], flags);
    await audited([folder], flags);
    writeFileSync(join(folder, NAME), WHOLE);
    expect(told(await audited([folder], flags))).toEqual(whole);
    const store = openReadOnly(flags.db);
    expect(sourceRows(store)).toHaveLength(1);
    store.close();
  });

  test('two hosts whose logs begin alike are two', async () => {
    const begin = WHOLE.subarray(0, lineEnd(500));
    const folder = folderWith({ 'c0/nova-compute.log': begin, 'c1/nova-compute.log': WHOLE });
    expect((await audited([folder])).sources.map(({ host }) => host)).toEqual(['c0', 'c1']);
  });
});

describe('a log that is cut off', () => {
  test('in the middle of its last line, and completed later', async () => {
    const folder = folderWith({ [NAME]: WHOLE.subarray(0, 20_011) });
    const flags = { db: join(folder, 'store.db') };
    await audited([folder], flags);
    writeFileSync(join(folder, NAME), WHOLE);
    expect(told(await audited([folder], flags))).toEqual(whole);
  });

  test('without a line end after its last event', async () => {
    const last = WHOLE.lastIndexOf('Migrating instance to');
    const end = WHOLE.indexOf('\n', last);
    const folder = folderWith({ [NAME]: WHOLE.subarray(0, end) });
    const events = await parsedEvents([folder]);
    expect(events.at(-1)).toMatchObject({ type: 'finished' });
    const [source] = (await audited([folder])).sources;
    expect(source?.lines).toBe(WHOLE.subarray(0, end).toString().split('\n').length);
    expect(source?.bytes).toBe(end);
  });

  test('gzip that breaks off: what came before was read, and that it breaks off is told', async () => {
    const folder = folderWith({ [`${NAME}.gz`]: gzipSync(WHOLE).subarray(0, 4000), [NAME]: WHOLE });
    await expect(audited([folder])).rejects.toThrow('exit 3');
  });
});

describe('a record that two files share', () => {
  const header = '2024-05-01 09:00:40.000 7';
  const vm = '[instance: d0b0090d-6259-4992-bfb8-1d2706e55426]';
  const failure = `${header} ERROR nova.virt.libvirt.driver [-] ${vm} Live Migration failure: internal error: closed\n`;
  const traceback = [
    `${header} ERROR nova.compute.manager [-] ${vm} Something else failed\n`,
    `${header} ERROR nova.compute.manager ${vm} Traceback (most recent call last):\n`,
    `${header} ERROR nova.compute.manager ${vm} MigrationError: Live migration not completed after 180 sec\n`,
    'Migration operation has aborted\n',
    `${header} ERROR nova.compute.manager ${vm} Live Migration failure: as quoted by a traceback\n`,
    `${header} ERROR nova.compute.manager ${vm} \n`,
  ];
  const after = `${header} ERROR nova.virt.libvirt.driver [-] ${vm} Migration operation has aborted\n`;

  test('a traceback that quotes key lines, rotated away in its middle', async () => {
    for (let cut = 0; cut <= traceback.length; cut += 1) {
      const folder = folderWith({
        [`${NAME}.1`]: failure + traceback.slice(0, cut).join(''),
        [NAME]: traceback.slice(cut).join('') + after,
      });
      const types = (await parsedEvents([folder])).map(({ type }) => type);
      expect(types).toEqual(['failure', 'aborted']);
    }
  });

  test('a gzip that is still being written, and complete the next time', async () => {
    const packed = gzipSync(WHOLE);
    const folder = folderWith({ [`${NAME}.1.gz`]: packed.subarray(0, 6000) });
    const db = join(folder, 'store.db');
    await expect(audited([folder], { db })).rejects.toThrow('exit 3');
    writeFileSync(join(folder, `${NAME}.1.gz`), packed);
    expect(told(await audited([folder], { db }))).toEqual(whole);
  });
});

describe('--host, and what comes after it', () => {
  const LINE =
    '2024-05-01 09:00:00.000 7 INFO nova.compute.manager [-] [instance: d0b0090d-6259-4992-bfb8-1d2706e55426] VM Paused (Lifecycle Event)\n';
  const SYSLOG = `May  1 09:00:00 own-host nova-compute[7]: ${LINE}`;

  test.each<[string, string, string, readonly string[], string | null]>([
    ['--host is over all', 'cx/p.nova-compute.log', SYSLOG, ['stated='], 'stated'],
    ["the line's own is over the name's", 'cx/p.nova-compute.log', SYSLOG, [], 'own-host'],
    ["the name's is over the folder's", 'cx/p.nova-compute.log', LINE, [], 'p'],
    ["the folder's is the last", 'cx/var/log/nova/nova-compute.log', LINE, [], 'cx'],
  ])('%s', async (_, name, text, stated, host) => {
    const folder = folderWith({ [name]: text });
    const [event] = await parsedEvents([folder], { host: stated.map((flag) => flag + folder) });
    expect(event?.host).toBe(host);
  });

  test('the campaign is over the line', async () => {
    const campaign = 'novatrail: 1\nhosts: { declared: { logs: [logs/*.log] } }\n';
    const folder = folderWith({ 'logs/nova-compute.log': SYSLOG, 'campaign.yaml': campaign });
    const flags = { campaign: join(folder, 'campaign.yaml') };
    const [event] = await parsedEvents([join(folder, 'logs')], flags);
    expect(event?.host).toBe('declared');
    const [stated] = await parsedEvents([join(folder, 'logs')], { ...flags, host: [`stated=${folder}`] });
    expect(stated?.host).toBe('stated');
  });
});

function told({ migrations }: Reported) {
  return migrations.map((each) => [
    each.id,
    ...[each.source_host, each.destination_host, each.started_at, each.ended_at, each.outcome, each.observed],
    each.verdicts.map(({ rule, status }) => [rule, status]),
  ]);
}

function lineEnd(near: number): number {
  return WHOLE.indexOf('\n', Math.floor(near)) + 1;
}

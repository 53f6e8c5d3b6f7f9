import { basename, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/tail/bytes.ts';
import { discoverLogs, hostOfPath } from '../../src/tail/discover.ts';
import { folderWith } from '../running.ts';

describe('in a folder', () => {
  const found = (names: readonly string[]) => {
    const folder = folderWith(Object.fromEntries(names.map((name) => [name, 'x\n'])));
    return discoverLogs([folder]).map(({ path, host }) => [relative(folder, path), host]);
  };

  test.each([
    ['c0/nova-compute.log', 'c0'],
    ['c0/var/log/nova/nova-compute.log', 'c0'],
    ['c0/var/log/kolla/nova/nova-compute.log', 'c0'],
    ['compute-0.nova-compute.log', 'compute-0'],
    ['compute-0-nova-compute.log.1', 'compute-0'],
    ['cmp1.example.org.nova-compute.log', 'cmp1.example.org'],
    ['c1/nova-compute.log.3.gz', 'c1'],
    ['c1/nova-compute.log.1.zst', 'c1'],
    ['c1/nova-compute.log-20240501', 'c1'],
    ['c1/nova-compute.log-20240501.gz', 'c1'],
    ['c1/nova-compute.log.2017-05-16_13:55:31', 'c1'],
    ['c1/screen-n-cpu.txt', 'c1'],
    ['c1/screen-n-cpu.txt.gz', 'c1'],
    ['c1/n-cpu.log', 'c1'],
    ['c1/nova_compute.log', 'c1'],
  ])('%s is a log of %s', (name, host) => {
    expect(found([name])).toEqual([[name, host]]);
  });

  test('what is no log of nova-compute is left alone', () => {
    const others = [
      'nova-compute.log.truth.json',
      'nova-compute.log.source.txt',
      'nova-compute.conf',
      'nova-api.log',
      'nova-conductor.log',
      'neutron-server.log',
      'README.md',
      'campaign.yaml',
      'nova-compute.log.swp',
      'nova-compute-report.html',
    ];
    expect(found(['c0/nova-compute.log', ...others.map((name) => `c0/${name}`)])).toEqual([
      ['c0/nova-compute.log', 'c0'],
    ]);
    expect(() => found(others)).toThrow(InputError);
  });

  test('a rotated set stands together, the oldest first', () => {
    const names = ['.log', '.log.1', '.log.2.gz', '.log.10.gz', '.log.9.gz'].map((end) => `c0/nova-compute${end}`);
    const order = found([...names, 'c1/nova-compute.log']).map(([name]) => name);
    expect(order).toEqual([
      'c0/nova-compute.log.10.gz',
      'c0/nova-compute.log.9.gz',
      'c0/nova-compute.log.2.gz',
      'c0/nova-compute.log.1',
      'c0/nova-compute.log',
      'c1/nova-compute.log',
    ]);
  });

  test('dated sets are in the order of their dates', () => {
    const names = ['-20240503.gz', '-20240501.gz', '', '-20240502'].map((end) => `c0/nova-compute.log${end}`);
    expect(found(names).map(([name]) => basename(name ?? ''))).toEqual([
      'nova-compute.log-20240501.gz',
      'nova-compute.log-20240502',
      'nova-compute.log-20240503.gz',
      'nova-compute.log',
    ]);
  });

  test('a folder given twice, or with a file of its own, is read once', () => {
    const folder = folderWith({ 'c0/nova-compute.log': 'x\n' });
    expect(discoverLogs([folder, folder, join(folder, 'c0/nova-compute.log')])).toHaveLength(1);
  });

  test('a file is taken as it is, whatever it is called', () => {
    const folder = folderWith({ 'c7/what-he-sent-me': 'x\n' });
    expect(discoverLogs([join(folder, 'c7/what-he-sent-me')])).toMatchObject([{ host: 'c7' }]);
  });
});

describe('host of a path', () => {
  test.each([
    ['/srv/run/compute-3/var/log/nova/nova-compute.log', 'compute-3'],
    ['/var/log/nova/nova-compute.log', null],
    ['/var/log/kolla/nova/nova-compute.log', null],
    ['/var/log/containers/nova-compute.log', null],
    ['/var/log/nova/compute-0.nova-compute.log', 'compute-0'],
    ['-', null],
  ])('%s: %s', (path, host) => {
    expect(hostOfPath(path)).toBe(host);
  });
});

test('a name that is nearly a log of nova-compute is refused at once', () => {
  const begun = performance.now();
  for (const [character, end] of ['-x', '.x', '_x', '1x'])
    hostOfPath(`nova-compute.log-${character?.repeat(200)}${end}`);
  expect(performance.now() - begun).toBeLessThan(500);
});

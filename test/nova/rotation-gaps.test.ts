import { expect, test } from 'vitest';
import { missingFiles } from '../../src/nova/rotation-gaps.ts';

test.each<[string, readonly string[], readonly string[]]>([
  ['whole', ['x/a.log', 'x/a.log.1', 'x/a.log.2.gz'], []],
  ['the middle one', ['x/a.log', 'x/a.log.2'], ['x/a.log.1']],
  ['several, the oldest first', ['x/a.log.1', 'x/a.log.4'], ['x/a.log.3', 'x/a.log.2']],
  ['as it would be packed', ['x/a.log.1', 'x/a.log.3.gz'], ['x/a.log.2.gz']],
  ['the one that is written is no gap', ['x/a.log.1', 'x/a.log.2'], []],
  ['nor what is older than the oldest', ['x/a.log', 'x/a.log.1'], []],
  ['sets of their own', ['x/a.log', 'y/a.log.2', 'x/b.log.3'], []],
  ['the same file twice', ['x/a.log', 'x/a.log.1', 'x/a.log.1.gz'], []],
  ['dates tell no gap', ['x/a.log-20240501.gz', 'x/a.log-20240504.gz', 'x/a.log'], []],
  ['in any order', ['x/a.log.2', 'x/a.log'], ['x/a.log.1']],
])('%s', (_what, paths, missing) => {
  expect(missingFiles(paths).map(({ path }) => path)).toEqual(missing);
});

test('between which files it is missing', () => {
  expect(missingFiles(['a.log', 'a.log.3.zst'])).toEqual([
    { path: 'a.log.2.zst', older: 'a.log.3.zst', newer: 'a.log' },
    { path: 'a.log.1.zst', older: 'a.log.3.zst', newer: 'a.log' },
  ]);
});

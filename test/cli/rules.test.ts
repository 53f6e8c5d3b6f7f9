import { expect, test } from 'vitest';
import { CATALOGUE } from '../../src/rules/index.ts';
import { called, scratch } from '../scratch.ts';

test('the catalogue lists every rule in order, in 80 columns', async () => {
  const { code, stdout } = await called(scratch(), ['rules']);
  const rows = stdout.split('\n');
  const listed = rows
    .slice(1)
    .flatMap((row) => /^([a-z-]+) +(error|warning|note) /.exec(row)?.slice(1, 3).join(' ') ?? []);
  expect(listed).toEqual(CATALOGUE.map(({ id, severity }) => `${id} ${severity}`));
  for (const row of rows) expect(row.length, row).toBeLessThanOrEqual(80);
  expect(code).toBe(0);
});

test.each(CATALOGUE)('$id has a page that says all there is to know of it', async (rule) => {
  const { code, stdout } = await called(scratch(), ['rules', rule.id]);
  const words = stdout.replace(/\s+/g, ' ');
  for (const text of [rule.id, rule.title, rule.severity, rule.why, rule.needs, rule.undecided, rule.collect])
    expect(words).toContain(text.replace(/\s+/g, ' '));
  for (const row of stdout.split('\n')) expect(row.length, row).toBeLessThanOrEqual(80);
  expect(code).toBe(0);
});

test.each([
  ['timeout-mised', /there is no rule timeout-mised; did you mean timeout-missed/],
  ['over-limit', /there is no rule over-limit; did you mean (?:.*, or )?downtime-over-limit/],
  ['xyzzy\x1b[31m', /there is no rule xyzzy; novatrail rules lists them/],
])('an unknown rule %j is wrong use, and what may be meant is said', async (id, says) => {
  const ran = await called(scratch(), ['rules', id]);
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toMatch(says);
});

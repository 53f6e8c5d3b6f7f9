import fc from 'fast-check';
import { expect, test } from 'vitest';
import { percentFormat } from '../../src/parse/percent-format.ts';

test.each([
  ['%d ms', [50.9], '50 ms'],
  ['%d', [-1.5], '-1'],
  ['%i %s %r', [1, 'a', "it's"], `1 a "it's"`],
  ['%r', ['a\n'], "'a\\n'"],
  ['%x %X %#x %o', [255, 255, 255, 8], 'ff FF 0xff 10'],
  ['%.1f %.1f %0.2f %f', [0.25, 0.35, 0.8750483989715576, 1], '0.2 0.3 0.88 1.000000'],
  ['%.0f %.0f', [0.5, 1.5], '0 2'],
  ['%5d|%-5s|%05.1f|%+d', [42, 'a', -1.5, 3], '   42|a    |-01.5|+3'],
  ['%(a)s %(b)d%% %(a)s', { a: 'x', b: 7.9, unused: 1 }, 'x 7% x'],
  ['%s %s %s', [null, true, 1.5], 'None True 1.5'],
  ['%d', [2 ** 60], '1152921504606846976'],
  ['%.2s', ['abc'], 'ab'],
  ['100% %s', [], '100% %s'],
  ['100%%', null, '100%%'],
  ['%s', [], '%s'],
])('%j %% %j', (format, args, expected) => {
  expect(percentFormat(format, args)).toBe(expected);
});

test.each([
  ['%s %s', ['a']],
  ['%s', ['a', 'b']],
  ['%d', ['a']],
  ['%d', [null]],
  ['%(a)d', { b: 1 }],
  ['%s', { a: 1 }],
  ['%(a)s', ['x']],
  ['%s', [{}]],
  ['100%', ['a']],
  ['%y', [1]],
  ['%e', [1]],
  ['%s', 'text'],
])('%j %% %j cannot be rendered', (format, args) => {
  expect(percentFormat(format, args)).toBeNull();
});

test('formatting never throws', () => {
  const format = fc
    .array(fc.constantFrom('%', '(a)', 'd', 's', '.', '5', '0', '-', 'f', 'x', '*', '#', 'r', ' '))
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(format, fc.jsonValue(), (text, args) => {
      percentFormat(text, args);
      percentFormat(text, [args, 1.5, 'x']);
    }),
    { numRuns: 3000 },
  );
});

test('a hostile format takes no longer than its length', () => {
  for (const piece of ['%', '%(', '%   ', '%(a)', '%5']) percentFormat(piece.repeat(100_000), ['x']);
});

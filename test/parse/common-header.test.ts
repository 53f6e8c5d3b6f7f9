import fc from 'fast-check';
import { expect, test } from 'vitest';
import { opensRecord } from '../../src/parse/assemble.ts';
import { beginsCommon, commonHeader } from '../../src/parse/common-header.ts';
import * as grammar from '../../src/parse/generated/header.js';
import { type PegParser, takeAll } from '../../src/parse/run-parser.ts';

const UUID = '88084fdd-51dc-4967-8493-c1169e4533ec';
/** For each part of a header: as it is, and as it nearly is. */
const part = (usual: readonly string[], odd: readonly string[]) =>
  fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...usual) }, { weight: 1, arbitrary: fc.constantFrom(...odd) });
const line = fc
  .tuple(
    part(['2024-05-01', '1999-12-31'], ['2024-19-39', '3024-05-01', '2024-5-01', ' 2024-05-01', '']),
    part([' '], ['T', '  ', '']),
    part(
      ['09:00:07.923', '29:59:60.000'],
      ['09:00:07', '09:00:07,923', '09:00:07.92', '09:00:07.923456', '09:60:07.923'],
    ),
    part([' '], [' +0100 ', ' [HOST] ', '  ', '\t', 'Z ', '+01:00 ', ' pinger ']),
    part(['9202 ', '2 '], ['', '12345678901 ', '-1 ', '1  ']),
    part(['DEBUG', 'INFO', 'WARNING', 'ERROR'], ['WARN', 'AUDIT', 'CRITICAL', 'TRACE', 'info', 'INFORM', '']),
    part([' nova.virt.libvirt.driver', ' x', ' os_vif', ' a-b'], ['  nova', ' 9nova', '', ' nova:']),
    part(
      [
        ' [-]',
        ` [None req-${UUID} u p - - d d]`,
        ` [req-${UUID} u p - d d]`,
        ` [req-x req-${UUID} - - - - -]`,
        ' [req-1 ]',
      ],
      [
        '',
        ' []',
        ' [req-]',
        ' [None]',
        ' [None u]',
        ' [a b req-1]',
        ' [req-1  u]',
        ' [req-1\tu]',
        ' [a\tb req-1]',
        `[${UUID}]`,
      ],
    ),
    part(
      ['', ` [instance: ${UUID}]`],
      [
        ' [instance: ]',
        ' [instance: x]',
        ` [instance: ${UUID}`,
        `[instance: ${UUID}]`,
        ` [instance: ${UUID}] [instance: ${UUID}]`,
      ],
    ),
    part([' Migration running', ' '], ['', 'x', ' a\nb', ' \u2028', '  x', '\t']),
  )
  .map((parts) => parts.join(''));

test('a header read without the grammar is as the grammar reads it', () => {
  let read = 0;
  fc.assert(
    fc.property(line, (text) => {
      const found = commonHeader(text);
      if (found === null) return;
      read += 1;
      expect(found).toEqual(takeAll(grammar as unknown as PegParser, 'Line', text)?.value);
    }),
    { numRuns: 20_000 },
  );
  expect(read).toBeGreaterThan(2000);
});

test('a line that is seen to begin a record by its first characters begins one', () => {
  let seen = 0;
  const added = fc.constantFrom('', '', '', '\0', '\ufeff', '\x1b[31m', '#033[0m', '^[[1m', '\\[', '\\');
  fc.assert(
    fc.property(line, added, fc.nat({ max: 200 }), (text, extra, place) => {
      const altered = text.slice(0, place) + extra + text.slice(place);
      if (!beginsCommon(altered)) return;
      seen += 1;
      expect(opensRecord(altered)).toBe(true);
    }),
    { numRuns: 20_000 },
  );
  expect(seen).toBeGreaterThan(1000);
});

test.each([
  `2024-05-01 09:00:07.923 9202 INFO nova.virt.libvirt.driver [-] [instance: ${UUID}] Migration running for 0 secs`,
  `2018-11-13 13:59:12.653 134780 ERROR nova.virt.libvirt.driver [req-${UUID} b7b6 738e - default default] [instance: ${UUID}] x`,
  `2023-12-16 11:07:45.380 2 WARNING nova.virt.libvirt.driver [None req-${UUID} c975 2faa - - default default] x`,
])('the common ones need no grammar: %s', (text) => {
  expect(commonHeader(text)).not.toBeNull();
});

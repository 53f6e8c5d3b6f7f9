import fc from 'fast-check';
import { expect, test } from 'vitest';
import { frontOf } from '../../src/report/index.ts';
import { findingsView } from '../../src/report/views/findings.ts';
import { hostsView } from '../../src/report/views/host.ts';
import { html } from '../../src/report/views/html.ts';
import { bytesText, countText, rateText } from '../../src/report/views/words.ts';
import { failing, OPEN, reportOf } from './sample-report.ts';

test('every value in a template is text, unless it is a piece itself', () => {
  const list = ['<b>', '&'].map((text) => html`<li title="${text}">${text}</li>`);
  expect(html`<ul>${list}${null}${3}</ul>`.html).toBe(
    '<ul><li title="&lt;b&gt;">&lt;b&gt;</li><li title="&amp;">&amp;</li>3</ul>',
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(html`${text}`.html).not.toMatch(/[<>"'\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/);
    }),
  );
});

test('a host shows the gravest of what is said of it; what is waived is no failure, and no pass', async () => {
  const report = await reportOf([]);
  const clock = (status: 'pass' | 'fail' | 'inconclusive', waived?: string) => {
    return {
      ...OPEN,
      rule: 'clock-skew',
      status,
      message: 'compute-0 is late',
      ...(waived === undefined ? {} : { waived }),
    };
  };
  const chips = (...findings: ReturnType<typeof clock>[]) =>
    [...hostsView(frontOf({ ...report, findings })).html.matchAll(/class="chip[^"]*">.*?<\/span>([^<]*)/g)].map(
      ([, word]) => word,
    );
  expect(chips(clock('pass'))).toEqual(['pass']);
  expect(chips(clock('pass'), clock('inconclusive'))).toEqual(['not decided']);
  expect(chips(clock('inconclusive'), clock('fail', 'known'))).toEqual(['waived']);
  expect(chips(clock('fail', 'known'), clock('fail'))).toEqual(['fail']);
});

test('a comparison that cites many lines shows the first of them, and how many there are', async () => {
  const many = {
    ...failing('x'),
    evidence: Array.from({ length: 30 }, (_, line) => ({ path: 'n.log', line, offset: 0, text: 'y' })),
  };
  const { findings } = frontOf({ ...(await reportOf([])), findings: [many] });
  const shown = findingsView('Findings', findings)?.html ?? '';
  expect(shown).toContain('30 lines');
  expect(shown).toContain('and 18 more');
  expect(shown.match(/n\.log:/g)).toHaveLength(12);
});

test('figures are said in units that people read', () => {
  expect([0, 1023, 1024, 1.5 * 2 ** 20, 300 * 2 ** 30].map(bytesText)).toEqual([
    '0 bytes',
    '1023 bytes',
    '1.0 KiB',
    '1.5 MiB',
    '300 GiB',
  ]);
  expect([null, 0, 5 * 2 ** 20, 1100 * 2 ** 20].map(rateText)).toEqual(['–', '0.0 MiB/s', '5.0 MiB/s', '1100 MiB/s']);
  expect([0, 999, 1000, 1234567].map(countText)).toEqual(['0', '999', '1\u2009000', '1\u2009234\u2009567']);
});

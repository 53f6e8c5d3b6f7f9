import fc from 'fast-check';
import { expect, test } from 'vitest';
import { reportMarkdown } from '../../src/report/markdown.ts';
import { failing, OPEN, reportOf } from './sample-report.ts';

test('it says what failed with its lines, what is not decided, and lists the migrations', async () => {
  const text = reportMarkdown(await reportOf([failing('900 ms'), OPEN]));
  expect(text).toMatch(/^# Live migrations: mine\n\n\| migrations \| failed \|/);
  expect(text).toContain('**too-long** (error): 900 ms\n\n`900 ms/n.log:7`\n\n```text\n900 ms\n```');
  expect(text).toContain('### Files, hosts and settings\n\n**odd-file** (note): odd');
  expect(text).toContain(
    '## Not decided\n\n| what to collect | what that would decide |\n| --- | --- |\n| virsh domjobinfo once a second | `too-fast` (2) |',
  );
  expect(text).toContain(
    '| `00000001-20180702T140100` | compute-0 \u2192 compute-1 | 2018-07-02 14:01:00 | completed after 31.0 s | `too-long` |',
  );
  expect(text).toContain('| completed after 31.0 s | nothing failed, 1 not decided |');
});

test('text from logs is no markup', async () => {
  const evil = '<img src=x> @admin [a](javascript:b) *b* `c` #1 | www.a.b http://c $d$ _e_ \\';
  const text = reportMarkdown(await reportOf([failing(evil)], evil));
  const [heading = ''] = text.split('\n');
  expect(heading).toBe(
    '# Live migrations: \\<img src=x\\> @\u200badmin \\[a\\](javascript:b) \\*b\\* \\`c\\` \\#1 | www\u200b.a.b http:\u200b//c \\$d\\$ \\_e\\_ \\\\',
  );
  expect(text).toContain(`\`\`\`text\n${evil}\n\`\`\``);
});

test('whatever text arrives, tables keep their columns and a fence ends where it began', async () => {
  const report = await reportOf([]);
  const anyText = fc.string({ unit: fc.constantFrom('`', '|', '\\', '\n', 'a', ' ', '\x1b') });
  fc.assert(
    fc.property(anyText, (text) => {
      const migrations = report.migrations.map((judged) => ({
        ...judged,
        migration: { ...judged.migration, id: `${text}x`, sourceHost: text },
        verdicts: [failing(text)],
      }));
      const lines = reportMarkdown({ ...report, migrations }).split('\n');
      const rows = lines.slice(lines.indexOf('## Migrations') + 2).filter((line) => line.startsWith('| '));
      expect(rows.map(cellsIn)).toEqual([5, 5, 5, 5]);
      const opened = lines.findIndex((line) => /^`{3,}text$/.test(line));
      const fence = (lines[opened] ?? '').replace('text', '');
      expect(lines.indexOf(fence, opened)).toBe(opened + 1 + text.split('\n').length);
    }),
  );
});

/** As GitHub counts the cells of a row: a backslash takes the next character with it. */
function cellsIn(row: string): number {
  return (row.replace(/\\./g, '').match(/\|/g) ?? []).length - 1;
}

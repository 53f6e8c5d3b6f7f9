import { expect, test } from 'vitest';
import type { Report } from '../../src/judgement.ts';
import { reportText } from '../../src/report/text.ts';
import { FINDING, failing, OPEN, PASSING, reportOf } from './sample-report.ts';

test('failures stand with their lines, notes apart and brief, and the counts say how grave they are', async () => {
  const text = reportText(await reportOf([failing('900 ms'), failing('late', 'warning'), failing('odd rate', 'note')]));
  expect(text).toContain('Verdicts: 4 failed (1 error, 1 warning, 2 notes), 0 passed');
  const [failed = '', notes = ''] = text.split('\nNOTES\n');
  expect(failed).toContain('  too-long (error)\n    900 ms\n      900 ms/n.log:7\n        900 ms\n');
  expect(failed).not.toContain('odd');
  expect(notes).toContain(
    '  too-long: 00000001-20180702T140100: odd rate\n      odd rate/n.log:7\n        odd rate\n  odd-file: odd\n',
  );
  expect(notes).toMatch(/00000001-20180702T140100 .*\n {6}too-long, too-long\n/);
});

test('what fails of files, hosts and settings stands under no migration', async () => {
  const report = await reportOf([failing('900 ms')]);
  const text = reportText({ ...report, findings: [{ ...FINDING, severity: 'error' }] });
  expect(text).toContain('\n\nfiles, hosts and settings\n  odd-file (error)\n    odd\n');
});

test('what decides most is asked for first; a reason takes one row, of a file the whole', async () => {
  const long = 'because of this and that '.repeat(5).trim();
  const open = (rule: string) => ({ ...OPEN, rule, message: long });
  const report = await reportOf([open('too-long'), OPEN, { ...OPEN, message: 'no samples either' }]);
  const text = reportText({ ...report, findings: [open('odd-file')] });
  const [, wants = ''] = text.split('\nNOT DECIDED\n');
  expect(wants.match(/collect: .*/g)).toEqual([
    'collect: virsh domjobinfo once a second',
    'collect: the downtime lines',
    'collect: the whole file',
  ]);
  expect(wants).toContain('    too-fast (4): no samples\n');
  expect(wants).toMatch(/ {4}too-long \(2\): because of this .*\u2026\n/);
  expect(wants).toMatch(/ {4}odd-file \(1\): because of this .*\n.* this and that\n/);
  for (const row of text.split('\n')) expect(row.length, row).toBeLessThanOrEqual(80);
});

test('it says how to declare settings where nobody did, and not where somebody did', async () => {
  const report = await reportOf([OPEN]);
  const declared = (each: Report['migrations'][number]) => {
    const { settings } = each;
    const max_downtime_ms = { ...settings.max_downtime_ms, declared: true };
    return { ...each, settings: { ...settings, max_downtime_ms } };
  };
  expect(reportText(report)).toContain('--set timeout=SECONDS,downtime=MS');
  expect(reportText({ ...report, migrations: report.migrations.map(declared) })).not.toContain('--set');
  expect(reportText(await reportOf([PASSING]))).not.toContain('--set');
});

test('that no migration was found comes first', async () => {
  const report = await reportOf([]);
  const source = {
    path: 'n.log',
    host: null,
    bytes: 0,
    lines: 0,
    events: 0,
    unmatched: 0,
    firstAt: null,
    lastAt: null,
  };
  const sources = [source, { ...source, path: 'm.log', bytes: 9 }];
  const text = reportText({ ...report, migrations: [], findings: [{ ...OPEN, rule: 'odd-file' }], sources });
  expect(text).toMatch(/^0 migrations of mine in 2 logs\n.*\n\nNo live migration was found.\n {2}n.log is empty\n/);
  expect(text).toContain('  m.log holds no line about a live migration\n\nNOT DECIDED\n');
  expect(text).not.toContain('explain');
});

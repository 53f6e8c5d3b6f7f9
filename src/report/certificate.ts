import type { TestResult, TestStatus } from '../certification.ts';
import type { Report } from '../judgement.ts';
import { evidence, indent, type Paint } from './layout.ts';
import { printableName } from './printable.ts';
import { ended } from './summary.ts';

/** What each status is called in a certificate. */
export const STATUS_WORDS: Readonly<Record<TestStatus, string>> = {
  pass: 'passed',
  fail: 'failed',
  inconclusive: 'not decided',
  manual: 'to be looked at by a person',
  'not-run': 'not run',
};

const SHOWN_EVIDENCE = 3;

/** The certificate of a campaign for people: each test with what decided it, and what no test decides; empty without tests. */
export function certificateText({ tests, uncovered, migrations }: Report, paint: Paint): string {
  if (tests.length === 0) return '';
  const parts = [
    indent(`${paint.bold('CERTIFICATE')} ${countsOf(tests)}`, 0),
    ...tests.map((test) => testText(test, migrationsOf(test, migrations), paint)),
    ...(uncovered.length > 0 ? [uncoveredText(uncovered)] : []),
  ];
  return parts.join('\n\n');
}

/** How many tests came to what, in words. */
export function countsOf(tests: readonly TestResult[]): string {
  const statuses = Object.keys(STATUS_WORDS) as TestStatus[];
  const counts = statuses.flatMap((status) => {
    const count = tests.filter((test) => test.status === status).length;
    return count === 0 ? [] : [`${count} ${STATUS_WORDS[status]}`];
  });
  return `${tests.length} test${tests.length === 1 ? '' : 's'}: ${counts.join(', ')}`;
}

function testText(test: TestResult, migrations: readonly string[], paint: Paint): string {
  const { id, plan, section, title, status, reasons, missing } = test;
  const colour = {
    pass: paint.green,
    fail: paint.red,
    inconclusive: paint.yellow,
    manual: paint.yellow,
    'not-run': paint.yellow,
  };
  const head = title === null ? id : `${plan} ${section}: ${title}`;
  const lines = [
    indent(`${colour[status](STATUS_WORDS[status].toUpperCase())}: ${printableName(head)}`, 2),
    ...(title === null ? [] : [paint.dim(indent(printableName(id), 6))]),
    ...migrations.map((each) => indent(`migration ${printableName(each)}`, 6)),
    ...reasons.map((reason) => indent(printableName(reason), 6)),
    ...test.evidence.slice(0, SHOWN_EVIDENCE).map((each) => evidence(each, paint)),
    ...(missing === null ? [] : [indent(`collect: ${printableName(missing)}`, 6)]),
  ];
  return lines.join('\n');
}

/** The migrations that a test was decided from: `id: compute-0 to compute-1, completed`. */
export function migrationsOf({ migrations: ids }: TestResult, judged: Report['migrations']): string[] {
  return ids.map((id) => {
    const found = judged.find(({ migration }) => migration.id === id)?.migration;
    return found === undefined
      ? id
      : `${id}: ${found.sourceHost ?? '?'} to ${found.destinationHost ?? '?'}, ${ended(found)}`;
  });
}

function uncoveredText(uncovered: Report['uncovered']): string {
  const rows = uncovered.map(({ id, text, untested }) =>
    indent(`${id} ${text}${untested ? ' (the plan has no test for it)' : ''}`, 6),
  );
  return [indent('Statements of the plan that nothing here decides:', 2), ...rows].join('\n');
}

import type { TestResult } from '../certification.ts';
import type { JudgedMigration, Report, RuleMeta } from '../judgement.ts';
import type { Evidence, Verdict } from '../model.ts';
import { STATUS_WORDS } from './certificate.ts';
import { printable } from './printable.ts';
import { isoTime } from './time.ts';

/**
 * The report as JUnit XML for CI. Where a campaign has tests, each is a test case of the first suite: failed with what fails
 * it, skipped where it was not run or not decided, with what to collect. A migration is a test case: each failing verdict of severity error a `failure` with its
 * lines; where nothing fails so and something could not be decided it is `skipped`, with what to collect; warnings and what
 * else could not be decided stand in `system-out`. Findings make a second suite, a test case a rule.
 */
export function reportJunit(report: Report): string {
  const name = report.campaign ?? 'novatrail';
  const tests = report.tests.map((test) => certificateCase(test, report, name));
  const suites = [
    suite(name, tests),
    suite(
      tests.length > 0 ? `${name}: migrations` : name,
      report.migrations.map((judged) => migrationCase(judged, report, name)),
    ),
    suite(`${name}: files, hosts and settings`, findingCases(report, name)),
  ].filter(({ cases }) => cases.length > 0);
  const at = isoTime(report.generatedAt)?.slice(0, 19);
  const stamp = at === undefined ? {} : { timestamp: at };
  const parts = suites.map((each) => element('testsuite', { ...countsOf([each]), ...stamp }, each.cases.map(caseXml)));
  const { name: _, ...totals } = countsOf(suites);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', { name, ...totals }, parts)}\n`;
}

interface TestCase {
  readonly name: string;
  readonly classname: string;
  readonly seconds: number | null;
  readonly verdicts: readonly Verdict[];
  readonly catalogue: readonly RuleMeta[];
  /** Of a test of the campaign: what it came to, in words, where it neither passed nor failed. */
  readonly skipped: string | null;
  /** What proves that it passed. */
  readonly proof: string | null;
}

interface Suite {
  readonly name: string;
  readonly cases: readonly TestCase[];
}

function suite(name: string, cases: readonly TestCase[]): Suite {
  return { name, cases };
}

/** A test of the campaign, its result put as a verdict. */
function certificateCase(
  { id, status, reasons, evidence, missing, title }: TestResult,
  report: Report,
  classname: string,
): TestCase {
  const collect = missing === null ? [] : [`collect: ${missing}`];
  const words = status === 'fail' || status === 'pass' ? [] : [STATUS_WORDS[status]];
  const message = [...words, ...reasons, ...collect].join('; ');
  const verdict: Verdict = {
    rule: id,
    status: status === 'fail' || status === 'pass' ? status : 'inconclusive',
    severity: 'error',
    message,
    evidence,
  };
  const name = title === null ? id : `${id}: ${title}`;
  const skipped = words[0] ?? null;
  const proof = status === 'pass' ? [...reasons, ...evidence.map(lineText)].join('\n') : null;
  return { name, classname, seconds: null, verdicts: [verdict], catalogue: report.catalogue, skipped, proof };
}

const OF_A_RULE = { skipped: null, proof: null };

function migrationCase(
  { migration: m, verdicts }: JudgedMigration,
  { catalogue }: Report,
  classname: string,
): TestCase {
  const name = `${m.id} (${m.sourceHost ?? '?'} to ${m.destinationHost ?? '?'}, ${m.outcome})`;
  return { name, classname, seconds: m.duration_s, verdicts, catalogue, ...OF_A_RULE };
}

function findingCases({ catalogue, findings }: Report, classname: string): TestCase[] {
  return catalogue.flatMap(({ id }) => {
    const verdicts = findings.filter(({ rule }) => rule === id);
    return verdicts.length === 0 ? [] : [{ name: id, classname, seconds: null, verdicts, catalogue, ...OF_A_RULE }];
  });
}

/** A test case counts once, as most readers count: failed, else skipped, else passed. */
function countsOf(suites: readonly Suite[]) {
  const cases = suites.flatMap((each) => each.cases);
  const failures = cases.filter((each) => failuresOf(each).length > 0).length;
  const skipped = cases.filter((each) => failuresOf(each).length === 0 && openOf(each).length > 0).length;
  const seconds = cases.reduce((sum, each) => sum + (each.seconds ?? 0), 0);
  return { name: suites[0]?.name ?? '', tests: cases.length, failures, errors: 0, skipped, time: seconds.toFixed(3) };
}

function failuresOf({ verdicts }: TestCase): Verdict[] {
  return verdicts.filter(isError);
}

function isError({ status, severity, waived }: Verdict): boolean {
  return status === 'fail' && severity === 'error' && waived === undefined;
}

function openOf({ verdicts }: TestCase): Verdict[] {
  return verdicts.filter(({ status }) => status === 'inconclusive');
}

function caseXml(test: TestCase): string {
  const failures = failuresOf(test);
  const open = openOf(test);
  const time = test.seconds === null ? {} : { time: test.seconds.toFixed(3) };
  const skipped = failures.length === 0 && open.length > 0;
  const mild = test.verdicts.filter((verdict) => verdict.status === 'fail' && !isError(verdict));
  const beside = [
    ...(test.proof === null ? [] : [test.proof]),
    ...mild.map(failureText),
    ...(skipped ? [] : open.map((verdict) => openText(verdict, test))),
  ];
  const parts = [
    ...failures.map(failureXml),
    ...(skipped ? [skippedXml(open, test)] : []),
    ...(beside.length === 0 ? [] : [element('system-out', {}, beside.join('\n\n'))]),
  ];
  return element('testcase', { name: test.name, classname: test.classname, ...time }, parts);
}

function failureXml(verdict: Verdict): string {
  return element('failure', { message: verdict.message, type: verdict.rule }, failureText(verdict));
}

function skippedXml(open: readonly Verdict[], test: TestCase): string {
  const rules = [...new Set(open.map(({ rule }) => rule))];
  const message = test.skipped ?? `not decided: ${rules.join(', ')}`;
  return element('skipped', { message }, open.map((verdict) => openText(verdict, test)).join('\n\n'));
}

function failureText({ rule, severity, message, evidence, waived }: Verdict): string {
  const kind = waived === undefined ? severity : `waived: ${waived}`;
  return [`${rule} (${kind}): ${message}`, ...evidence.map(lineText)].join('\n');
}

function openText({ rule, message, evidence }: Verdict, { catalogue }: TestCase): string {
  const collect = catalogue.find(({ id }) => id === rule)?.collect;
  const needed = collect === undefined ? [] : [`collect: ${collect}`];
  return [`${rule}: ${message}`, ...needed, ...evidence.map(lineText)].join('\n');
}

function lineText({ path, line, text }: Evidence): string {
  return `${path}:${line}\n    ${text}`;
}

/** `content`: text, or elements one below the other. */
function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  content: string | readonly string[],
): string {
  const given = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(String(value), true)}"`);
  const inside = typeof content === 'string' ? escapeXml(content, false) : content.map((each) => `\n${each}`).join('');
  if (inside === '') return `<${name}${given.join('')}/>`;
  return `<${name}${given.join('')}>${inside}${typeof content === 'string' ? '' : '\n'}</${name}>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
};

/** Text for XML 1.0: what it forbids even as a reference (control characters, halves of a pair, U+FFFE) becomes a dot. */
function escapeXml(text: string, attribute: boolean): string {
  return printable(text)
    .replace(/[\ufffe\uffff]|\p{Surrogate}/gu, '\u00b7')
    .replace(attribute ? /[&<>"\n]/g : /[&<>"]/g, (character) => ENTITIES[character] ?? character);
}

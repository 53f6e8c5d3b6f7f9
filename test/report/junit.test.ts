import fc from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { expect, test } from 'vitest';
import { reportJunit } from '../../src/report/junit.ts';
import { failing, OPEN, PASSING, reportOf } from './sample-report.ts';

/** One element as the reader gives it: what it is called, its attributes, its children in order, its text. */
interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text: string;
}

/** JUnit as Jenkins' xunit reads it (junit-10.xsd): attributes that must be and may be, children that may be. */
const SHAPE: Readonly<Record<string, { must: string[]; may: string[]; children: string[] }>> = {
  testsuites: { must: [], may: ['name', 'time', 'tests', 'failures', 'errors', 'skipped'], children: ['testsuite'] },
  testsuite: {
    must: ['name', 'tests', 'failures', 'errors'],
    may: ['skipped', 'time', 'timestamp', 'hostname', 'id', 'package'],
    children: ['properties', 'testcase', 'system-out', 'system-err'],
  },
  testcase: {
    must: ['name', 'classname'],
    may: ['time', 'status'],
    children: ['skipped', 'error', 'failure', 'system-out', 'system-err'],
  },
  failure: { must: [], may: ['message', 'type'], children: [] },
  skipped: { must: [], may: ['message'], children: [] },
  'system-out': { must: [], may: [], children: [] },
};
const NUMBER = /^\d+(?:\.\d+)?$/;
const COUNTS = ['tests', 'failures', 'errors', 'skipped', 'time'];

test('a failing error is a failure with message, type and its lines; warnings stand beside', async () => {
  const report = await reportOf([failing('700 ms'), failing('slow', 'warning'), PASSING, OPEN]);
  const [suite] = read(reportJunit(report)).children;
  const [first] = suite?.children ?? [];
  expect(first?.attributes.name).toMatch(/^00000001-20180702T140100 \(compute-0 to compute-1, completed\)$/);
  expect(first?.children.map(({ name }) => name)).toEqual(['failure', 'system-out']);
  expect(first?.children[0]?.attributes).toEqual({ message: '700 ms', type: 'too-long' });
  expect(first?.children[0]?.text).toContain('700 ms/n.log:7\n    700 ms');
  expect(first?.children[1]?.text).toMatch(/slow[\s\S]*too-fast: no samples\ncollect: virsh domjobinfo once a second/);
  expect(suite?.attributes).toMatchObject({
    tests: '2',
    failures: '1',
    skipped: '1',
    timestamp: '2018-07-02T15:00:00',
  });
});

test('what is not decided is skipped, and says what to collect', async () => {
  const [suite] = read(reportJunit(await reportOf([PASSING, OPEN]))).children;
  const [skipped] = suite?.children[0]?.children ?? [];
  expect(skipped).toMatchObject({ name: 'skipped', attributes: { message: 'not decided: too-fast' } });
  expect(skipped?.text).toContain('collect: virsh domjobinfo once a second');
  expect(suite?.attributes).toMatchObject({ failures: '0', skipped: '2' });
});

test('a migration of which nothing fails and all is decided has passed', async () => {
  const [suite] = read(reportJunit(await reportOf([PASSING]))).children;
  expect(suite?.children.map(({ children }) => children.length)).toEqual([0, 0]);
  expect(suite?.attributes).toMatchObject({ tests: '2', failures: '0', skipped: '0' });
});

test('the counts are those of the test cases, findings included', async () => {
  const root = read(reportJunit(await reportOf([failing('x'), OPEN])));
  expect(root.children.map(({ attributes }) => attributes.name)).toEqual(['mine', 'mine: files, hosts and settings']);
  for (const each of [root, ...root.children]) {
    const cases = each === root ? root.children.flatMap(({ children }) => children) : each.children;
    const having = (name: string) =>
      cases.filter(({ children }) => children.some((child) => child.name === name)).length;
    const expected = [cases.length, having('failure'), 0, having('skipped')];
    expect(COUNTS.slice(0, 4).map((name) => Number(each.attributes[name]))).toEqual(expected);
  }
});

test('an empty report is a valid one', async () => {
  expect(
    read(reportJunit({ ...(await reportOf([failing('x'), OPEN])), migrations: [], findings: [], generatedAt: null }))
      .children,
  ).toEqual([]);
});

test('whatever text arrives is read back, without what XML forbids', async () => {
  const report = await reportOf([]);
  const anyText = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(']]>', '<a b="c">&amp;', '\0\x08\x1f\ufffe\ud800x', 'a\nb'),
  );
  fc.assert(
    fc.property(anyText, (text) => {
      const odd = report.migrations.map((judged) => ({ ...judged, verdicts: [failing(text)] }));
      const xml = reportJunit({ ...report, campaign: text, migrations: odd });
      expect(xml).not.toMatch(/[\x00-\x08\x0b-\x1f\ufffe\uffff]|\p{Surrogate}/u);
      const failure = read(xml).children[0]?.children[0]?.children[0];
      expect(failure?.attributes.message).toBe(cleaned(text));
    }),
  );
});

/** Reads it with a reader of others', and checks every element against the shape that readers of JUnit rely on. */
function read(xml: string): Element {
  expect(XMLValidator.validate(xml)).toBe(true);
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    trimValues: false,
    parseTagValue: false,
    parseAttributeValue: false,
    htmlEntities: true,
  });
  const [, root] = (parser.parse(xml) as Parsed[]).flatMap(asElements);
  if (root === undefined) throw new Error('no root');
  check(root);
  return root;
}

type Parsed = Readonly<Record<string, unknown>>;

function asElements(node: Parsed): Element[] {
  const name = Object.keys(node).find((key) => key !== ':@' && key !== '#text');
  if (name === undefined) return [];
  const inside = node[name] as Parsed[];
  const text = inside.map((each) => String(each['#text'] ?? '')).join('');
  const attributes = (node[':@'] ?? {}) as Record<string, string>;
  return [{ name, attributes, children: inside.flatMap(asElements), text }];
}

function check({ name, attributes, children }: Element): void {
  const shape = SHAPE[name];
  if (shape === undefined) throw new Error(`element ${name}`);
  const given = Object.keys(attributes);
  expect(given).toEqual(expect.arrayContaining(shape.must));
  expect(given.filter((key) => !shape.must.includes(key) && !shape.may.includes(key))).toEqual([]);
  for (const key of COUNTS) if (attributes[key] !== undefined) expect(attributes[key]).toMatch(NUMBER);
  if (attributes.timestamp !== undefined) expect(attributes.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
  expect(children.map((child) => child.name).filter((child) => !shape.children.includes(child))).toEqual([]);
  for (const child of children) check(child);
}

/** What of a text XML can carry: colours gone, the forbidden a dot. */
function cleaned(text: string): string {
  return [...text.replace(/\x1b\[[0-9;]*m/g, '').replace(/\t/g, ' ')]
    .map((character) =>
      /[\x00-\x09\x0b-\x1f\x7f-\x9f\ufffe\uffff]|\p{Surrogate}/u.test(character) ? '\u00b7' : character,
    )
    .join('');
}

import type { SuiteTest } from '../../certification.ts';

/**
 * The tests that a log of StarlingX's automated-pytest-suite (TIS_AUTOMATION.log) tells of, each run by itself: from the start of
 * its setup to its result. Forms: automated-pytest-suite/utils/tis_log.py and conftest.py of starlingx/test; times are UTC.
 */
export function readSuiteTests(text: string, path: string): SuiteTest[] {
  const encoder = new TextEncoder();
  const tests: { id: string; from: number; to: number | null; proof: SuiteTest['proof'] }[] = [];
  let offset = 0;
  let at: number | null = null;
  for (const [index, line] of text.split('\n').entries()) {
    at = timeOf(line) ?? at;
    const begun = STARTED.exec(line)?.[1];
    const ended = ENDED.exec(line)?.[1];
    // What a test does comes after its setup: it is the same run.
    const open = tests.find(({ id, to }) => id === idOf(begun ?? ended ?? '') && to === null);
    if (begun !== undefined && at !== null && open === undefined) {
      const proof = { ref: { path, line: index + 1, offset }, text: line.trim() };
      tests.push({ id: idOf(begun), from: at, to: null, proof });
    }
    if (ended !== undefined && open !== undefined) open.to = at;
    offset += encoder.encode(line).length + 1;
  }
  return tests;
}

const STARTED = /^(?:Setup|Test steps) started for: (\S.*?)\s*$/;
const ENDED = /^Test Result for: (\S.*?) - Test (?:Passed|Failed|Skipped)/;

/** `[2019-05-20 13:00:07,123] 57   DEBUG MainThread conftest.testcase_log:: `, before what may follow on lines of its own. */
function timeOf(line: string): number | null {
  const [, day, time, ms] = /^\[(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d),(\d{3})\] \d+ *[A-Z]+ /.exec(line) ?? [];
  return day === undefined ? null : Date.parse(`${day}T${time}.${ms}Z`);
}

/** pytest's name of a test, parameters included, without the file and the class that it stands in. */
function idOf(node: string): string {
  const [name = '', ...parameters] = node.split('[');
  return [name.split('::').at(-1), ...parameters].join('[');
}

import type { SuiteTest } from '../../certification.ts';
import { linesOf, trimmed } from './lines.ts';

/**
 * The tests that a log of StarlingX's automated-pytest-suite (TIS_AUTOMATION.log) tells of, each run by itself: from the start of
 * its setup to its result. Forms: automated-pytest-suite/utils/tis_log.py and conftest.py of starlingx/test; times are UTC.
 */
export function readSuiteTests(text: string, path: string): SuiteTest[] {
  const tests: { id: string; from: number; to: number | null; proof: SuiteTest['proof'] }[] = [];
  let at: number | null = null;
  for (const line of linesOf(text, path)) {
    at = timeOf(line.text) ?? at;
    const begun = STARTED.exec(line.text)?.[1];
    const node = begun ?? ENDED.exec(line.text)?.[1];
    if (node === undefined) continue;
    // What a test does comes after its setup: it is the same run.
    const open = tests.find(({ id, to }) => id === idOf(node) && to === null);
    if (begun === undefined) {
      if (open !== undefined) open.to = at;
    } else if (at !== null && open === undefined) {
      tests.push({ id: idOf(node), from: at, to: null, proof: trimmed(line) });
    }
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

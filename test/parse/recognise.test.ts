import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { progressOfRules, recognise } from '../../src/parse/recognise.ts';
import { compileGrammar, GrammarError } from '../../src/parse/user-grammar.ts';

const library = readFileSync(new URL('../../parsers/lexical.peggy', import.meta.url), 'utf8');

describe('takes', () => {
  const tcp = 'operation failed: Failed to connect to remote libvirt URI';
  test.each<[string, string, object]>([
    ['Increasing downtime to 50 ms after 0 sec elapsed time', 'downtime-step', { downtime_ms: 50, elapsed_s: 0 }],
    ['Increasing downtime to 50 ms after -3 sec elapsed time', 'downtime-step', { downtime_ms: 50, elapsed_s: -3 }],
    ['Increasing downtime to 50 ms after 0 sec elapsed time \r', 'downtime-step', { downtime_ms: 50, elapsed_s: 0 }],
    ['live migration not completed after 1800 sec', 'timeout', { timeout_s: 1800 }],
    ['Live migration not completed after 300 seconds', 'timeout', { timeout_s: 300 }],
    ['Live migration not completed after 1 second', 'timeout', { timeout_s: 1 }],
    ['Live migration not completed after 150 sec: libvirtError: no job', 'timeout', { timeout_s: 150 }],
    ['Live migration stuck for 181006630894 sec', 'stuck', { stuck_s: 181006630894 }],
    ['Migration operation has aborted: libvirt.libvirtError: operation aborted: X', 'aborted', {}],
    ['VM Postcopy started (Lifecycle Event)', 'lifecycle', { state: 'Postcopy started' }],
    ['_post_live_migration() is started', 'post-migration-started', {}],
    ['Live Migration failure: ', 'failure', { error: '' }],
    ['Live Migration failure: X: libvirt.libvirtError: X', 'failure', { error: 'X' }],
    ['Live Migration failure: a: b: c: libvirtError: a: b: c', 'failure', { error: 'a: b: c' }],
    ['Live Migration failure: X: libvirt.libvirtError: Y', 'failure', { error: 'X: libvirt.libvirtError: Y' }],
    ['Live Migration failure: one\ntwo: libvirt.libvirtError: one', 'failure', { error: 'one\ntwo' }],
    [
      'Live Migration failure: one\ntwo: libvirt.libvirtError: two',
      'failure',
      { error: 'one\ntwo: libvirt.libvirtError: two' },
    ],
    [
      `Live Migration failure: ${tcp} qemu+tcp://n1/system`,
      'failure',
      { error: `${tcp} qemu+tcp://n1/system`, peer: 'n1' },
    ],
    [
      `Live Migration failure: ${tcp} qemu+ssh://nova@10.0.0.2/system: no`,
      'failure',
      { error: `${tcp} qemu+ssh://nova@10.0.0.2/system: no`, peer: '10.0.0.2' },
    ],
    [
      `Live Migration failure: ${tcp} qemu+tls://[fd00::2]:16514/system`,
      'failure',
      { error: `${tcp} qemu+tls://[fd00::2]:16514/system`, peer: 'fd00::2' },
    ],
    [
      "Live Migration failure: unable to connect to server at 'c-2:16509': Refused",
      'failure',
      { error: "unable to connect to server at 'c-2:16509': Refused", peer: 'c-2' },
    ],
    [
      'Unable to increase max downtime to 95ms: X: libvirtError: X',
      'downtime-not-applied',
      { downtime_ms: 95, error: 'X' },
    ],
    ['Error monitoring migration: X, migration failed', 'monitor-error', { error: 'X, migration failed' }],
    [
      'During the sync_power process the instance has moved from host new to host old',
      'power-sync-moved',
      { now_on: 'new', logged_on: 'old' },
    ],
  ])('%j', (message, type, fields) => {
    expect(recognise(message)).toEqual({ type, fields });
  });
});

describe('leaves', () => {
  test.each([
    '',
    'Increasing downtime to 9999 ms is not a nova.virt.libvirt.migration line',
    'Updating port x during live migration: Increasing downtime to 50 ms after 0 sec elapsed time',
    'Increasing downtime to 50 ms after 0 sec elapsed time or so',
    'Increasing downtime to 99999999999999999999 ms after 0 sec elapsed time',
    'Migration running for 5 secs, memory 99999999999999999999% remaining; (bytes processed=0, remaining=0, total=0)',
    'Live migration not completed after some sec',
    'Migration operation has aborted, perhaps',
    'Migration operation has completed: libvirtError: an INFO line has no summary',
    'Instance spawned successfully.',
    'libvirt.cpu_mode = host-model',
    'Ignoring invalid flavor extra spec',
    'Timeout waiting for [] for instance with vm_state building and task_state spawning. Event states are: x',
  ])('%j', (message) => {
    expect(recognise(message)).toBeNull();
  });
});

test('what nova repeats every turn is recognised when asked for', () => {
  const message = 'Current 50 elapsed 3 steps [(0, 50), (150, 95)]';
  expect(recognise(message)).toBeNull();
  expect(recognise(message, { everyTurn: true })?.fields).toMatchObject({ downtime_ms: 50, elapsed_s: 3 });
});

test('the schedule of the first turn is an event', () => {
  const steps = [
    [0, 50],
    [150, 95],
  ];
  expect(recognise('Current None elapsed 0 steps [(0, 50), (150, 95)]')).toEqual({
    type: 'downtime-schedule',
    fields: { elapsed_s: 0, steps },
  });
});

test('the rule that gets farthest comes first', () => {
  const [first] = progressOfRules('Increasing downtime to 50 ms later');
  expect(first).toEqual({ rule: 'DowntimeStep', reached: 25, expected: '" ms after "' });
});

describe('a grammar of the user', () => {
  const text =
    'Mine = A / B\nA = "Hello " who:Word End { return { type: "greeting", fields: { who } }; }\nB = "Migration operation has completed" { return { type: "own-end", fields: {} }; }';

  test('is tried first, and with the rules of lexical.peggy', () => {
    const user = compileGrammar(text, 'my.peggy', library);
    expect(recognise('Hello world', { user })).toEqual({ type: 'greeting', fields: { who: 'world' } });
    expect(recognise('Migration operation has completed', { user })?.type).toBe('own-end');
    expect(recognise('Migration operation has aborted', { user })?.type).toBe('aborted');
    expect(user.literals).toEqual(['Hello ', 'Migration operation has completed']);
    expect(user.progress('Hello')[0]).toMatchObject({ rule: 'A', expected: '"Hello "' });
  });

  test('may define a rule of lexical.peggy itself', () => {
    const own = 'A = "Hello " who:Word { return { type: "greeting", fields: { who } }; }\nWord = $[a-c]+';
    expect(compileGrammar(own, 'my.peggy', library).recognise('Hello abc')?.fields).toEqual({ who: 'abc' });
  });

  test.each([
    ['A = "Hello', 'my.peggy:1:5: ', '  A = "Hello\n      ^'],
    ['A = "Hello"\n  B', 'my.peggy:2:3: rule "B" is not defined', '    B\n    ^'],
    ['A = "Hello" { return ( }', 'my.peggy:1:14: the action is not JavaScript', '             ^'],
    ['A = .', 'my.peggy:1:1: the rule A has no literal', '  A = .\n  ^'],
    ['', 'my.peggy:1:1: ', ''],
  ])('%j is refused with file, line and caret', (grammar, ...parts) => {
    const compile = () => compileGrammar(grammar, 'my.peggy', library);
    expect(compile).toThrow(GrammarError);
    for (const part of parts) expect(compile).toThrow(part);
  });

  test.each([
    ['return 5;', 'whose type is not words'],
    ['return { type: "Hello", fields: {} };', 'whose type is not words'],
    ['return { type: "hello" };', 'no object named fields'],
    ['return { type: "hello", fields: { a: {} } };', 'its field a is {}'],
    ['return missing;', 'an action failed: missing is not defined'],
  ])('an action %j is refused when it is run', (action, why) => {
    const user = compileGrammar(`A = "Hello" { ${action} }`, 'my.peggy');
    expect(user.recognise('Bye')).toBeNull();
    expect(() => user.recognise('Hello')).toThrow(GrammarError);
    expect(() => user.recognise('Hello')).toThrow(why);
  });
});

describe('takes no longer than its length', () => {
  const LONG = 64 * 1024;
  const failure = (repeated: string, end: string, bytes: number) =>
    `Live Migration failure: ${repeated.repeat(Math.ceil(bytes / repeated.length))}${end}`;
  /** Microseconds of the processor, the least of three tries: what else runs on the machine does not count. */
  const costOf = (message: string) => {
    const tries = [1, 2, 3].map(() => {
      const begun = process.cpuUsage();
      expect(recognise(message)?.type).toBe('failure');
      const { user, system } = process.cpuUsage(begun);
      return user + system;
    });
    return Math.min(...tries);
  };

  test.each([
    ['a: ', ''],
    ["unable to connect to server at '[", ''],
    ["unable to connect to server at 'a", ''],
    ['qemu+tcp://[', ''],
    ['qemu+tcp://', 'a'],
    [' ', 'x'],
    ['x \n', ''],
  ])('%j over and over, then %j', (repeated, end) => {
    const [eighth, whole] = [LONG / 8, LONG].map((bytes) => costOf(failure(repeated, end, bytes)));
    // Eight times the length costs about eight times as much; sixty-four times where it is searched again at every place.
    expect(whole ?? 0).toBeLessThan(30 * Math.max(eighth ?? 0, 10_000));
  });

  test('a long error loses its copy all the same', () => {
    const error = 'a: b '.repeat(10_000).trimEnd();
    expect(recognise(`Live Migration failure: ${error}: libvirt.libvirtError: ${error}`)?.fields.error).toBe(error);
  });

  test('what is longer than a name is no peer', () => {
    expect(recognise(`Live Migration failure: to qemu+tcp://${'a'.repeat(300)}/system`)?.fields.peer).toBeUndefined();
  });
});

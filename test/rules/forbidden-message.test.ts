import { expect, test } from 'vitest';
import { covered, type Given, handOver, nova, OTHER_VM, verdictOn } from './log-text.ts';

const { source, destination } = handOver(60, 'b');
const said = (time: string, more = '') =>
  `${time} ERROR oslo_messaging.rpc.server(no instance): Exception during message handling${more}`;
const both = (onSource = '', onDestination = ''): Given => ({
  logs: { a: covered(`${source}\n${onSource}`), b: covered(`${onDestination}\n${destination}`) },
});

test.each<[string, 'pass' | 'fail' | 'inconclusive', Given]>([
  ['neither host says one', 'pass', both()],
  ['the source', 'fail', both(said('10:00:30'))],
  ['the destination', 'fail', both('', said('10:00:30'))],
  [
    'with its cause',
    'fail',
    both(said('10:00:30', ': nova.exception.InstanceNotFound: Instance X could not be found.')),
  ],
  [
    'older oslo.messaging',
    'fail',
    both('10:00:30 ERROR oslo.messaging.rpc.dispatcher(no instance): Exception during message handling: X'),
  ],
  ['processing ERROR', 'fail', both('10:00:30 ERROR manager(no instance): queue: processing ERROR 17')],
  ['before it', 'pass', both('', said('09:59:30'))],
  ['after it', 'pass', both(said('10:01:30'))],
  [
    'about another instance',
    'pass',
    both('', nova(`10:00:30 ERROR manager: processing ERROR`, { instance: OTHER_VM })),
  ],
  [
    'another service says it',
    'pass',
    both('10:00:30 ERROR neutron.agent(no instance): Exception during message handling'),
  ],
  [
    'oslo.messaging says something else of a migration',
    'pass',
    both('10:00:30 ERROR oslo_messaging.rpc.server: Live Migration failure: x'),
  ],
  ["the destination's log was not read", 'inconclusive', { logs: { a: covered(source) } }],
  ['the log does not cover it', 'inconclusive', { logs: { a: nova(source), b: covered(destination) } }],
  ['the other log does not cover it', 'inconclusive', { logs: { a: covered(source), b: nova(destination) } }],
  [
    'a log of which nobody knows the host',
    'fail',
    { logs: { './nova-compute.log': covered(`${source}\n${said('10:00:30')}`) } },
  ],
  ['but what was seen counts', 'fail', { logs: { a: nova(`${source}\n${said('10:00:30')}`) } }],
])('%s: %s', async (_what, status, given) => {
  expect(await verdictOn('forbidden-message', given)).toMatchObject({ status, severity: 'error' });
});

test('what the destination says counts by its own clock, as far as that is known', async () => {
  const late = handOver(60 + 45, 'b').destination;
  const logs = (time: string) => ({ a: covered(source), b: covered(`${said(time)}\n${late}`) });
  // 45 s ahead: 25 s, then 70 s after the start.
  expect(await verdictOn('forbidden-message', { logs: logs('10:01:10') })).toMatchObject({ status: 'fail' });
  expect(await verdictOn('forbidden-message', { logs: logs('10:01:55') })).toMatchObject({ status: 'pass' });
});

test("shows each of them, the source's first", async () => {
  const verdict = await verdictOn('forbidden-message', both(said('10:00:30'), said('10:00:20')));
  expect(verdict.message).toBe('"Exception during message handling" on a and 1 more while it ran');
  expect(verdict.evidence.map(({ text }) => text.slice(11, 19))).toEqual(['10:00:30', '10:00:20']);
});

test('with its traceback it is one message', async () => {
  const traceback = `2018-07-02 10:00:30.000 23695 ERROR oslo_messaging.rpc.server Traceback (most recent call last):
2018-07-02 10:00:30.000 23695 ERROR oslo_messaging.rpc.server   File "server.py", line 1, in _process_incoming
2018-07-02 10:00:30.000 23695 ERROR oslo_messaging.rpc.server KeyError: 'x'`;
  const verdict = await verdictOn('forbidden-message', both(`${said('10:00:30')}\n${traceback}`));
  expect(verdict.evidence).toHaveLength(1);
});

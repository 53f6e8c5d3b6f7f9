import type { ClockOffset, Finding, Fleet, FleetRule } from '../judgement.ts';
import { clockOf } from './clocks.ts';
import { BOTH_LOGS } from './collect.ts';

export const clockSkew: FleetRule = {
  id: 'clock-skew',
  title: 'clocks that differ',
  why: 'what happened first on two hosts is told by their clocks; the order of the hand-over lines shows how far they are apart.',
  severity: 'warning',
  needs:
    "completed migrations between two hosts with both hosts' logs, and clock_error_ms of the hosts where it is not 0",
  undecided:
    'without a hand-over between two of the hosts, or where the hand-overs contradict each other, for a clock was set in between',
  collect: BOTH_LOGS,
  check,
};

function check(fleet: Fleet): Finding[] {
  if (fleet.offsets.length > 0) return fleet.offsets.map((offset) => skew(offset, fleet));
  if (fleet.hosts.filter(({ events }) => events > 0).length < 2) return [];
  return [{ status: 'inconclusive', message: 'no instance was handed over between two of the hosts' }];
}

function skew(offset: ClockOffset, { clockError_ms }: Fleet): Finding {
  const { from, to, least_ms, most_ms, agrees, evidence } = offset;
  if (!agrees) {
    const message = `${clockOf(offset)}, and no one offset fits all: a clock was set in between`;
    return { status: 'inconclusive', message, evidence };
  }
  const allowed = Math.max(clockError_ms(from), clockError_ms(to));
  if (least_ms > allowed || most_ms < 0 - allowed) {
    const message = `${clockOf(offset)}; ${allowed === 0 ? 'the campaign allows no error' : `the campaign allows ${allowed} ms`}`;
    return { status: 'fail', message, evidence };
  }
  return { status: 'pass', message: clockOf(offset), evidence };
}

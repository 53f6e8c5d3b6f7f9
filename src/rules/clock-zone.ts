import type { ClockOffset, Finding, Fleet, FleetRule } from '../judgement.ts';
import { clockOf } from './clocks.ts';
import { BOTH_LOGS } from './collect.ts';

export const clockZone: FleetRule = {
  id: 'clock-zone',
  title: 'time zones that differ',
  why: 'nova prints local time without a zone: hosts whose clocks differ by whole quarters of an hour are in other zones than they are read in, and what is joined by time over both hosts is wrong.',
  severity: 'error',
  needs: "completed migrations between two hosts, with both hosts' logs",
  undecided:
    'without a hand-over between two of the hosts, or where the hand-overs contradict each other, for a clock was set in between',
  collect: BOTH_LOGS,
  check,
};

const QUARTER_MS = 900_000;
const TOLERANCE_MS = 60_000;

function check({ offsets, hosts }: Fleet): Finding[] {
  if (offsets.length > 0) return offsets.map(zone);
  if (hosts.filter(({ events }) => events > 0).length < 2) return [];
  return [{ status: 'inconclusive', message: 'no instance was handed over between two of the hosts' }];
}

function zone(offset: ClockOffset): Finding {
  const { from, to, agrees, evidence } = offset;
  if (!agrees) {
    const message = `${clockOf(offset)}, and no one offset fits all: a clock was set in between`;
    return { status: 'inconclusive', message, evidence };
  }
  const quarters = quartersOf(offset);
  if (quarters === 0) return { status: 'pass', message: `${to} and ${from} are read in the same zone`, evidence };
  const message = `${clockOf(offset)}, as zones do: state tz: of ${to} or of ${from} in the campaign file, for they are read ${spoken(quarters)} apart`;
  return { status: 'fail', message, evidence };
}

/** The quarters of an hour that the offset is within a minute of; 0 where it is of none. */
function quartersOf({ least_ms, most_ms }: ClockOffset): number {
  const quarters = Math.round((least_ms + most_ms) / 2 / QUARTER_MS);
  const near = quarters * QUARTER_MS;
  return least_ms - TOLERANCE_MS <= near && near <= most_ms + TOLERANCE_MS ? Math.abs(quarters) : 0;
}

function spoken(quarters: number): string {
  const minutes = quarters * 15;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
}

import type { Case, Finding, Rule } from '../judgement.ts';
import type { Candidate } from '../model.ts';
import { SOURCE_LOG_AND_SETTINGS } from './collect.ts';
import { declareIt, originOf } from './timeline.ts';

export const timeoutExplained: Rule = {
  id: 'timeout-explained',
  title: 'the timeout in force, and why',
  why: 'several sources may set it: the lowest wins, and a 0, which switches it off, counts only where no other value is given.',
  severity: 'note',
  needs: 'flavor, image, metadata and nova.conf; upstream the size of the instance',
  undecided: 'where they are not declared',
  collect: SOURCE_LOG_AND_SETTINGS,
  check,
};

function check({ settings }: Case): Finding {
  const timeout = settings.timeout_s;
  if (timeout.value === null)
    return { status: 'inconclusive', message: `${declareIt('timeout', settings.profile)} (${timeout.why})` };
  const value = timeout.value === 0 ? '0, which is off' : `${timeout.value} s`;
  const overridden = timeout.candidates.filter(({ lost, origin }) => lost !== null && origin !== 'default');
  const losers = overridden.map((loser) => `${nameOf(loser)} is overridden`);
  const message = [`the timeout is ${value} (${originOf(timeout)}): ${timeout.why}`, ...losers].join('; ');
  if (timeout.declared) return { status: 'pass', message };
  return { status: 'inconclusive', message: `${message}; ${declareIt('timeout', settings.profile)}` };
}

function nameOf(loser: Candidate): string {
  return `${loser.value} (${originOf(loser)})`;
}

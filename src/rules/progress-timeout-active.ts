import type { Case, Finding, Rule } from '../judgement.ts';
import { SOURCE_LOG_AND_SETTINGS } from './collect.ts';
import { eventsOf, numberOf } from './timeline.ts';

export const progressTimeoutActive: Rule = {
  id: 'progress-timeout-active',
  title: 'the progress timeout is active',
  why: 'until Rocky nova could give up where no new low of what remains was seen for a time, which a busy guest never shows; it should be off.',
  severity: 'warning',
  needs: 'the line "Live migration stuck for N sec", and live_migration_progress_timeout',
  undecided:
    'where the option is not declared (it was on by default until Newton), or without the line in a log that does not cover the migration',
  collect: SOURCE_LOG_AND_SETTINGS,
  check,
};

function check({ migration, settings, coverage }: Case): Finding {
  const [first, ...repeated] = eventsOf(migration, 'stuck');
  const option = settings.progress_timeout_s;
  if (first === undefined) {
    if (coverage.complete) return { status: 'pass', message: 'nova gave up on no lack of progress' };
    return { status: 'inconclusive', message: 'no such line in the log, which does not cover the whole migration' };
  }
  const message = `nova gave up after ${numberOf(first, 'stuck_s')} s without progress`;
  const evidence = [first, ...repeated.slice(-1)];
  // Upstream's own default was 150 s until Newton: only nova.conf tells.
  const known = settings.profile === 'stx-2018' ? option.declared : option.origin === 'nova.conf';
  if (!known)
    return {
      status: 'inconclusive',
      message: `${message}; nothing declares live_migration_progress_timeout`,
      evidence,
    };
  if (option.value > 0)
    return {
      status: 'pass',
      message: `${message}: nova.conf sets live_migration_progress_timeout to ${option.value} s`,
      evidence,
    };
  return { status: 'fail', message: `${message}, but live_migration_progress_timeout should be 0`, evidence };
}

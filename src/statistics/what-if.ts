import type { WhatIf } from '../explanation.ts';
import type { Case } from '../judgement.ts';
import { downtimeAnswer } from './downtime-answer.ts';
import { readingsOf } from './readings.ts';
import { sawToothOf } from './saw-tooth.ts';
import { throttleAnswer } from './throttle-answer.ts';
import { timeoutAnswer } from './timeout-answer.ts';

/**
 * The smallest downtime limit, timeout and throttle with which a migration would have completed, each with its error bar, or
 * why that cannot be said. By QEMU's pre-copy (migration/migration.c, ram.c): it completes where, at the end of a pass, what
 * the guest dirtied meanwhile fits into allowed downtime times wire rate.
 */
export function whatIf(subject: Case): WhatIf {
  const readings = readingsOf(subject.migration, subject.samples);
  const steps = subject.migration.timeline.filter((event) => event.type === 'downtime-step');
  const found = sawToothOf(readings, steps, subject.migration.startedAt);
  const downtime_ms = downtimeAnswer(subject, found, steps);
  return {
    downtime_ms,
    timeout_s: timeoutAnswer(subject, { found, downtime: downtime_ms, readings }),
    throttle_percent: throttleAnswer(subject, found),
  };
}

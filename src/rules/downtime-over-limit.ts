import type { Case, Finding, Rule } from '../judgement.ts';
import { SOURCE_LOG_AND_SETTINGS } from './collect.ts';
import { declareIt, eventsOf, numberOf, originOf } from './timeline.ts';

export const downtimeOverLimit: Rule = {
  id: 'downtime-over-limit',
  title: 'downtime over the limit',
  why: 'nova raises the allowed downtime in steps; no step may exceed the limit in force, which integer division only lowers.',
  severity: 'error',
  needs: 'the downtime lines, and the limit in force',
  undecided: 'without a downtime line, where a rotated file is missing, or where nothing declares the limit',
  collect: SOURCE_LOG_AND_SETTINGS,
  check,
};

function check({ migration, settings, coverage }: Case): Finding {
  const steps = eventsOf(migration, 'downtime-step');
  const limit = settings.max_downtime_ms;
  const highest = steps.toSorted((a, b) => numberOf(b, 'downtime_ms') - numberOf(a, 'downtime_ms'))[0];
  if (!highest)
    return { status: 'inconclusive', message: 'no downtime line: the log does not show what downtime was allowed' };
  const used = numberOf(highest, 'downtime_ms');
  const source = `${limit.value} ms (${originOf(limit)})`;
  if (used <= limit.value) {
    const [file] = coverage.missingFiles;
    if (file !== undefined) {
      const message = `up to ${used} ms was allowed in what was read; ${file} is not there; the limit is ${source}`;
      return { status: 'inconclusive', message, evidence: [highest] };
    }
    return { status: 'pass', message: `up to ${used} ms was allowed, the limit is ${source}`, evidence: [highest] };
  }
  if (!limit.declared) {
    const message = `up to ${used} ms was allowed, more than the assumed ${source}; ${declareIt('limit', settings.profile)}`;
    return { status: 'inconclusive', message, evidence: [highest] };
  }
  const over = steps.filter((step) => step !== highest && numberOf(step, 'downtime_ms') > limit.value);
  return { status: 'fail', message: `${used} ms was allowed, the limit is ${source}`, evidence: [highest, ...over] };
}

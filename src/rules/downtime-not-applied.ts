import type { Case, Finding, Rule } from '../judgement.ts';
import { SOURCE_LOG } from './collect.ts';
import { eventsOf, numberOf } from './timeline.ts';

export const downtimeNotApplied: Rule = {
  id: 'downtime-not-applied',
  title: 'downtime could not be set',
  why: 'where libvirt refuses a step, the one before stays in force: what nova says afterwards is not what QEMU does.',
  severity: 'warning',
  needs: 'the line "Unable to increase max downtime"',
  undecided: 'without that line in a log that does not cover the whole migration',
  collect: SOURCE_LOG,
  check,
};

function check({ migration, coverage }: Case): Finding {
  const refused = eventsOf(migration, 'downtime-not-applied');
  const [first] = refused;
  if (first) {
    const times = refused.length === 1 ? '' : ` (and ${refused.length - 1} more)`;
    const message = `libvirt refused ${numberOf(first, 'downtime_ms')} ms${times}: ${first.fields.error}`;
    return { status: 'fail', message, evidence: refused };
  }
  const steps = eventsOf(migration, 'downtime-step').length;
  if (coverage.complete)
    return { status: 'pass', message: `no downtime was refused; ${steps} ${steps === 1 ? 'was' : 'were'} set` };
  return { status: 'inconclusive', message: 'none was refused in the log, which does not cover the whole migration' };
}

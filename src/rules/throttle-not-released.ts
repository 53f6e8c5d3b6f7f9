import type { Case, Finding, Rule } from '../judgement.ts';
import { median } from '../numbers.ts';
import { isEarly, runningJobs, throttleOf } from './job-reading.ts';
import { type RunningSpan, runningSpan, type Span } from './running-span.ts';
import { throttleEvidence } from './throttle-evidence.ts';
import { originOf } from './timeline.ts';
import { isBusy, TOOL } from './vcpu-reading.ts';
import { type Share, type VcpuSampleKind, vcpuSeries } from './vcpu-series.ts';

export const throttleNotReleased: Rule = {
  id: 'throttle-not-released',
  title: 'throttle not released',
  why: 'QEMU gives the guest its CPUs back within two seconds of the end, on the destination after a success, else on the source; a guest that stays slow has lost more than the migration took.',
  severity: 'error',
  needs:
    "a throttled migration, the vCPUs' schedstat or top's rows before it on the source and from 5 to 35 s after it where the guest is then, and a load declared constant; or the throttle in the first passes of the next migration",
  undecided:
    'where no samples follow the end, the load is not declared constant, or only top shows a slow vCPU: the destination may be busy itself',
  collect:
    "schedstat of the vCPUs' threads on both hosts, once a second from 30 s before the migration to 35 s after it",
  check,
};

const AFTER_MS = { from: 5_000, to: 35_000 };
/** Samples that make a figure after the end. */
const ENOUGH = 3;
/** How many percent less than before the vCPUs may run. */
const SLACK = 15;

function check(subject: Case): Finding {
  const setting = subject.settings.auto_converge;
  if (setting.value === false && setting.declared)
    return { status: 'not-applicable', message: `auto-converge should be off (${originOf(setting)})` };
  const span = runningSpan(subject);
  if (span === null || subject.migration.endedAt === null)
    return { status: 'inconclusive', message: 'the lines do not show when it started and ended' };
  const left = runningJobs(subject.samples, span)
    .flat()
    .find((sample) => isEarly(sample) && throttleOf(sample) > 0);
  if (left) {
    const message = `the guest was throttled by ${throttleOf(left)} % before anything of this migration could throttle it: an earlier one was not released`;
    return { status: 'fail', message, evidence: [left] };
  }
  const seen = throttleEvidence(subject);
  if (seen.shows === 'unthrottled') return { status: 'not-applicable', message: `it was not throttled: ${seen.text}` };
  if (seen.due === 'not due') return { status: 'not-applicable', message: 'throttling was not needed' };
  if (seen.shows === 'nothing')
    return { status: 'not-applicable', message: 'nothing shows that it was throttled (see throttle-missing)' };
  const after = afterwards(subject, subject.migration.endedAt);
  return byKind('schedstat', subject, span, after) ?? byKind('vcpu', subject, span, after) ?? unseen();
}

/** Up to the next migration of the guest, which may throttle it again. */
function afterwards({ attempts }: Case, endedAt: number): Span {
  const later = attempts.flatMap(({ startedAt }) => (startedAt !== null && startedAt > endedAt ? [startedAt] : []));
  return { from: endedAt + AFTER_MS.from, to: Math.min(endedAt + AFTER_MS.to, later[0] ?? Number.POSITIVE_INFINITY) };
}

function unseen(): Finding {
  const message =
    'it was throttled, and no samples show its vCPUs both before the start and from 5 to 35 s after the end';
  return { status: 'inconclusive', message };
}

/** Null where these samples do not show the vCPUs before and after. */
function byKind(
  kind: VcpuSampleKind,
  { samples, migration, guest }: Case,
  span: RunningSpan,
  after: Span,
): Finding | null {
  const busy = vcpuSeries(samples, kind, span, migration.sourceHost).filter((series) => isBusy(kind, series));
  const home = migration.outcome === 'completed' ? migration.destinationHost : migration.sourceHost;
  const later = vcpuSeries(samples, kind, { ...after, untouched: after.from }, home).filter(
    ({ number, during }) => during.length >= ENOUGH && busy.some((before) => before.number === number),
  );
  const [before, now] = [
    middle(busy.flatMap((series) => series.before)),
    middle(later.flatMap(({ during }) => during)),
  ];
  if (before === null || now === null) return null;
  const evidence = [
    ...busy.flatMap((series) => series.before.slice(-1)),
    ...later.flatMap(({ during }) => [...during.slice(0, 1), ...during.slice(-1)]),
  ].map(({ sample }) => sample);
  const message = `${TOOL[kind]} shows the vCPUs ${kind === 'vcpu' ? 'run' : 'sleep'} ${Math.round(now)} % of the time after the end, ${Math.round(before)} % before the start`;
  if ((kind === 'vcpu' ? before - now : now - before) <= SLACK) return { status: 'pass', message, evidence };
  if (kind === 'vcpu')
    return {
      status: 'inconclusive',
      message: `${message}, as on a busy host`,
      evidence,
    };
  if (!guest?.workload.constant)
    return {
      status: 'inconclusive',
      message: `${message}; but the campaign does not declare the load constant`,
      evidence,
    };
  return { status: 'fail', message, evidence };
}

function middle(shares: readonly Share[]): number | null {
  return median(shares.map(({ percent }) => percent));
}
